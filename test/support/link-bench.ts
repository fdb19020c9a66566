import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import {
  createLinkProxy,
  type LinkProxy,
  type LinkProxyOptions,
} from '../../testnet/link-proxy.js';
import type { LinkShape } from '../../testnet/link/shape.js';
import { seededChance } from '../../testnet/seeded-chance.js';
import { ManualLinkClock } from './manual-link-clock.js';

const cleanups: (() => Promise<void> | void)[] = [];
/** Ends, last first, what the test has opened. */
export async function closeLinks(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

/** Waits for a condition that only socket events can bring about. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

export class Peer {
  readonly socket: Socket;
  readonly chunks: Buffer[] = [];
  ended = false;
  closed = false;
  error: string | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes) => this.chunks.push(bytes));
    socket.on('end', () => (this.ended = true));
    socket.on('close', () => (this.closed = true));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error.code));
    cleanups.push(() => {
      socket.destroy();
    });
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get size(): number {
    return this.chunks.reduce((sum, { length }) => sum + length, 0);
  }

  send(bytes: Buffer | string): void {
    this.socket.write(bytes);
  }
}

export interface Listener {
  readonly server: Server;
  readonly peers: Peer[];
  readonly port: number;
}

async function listener(): Promise<Listener> {
  const peers: Peer[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => peers.push(new Peer(socket)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, peers, port: address.port };
}

export interface Link {
  readonly clock: ManualLinkClock;
  readonly listening: Listener;
  readonly proxy: LinkProxy;
  /** Dials without waiting for an answer. */
  start(): Peer;
  dial(): Promise<Peer>;
  /** A connection and the listener's end of it. */
  pair(): Promise<[dialer: Peer, answerer: Peer]>;
}

export async function link(
  shape: Partial<LinkShape> = {},
  options: Partial<LinkProxyOptions> = {},
): Promise<Link> {
  const clock = new ManualLinkClock();
  const listening = await listener();
  const proxy = await createLinkProxy({
    name: 'AUS>JPN',
    targetHost: '127.0.0.1',
    targetPort: listening.port,
    seed: 1,
    shape,
    clock,
    ...options,
  });
  cleanups.push(() => proxy.close());
  const start = (): Peer =>
    new Peer(connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true }));
  const dial = async (): Promise<Peer> => {
    const peer = start();
    await once(peer.socket, 'connect');
    return peer;
  };
  const pair = async (): Promise<[Peer, Peer]> => {
    const known = listening.peers.length;
    const dialer = await dial();
    await until(() => listening.peers.length > known);
    return [dialer, listening.peers[known]!];
  };
  return { clock, listening, proxy, start, dial, pair };
}

export function pattern(size: number, salt = 0): Buffer {
  const chance = seededChance(size + salt);
  return Buffer.from(Uint8Array.from({ length: size }, () => Math.floor(chance() * 256)));
}
