import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { systemClock, type LinkClock } from './link/clock.js';
import { Connection, type Direction, type Lanes } from './link/connection.js';
import { Lane, type LaneCounters } from './link/lane.js';
import type { LinkShape } from './link/shape.js';
import { seededChance } from './seeded-chance.js';

export type { LinkClock } from './link/clock.js';
export type { Direction } from './link/connection.js';
export type { LaneCounters } from './link/lane.js';
export type { LinkShape } from './link/shape.js';

/** Connections that may wait for a cut link, as a kernel bounds its backlog; the oldest is reset. */
const HANGING_MAX = 128;

export interface LinkProxyOptions {
  /** Default 127.0.0.1. */
  readonly listenHost?: string;
  /** Default 0: any free port. */
  readonly listenPort?: number;
  readonly targetHost: string;
  readonly targetPort: number;
  /** Where chance (the jitter) comes from; each direction draws its own. */
  readonly seed: number;
  readonly shape?: Partial<LinkShape>;
  /** For messages, such as `AUS>JPN`. */
  readonly name: string;
  readonly clock?: LinkClock;
  /** Sees the bytes that cross, as they cross. */
  readonly tap?: (direction: Direction, bytes: Uint8Array, connection: number) => void;
}

/** A link from one nation's dialer to another's listener. */
export interface LinkProxy {
  readonly name: string;
  readonly port: number;
  setShape(direction: Direction | 'both', shape: Partial<LinkShape>): void;
  /**
   * Lets nothing cross any more, ends and resets included; it is held. New connections hang, also
   * when one direction only is cut: a TCP handshake needs both.
   */
  cut(direction: Direction | 'both'): void;
  restore(direction: Direction | 'both'): void;
  /** Resets all connections, and new ones as long as it is on. */
  refuse(on: boolean): void;
  counters(): Readonly<Record<Direction, LaneCounters>> & { readonly connections: number };
  /** Resets what is open and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts a link that shapes what crosses it. Delay, then rate; both ways have their own.
 *
 * @throws if the port cannot be listened on, or the shape is none.
 */
export async function createLinkProxy(options: LinkProxyOptions): Promise<LinkProxy> {
  const proxy = new TcpLinkProxy(options);
  await proxy.listen();
  return proxy;
}

class TcpLinkProxy implements LinkProxy {
  readonly name: string;
  readonly #options: LinkProxyOptions;
  readonly #lanes: Lanes;
  readonly #connections = new Set<Connection>();
  readonly #server: Server;
  #refuses = false;
  #port = 0;
  #count = 0;

  constructor(options: LinkProxyOptions) {
    this.name = options.name;
    this.#options = options;
    this.#lanes = { forward: this.#lane('forward', 0), backward: this.#lane('backward', 1) };
    this.setShape('both', options.shape ?? {});
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#accept(socket);
    });
  }

  get port(): number {
    return this.#port;
  }

  async listen(): Promise<void> {
    const { listenHost = '127.0.0.1', listenPort = 0 } = this.#options;
    this.#server.listen(listenPort, listenHost);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not a TCP listener');
    this.#port = address.port;
  }

  setShape(direction: Direction | 'both', shape: Partial<LinkShape>): void {
    for (const lane of this.#of(direction)) lane.setShape(shape);
  }

  cut(direction: Direction | 'both'): void {
    for (const lane of this.#of(direction)) lane.cut();
  }

  restore(direction: Direction | 'both'): void {
    for (const lane of this.#of(direction)) lane.restore();
    if (this.#isDown()) return;
    for (const connection of this.#connections) if (connection.isHanging) this.#dial(connection);
  }

  refuse(on: boolean): void {
    this.#refuses = on;
    for (const lane of this.#of('both')) lane.markChange();
    if (on) this.#resetAll();
  }

  counters(): Readonly<Record<Direction, LaneCounters>> & { readonly connections: number } {
    return {
      forward: this.#lanes.forward.counters(),
      backward: this.#lanes.backward.counters(),
      connections: this.#connections.size,
    };
  }

  async close(): Promise<void> {
    this.#refuses = true;
    this.#resetAll();
    for (const lane of this.#of('both')) lane.close();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #lane(direction: Direction, stream: number): Lane {
    const { clock = systemClock, seed, tap } = this.#options;
    return new Lane({
      clock,
      chance: seededChance(seed * 2 + stream),
      onCrossed: (bytes, connection) => tap?.(direction, bytes, connection),
      onRoom: () => {
        for (const connection of this.#connections) connection.regulate();
      },
    });
  }

  #of(direction: Direction | 'both'): readonly Lane[] {
    const { forward, backward } = this.#lanes;
    return direction === 'both' ? [forward, backward] : [this.#lanes[direction]];
  }

  #isDown(): boolean {
    return this.#lanes.forward.isCut || this.#lanes.backward.isCut;
  }

  #accept(client: Socket): void {
    if (this.#refuses) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    this.#count += 1;
    const connection: Connection = new Connection({
      id: this.#count,
      client,
      lanes: this.#lanes,
      onGone: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
    if (!this.#isDown()) this.#dial(connection);
    const hanging = [...this.#connections].filter(({ isHanging }) => isHanging);
    if (hanging.length > HANGING_MAX) hanging[0]?.reset();
  }

  #dial(connection: Connection): void {
    connection.dial(this.#options.targetHost, this.#options.targetPort);
  }

  #resetAll(): void {
    for (const connection of [...this.#connections]) connection.reset();
  }
}
