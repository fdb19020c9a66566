import { once } from 'node:events';
import { createServer } from 'node:net';
import { systemCode, TestnetFailure } from './failure.js';

/** Below the range from which systems give out ports by themselves (Linux: from 32768). */
const LOWEST = 21_000;
const HIGHEST = 31_999;

/** Whether this host's loopback port can be listened on now. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EADDRINUSE' || code === 'EACCES') return false;
    throw error;
  }
  const closed = once(server, 'close');
  server.close();
  await closed;
  return true;
}

/**
 * Finds `count` free loopback ports. They are not held: whoever listens may still find one taken.
 *
 * @param from where to begin to look; the same start gives the same ports on an idle machine.
 */
export async function freePorts(count: number, from: number): Promise<readonly number[]> {
  const found: number[] = [];
  const range = HIGHEST - LOWEST + 1;
  for (let step = 0; step < range && found.length < count; step += 1) {
    const port = LOWEST + ((from + step) % range);
    if (await isFree(port)) found.push(port);
  }
  if (found.length === count) return found;
  throw new TestnetFailure(
    'PORT_TAKEN',
    `fewer than ${String(count)} of the ports ${String(LOWEST)}-${String(HIGHEST)} are free`,
    'stop what holds them',
  );
}
