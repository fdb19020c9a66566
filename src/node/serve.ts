import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { systemClock, systemEntropy, systemTimers } from '../adapters/system/index.js';
import { createApi } from '../api/server.js';
import type { Logger } from '../ports/logger.js';
import { newToken, removeApiFiles, writeApiPlace } from './api-files.js';
import type { NodeConfig } from './config.js';
import { readConfig } from './config.js';
import type { CreateNode, Passphrases } from './contract.js';
import type { Home } from './home.js';
import { homeAt } from './home.js';
import { takeLock } from './node-lock.js';
import { codeOf } from './private-file.js';
import { refuse } from './refusal-error.js';

/** A running node with its API. */
export interface ServedNode {
  readonly nation: string;
  readonly api: { readonly host: string; readonly port: number };
  readonly pid: number;
  readonly startedMs: number;
  /** Closes the API, then the node. */
  stop(): Promise<void>;
}

export interface ServeParts {
  readonly home: string;
  readonly passphrases: Passphrases;
  readonly createNode: CreateNode;
  readonly log: Logger;
}

/** Steps to undo, newest first, when a later step of the start fails or the node stops. */
class Undo {
  readonly #steps: (() => Promise<void> | void)[] = [];

  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    let failure: Error | undefined;
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failure ??= error instanceof Error ? error : new Error(String(error));
      }
    }
    if (failure !== undefined) throw failure;
  }
}

async function listen(app: FastifyInstance, config: NodeConfig): Promise<number> {
  const { host, port } = config.api;
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error;
    throw refuse('PORT_IN_USE', 'api.port', {
      rule: 'the API listens on the configured address',
      detail: `cannot listen on ${host} port ${String(port)}: ${code}`,
      remedy: 'choose another api.port in config.yaml (0 = any free port), or stop what holds it',
    });
  }
  return (app.server.address() as AddressInfo).port;
}

async function start(parts: ServeParts, home: Home, undo: Undo): Promise<ServedNode> {
  const config = readConfig(home);
  const startedMs = systemClock.nowMs();
  undo.add(takeLock(home, startedMs));
  const node = await parts.createNode(home.dir, parts.passphrases);
  undo.add(() => node.stop());
  const app = createApi({
    service: node.service,
    token: newToken(home),
    timers: systemTimers,
    entropy: systemEntropy,
    log: parts.log,
    hosts: config.api.allowNonLoopback ? [config.api.host] : [],
  });
  undo.add(() => removeApiFiles(home));
  undo.add(() => app.close());
  const port = await listen(app, config);
  const { host } = config.api;
  writeApiPlace(home, { pid: process.pid, host, port, startedMs });
  return {
    nation: config.nation,
    api: { host, port },
    pid: process.pid,
    startedMs,
    stop: () => undo.run(),
  };
}

/** Starts the node of a home and its API; when a step fails, what was started is stopped again. */
export async function serveNode(parts: ServeParts): Promise<ServedNode> {
  const undo = new Undo();
  try {
    return await start(parts, homeAt(parts.home), undo);
  } catch (error) {
    // The first failure is the one to tell; what the undoing adds to it is not.
    await undo.run().catch(() => undefined);
    throw error;
  }
}
