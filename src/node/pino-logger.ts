import pino from 'pino';
import type { Logger } from '../ports/logger.js';
import type { LogLevel } from './config.js';

/** Structured JSON logs on stderr: stdout stays the answer of a command. */
export function pinoLogger(level: LogLevel, name: string): Logger {
  const log = pino({ level, name, base: { pid: process.pid } }, pino.destination(2));
  return {
    debug: (message, fields) => log.debug(fields ?? {}, message),
    info: (message, fields) => log.info(fields ?? {}, message),
    warn: (message, fields) => log.warn(fields ?? {}, message),
    error: (message, fields) => log.error(fields ?? {}, message),
  };
}
