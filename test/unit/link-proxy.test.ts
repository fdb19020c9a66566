import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createLinkProxy,
  type Direction,
  type LinkClock,
  type LinkProxy,
  type LinkProxyOptions,
} from '../../testnet/link-proxy.js';
import { Flow, Lane, type Sink } from '../../testnet/link/lane.js';
import { seededChance, type LinkShape } from '../../testnet/link/shape.js';
import { burstBytes } from '../../testnet/link/token-bucket.js';

/** A clock that stands until it is turned. */
class ManualClock implements LinkClock {
  #now = 0;
  #timers: { at: number; fire: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  setTimer(fire: () => void, delayMs: number): () => void {
    const timer = { at: this.#now + delayMs, fire };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get armed(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.fire();
    }
    this.#now = until;
  }
}

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Waits for a condition that only socket events can bring about. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

class Peer {
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

interface Listener {
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

interface Link {
  readonly clock: ManualClock;
  readonly listening: Listener;
  readonly proxy: LinkProxy;
  /** Dials without waiting for an answer. */
  start(): Peer;
  dial(): Promise<Peer>;
  /** A connection and the listener's end of it. */
  pair(): Promise<[dialer: Peer, answerer: Peer]>;
}

async function link(
  shape: Partial<LinkShape> = {},
  options: Partial<LinkProxyOptions> = {},
): Promise<Link> {
  const clock = new ManualClock();
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

function pattern(size: number, salt = 0): Buffer {
  const chance = seededChance(size + salt);
  return Buffer.from(Uint8Array.from({ length: size }, () => Math.floor(chance() * 256)));
}

describe('an open link', () => {
  test('carries bytes both ways, in order, counted and tapped', async () => {
    const tapped: Record<Direction, Buffer[]> = { forward: [], backward: [] };
    const { proxy, pair } = await link(
      {},
      {
        tap: (direction, bytes) => tapped[direction].push(Buffer.from(bytes)),
      },
    );
    const [dialer, answerer] = await pair();
    const [there, back] = [pattern(300_000), pattern(200_000)];
    dialer.send(there);
    answerer.send(back);
    await until(() => answerer.size === there.length && dialer.size === back.length);
    expect(answerer.received.equals(there)).toBe(true);
    expect(dialer.received.equals(back)).toBe(true);
    expect(Buffer.concat(tapped.forward).equals(there)).toBe(true);
    expect(Buffer.concat(tapped.backward).equals(back)).toBe(true);
    expect(proxy.counters()).toEqual({
      forward: { bytes: 300_000, bytesSinceCut: 300_000, held: 0 },
      backward: { bytes: 200_000, bytesSinceCut: 200_000, held: 0 },
      connections: 1,
    });
  });

  test('lets an end through after the bytes before it, and the answer back', async () => {
    const { proxy, pair } = await link();
    const [dialer, answerer] = await pair();
    dialer.socket.end('question');
    await until(() => answerer.ended);
    expect(answerer.received.toString()).toBe('question');
    answerer.socket.end('answer');
    await until(() => dialer.closed && answerer.closed && proxy.counters().connections === 0);
    expect(dialer.received.toString()).toBe('answer');
    expect(dialer.error).toBeUndefined();
  });

  test('lets a reset through', async () => {
    const { proxy, pair } = await link();
    const [dialer, answerer] = await pair();
    dialer.socket.resetAndDestroy();
    await until(() => answerer.closed && proxy.counters().connections === 0);
    expect(answerer.error).toBe('ECONNRESET');
  });

  test('resets the dialer when nobody listens', async () => {
    const { listening, proxy, start } = await link();
    listening.server.close();
    const dialer = start();
    await until(() => dialer.closed && proxy.counters().connections === 0);
    expect(dialer.error).toBe('ECONNRESET');
  });
});

describe('delay', () => {
  test('holds bytes, ends and resets for the time given, each way its own', async () => {
    const { clock, proxy, pair } = await link({ delayMs: 300 });
    proxy.setShape('backward', { delayMs: 50 });
    const [dialer, answerer] = await pair();
    dialer.socket.end('there');
    answerer.send('back');
    await until(() => proxy.counters().forward.held === 5 && proxy.counters().backward.held === 4);
    clock.advance(50);
    await until(() => dialer.size === 4);
    clock.advance(249);
    expect(proxy.counters().forward).toMatchObject({ bytes: 0, held: 5 });
    clock.advance(1);
    await until(() => answerer.size === 5);
    // The end was read later, perhaps only now.
    while (!answerer.ended) {
      clock.advance(300);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
});

describe('a cut', () => {
  test('holds every byte of both ways and delivers all once restored', async () => {
    const { proxy, pair } = await link();
    const [dialer, answerer] = await pair();
    dialer.send('before');
    await until(() => answerer.size === 6);
    proxy.cut('both');
    dialer.send(pattern(20_000));
    answerer.send(pattern(10_000));
    await until(() => proxy.counters().forward.held === 20_000);
    await until(() => proxy.counters().backward.held === 10_000);
    expect(proxy.counters()).toMatchObject({
      forward: { bytes: 6, bytesSinceCut: 0 },
      backward: { bytes: 0, bytesSinceCut: 0 },
    });
    proxy.restore('both');
    await until(() => answerer.size === 20_006 && dialer.size === 10_000);
    expect(answerer.received.subarray(6).equals(pattern(20_000))).toBe(true);
    expect(dialer.received.equals(pattern(10_000))).toBe(true);
    expect(proxy.counters().forward).toEqual({ bytes: 20_006, bytesSinceCut: 20_000, held: 0 });
  });

  test('of one way leaves the other open', async () => {
    const { proxy, pair } = await link();
    const [dialer, answerer] = await pair();
    proxy.cut('forward');
    dialer.send('held');
    answerer.send('passes');
    await until(() => dialer.size === 6 && proxy.counters().forward.held === 4);
    expect(answerer.size).toBe(0);
    proxy.cut('backward');
    proxy.restore('forward');
    answerer.send('held too');
    await until(() => answerer.size === 4 && proxy.counters().backward.held === 8);
    expect(dialer.size).toBe(6);
    expect(proxy.counters().backward.bytesSinceCut).toBe(0);
  });

  test('hides ends and resets until it is over', async () => {
    const { proxy, pair } = await link();
    const [ending, ended] = await pair();
    const [resetting, reset] = await pair();
    proxy.cut('both');
    ending.socket.end('last words');
    resetting.socket.resetAndDestroy();
    await until(() => proxy.counters().forward.held === 10 && resetting.closed);
    expect([ended.ended, reset.closed]).toEqual([false, false]);
    proxy.restore('both');
    await until(() => ended.ended && reset.closed);
    expect(ended.received.toString()).toBe('last words');
    expect(reset.error).toBe('ECONNRESET');
  });

  test('leaves new connections hanging, also when of one way only', async () => {
    for (const direction of ['forward', 'backward', 'both'] as const) {
      const { listening, proxy, dial } = await link();
      proxy.cut(direction);
      const dialer = await dial();
      dialer.send('hello');
      await until(() => proxy.counters().forward.held === 5);
      expect(listening.peers).toHaveLength(0);
      proxy.restore(direction);
      await until(() => listening.peers[0]?.size === 5);
    }
  });

  test('makes what was held take the delay again', async () => {
    const { clock, proxy, pair } = await link({ delayMs: 100 });
    const [dialer, answerer] = await pair();
    proxy.cut('forward');
    dialer.send('held');
    await until(() => proxy.counters().forward.held === 4);
    clock.advance(60_000);
    proxy.restore('forward');
    clock.advance(99);
    expect(proxy.counters().forward.bytes).toBe(0);
    clock.advance(1);
    await until(() => answerer.size === 4);
  });

  test('resets the oldest of too many hanging connections', async () => {
    const { proxy, dial } = await link();
    proxy.cut('both');
    const dialers: Peer[] = [];
    for (let i = 0; i < 130; i += 1) dialers.push(await dial());
    await until(() => dialers.filter(({ closed }) => closed).length === 2);
    expect(dialers.slice(0, 2).every(({ closed }) => closed)).toBe(true);
    expect(proxy.counters().connections).toBe(128);
  });
});

describe('refusal', () => {
  test('resets what is open and what is new, until it ends', async () => {
    const { listening, proxy, pair, start } = await link();
    const [dialer, answerer] = await pair();
    proxy.refuse(true);
    await until(() => dialer.closed && answerer.closed);
    expect([dialer.error, answerer.error]).toEqual(['ECONNRESET', 'ECONNRESET']);
    const refused = start();
    await until(() => refused.closed);
    expect(refused.error).toBe('ECONNRESET');
    expect(listening.peers).toHaveLength(1);
    expect(proxy.counters().connections).toBe(0);
    proxy.refuse(false);
    const [again, answering] = await pair();
    again.send('hello');
    await until(() => answering.size === 5);
  });
});

describe('the queue bound', () => {
  test('stops reading from the sender, and reads on once there is room', async () => {
    const queueBytesMax = 100_000;
    const { proxy, pair } = await link({ queueBytesMax });
    const [dialer, answerer] = await pair();
    proxy.cut('forward');
    const all = pattern(12_000_000);
    dialer.send(all);
    await until(() => proxy.counters().forward.held >= queueBytesMax);
    for (let i = 0; i < 200; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(proxy.counters().forward.held).toBeLessThan(queueBytesMax + 65_537);
    expect(dialer.socket.writableLength).toBeGreaterThan(0);
    proxy.restore('forward');
    await until(() => answerer.size === all.length);
    expect(answerer.received.equals(all)).toBe(true);
  });

  test('also holds when it is the far end that does not read', async () => {
    const { proxy, pair } = await link({ queueBytesMax: 100_000 });
    const [dialer, answerer] = await pair();
    answerer.socket.pause();
    const all = pattern(30_000_000);
    dialer.send(all);
    await until(() => dialer.socket.writableNeedDrain);
    for (let i = 0; i < 200; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(proxy.counters().forward.held).toBeLessThan(165_537);
    answerer.socket.resume();
    await until(() => answerer.size === all.length);
    expect(answerer.received.equals(all)).toBe(true);
  });
});

describe('the rate', () => {
  test('is shared by all connections and counted by virtual time', async () => {
    const bytesPerSecond = 10_000;
    const { clock, proxy, pair } = await link({ bytesPerSecond });
    const [first, firstAnswerer] = await pair();
    const [second, secondAnswerer] = await pair();
    first.send(pattern(40_000));
    second.send(pattern(40_000, 1));
    const burst = burstBytes(bytesPerSecond);
    await until(() => proxy.counters().forward.held === 80_000 - burst);
    for (let second = 1; second <= 4; second += 1) {
      clock.advance(1_000);
      const { bytes } = proxy.counters().forward;
      expect(bytes).toBeLessThanOrEqual(burst + second * bytesPerSecond);
      expect(bytes).toBeGreaterThan(second * bytesPerSecond - 1_400);
    }
    clock.advance(10_000);
    await until(() => firstAnswerer.size === 40_000 && secondAnswerer.size === 40_000);
    expect(secondAnswerer.received.equals(pattern(40_000, 1))).toBe(true);
  });

  test('can be lifted while bytes wait', async () => {
    const { proxy, pair } = await link({ bytesPerSecond: 1_200 });
    const [dialer, answerer] = await pair();
    dialer.send(pattern(50_000));
    await until(() => proxy.counters().forward.held === 48_600);
    proxy.setShape('both', { bytesPerSecond: 0 });
    await until(() => answerer.size === 50_000);
  });
});

describe('closing', () => {
  test('leaves nothing open, not even with bytes held and a cut', async () => {
    const { clock, proxy, pair, dial } = await link({ delayMs: 1_000 });
    const [dialer, answerer] = await pair();
    dialer.send('held');
    await until(() => proxy.counters().forward.held === 4);
    expect(clock.armed).toBe(1);
    proxy.cut('both');
    const hanging = await dial();
    await proxy.close();
    await until(() => dialer.closed && answerer.closed && hanging.closed);
    expect(clock.armed).toBe(0);
    expect(proxy.counters()).toMatchObject({
      forward: { held: 0 },
      backward: { held: 0 },
      connections: 0,
    });
    await expect(dial()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.close();
  });

  test('a shape that is none is refused', async () => {
    const { proxy } = await link();
    expect(() => proxy.setShape('both', { delayMs: -1 })).toThrow(RangeError);
    expect(() => proxy.setShape('both', { queueBytesMax: 0 })).toThrow(RangeError);
  });
});

/** A lane alone, with a far end that only remembers. */
function bench(seed: number, shape: Partial<LinkShape>) {
  const clock = new ManualClock();
  const log: string[] = [];
  const sink = (name: string): Sink => ({
    writableNeedDrain: false,
    write: (bytes) => log.push(`${clock.now()} ${name} ${Buffer.from(bytes).toString()}`) > 0,
    end: () => log.push(`${clock.now()} ${name} end`),
    resetAndDestroy: () => undefined,
  });
  const lane = new Lane({
    clock,
    chance: seededChance(seed),
    onCrossed: () => undefined,
    onRoom: () => undefined,
  });
  lane.setShape(shape);
  const flows = ['a', 'b'].map((name, id) => {
    const flow = new Flow(id);
    flow.sink = sink(name);
    return flow;
  });
  return { clock, lane, flows, log };
}

describe('jitter', () => {
  const run = (seed: number, delays: readonly number[]): string[] => {
    const { clock, lane, flows, log } = bench(seed, { delayMs: 20, jitterMs: 100 });
    delays.forEach((delay, i) => {
      lane.push(flows[i % 2]!, Buffer.from(`<${i}>`));
      clock.advance(delay);
    });
    for (const flow of flows) lane.push(flow, 'end');
    clock.advance(1_000);
    return log;
  };

  test('keeps the order of each connection and comes again from the same seed', () => {
    const delays = fc.array(fc.nat(30), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.integer(), delays, (seed, waits) => {
        const log = run(seed, waits);
        expect(run(seed, waits)).toEqual(log);
        for (const [parity, name] of ['a', 'b'].entries()) {
          const sent = waits.map((_, i) => i).filter((i) => i % 2 === parity);
          const got = log
            .filter((entry) => entry.includes(` ${name} `))
            .map((e) => e.split(' ')[2]);
          expect(got).toEqual([...sent.map((i) => `<${i}>`), 'end']);
        }
      }),
    );
  });

  test('differs from seed to seed', () => {
    const delays = new Array<number>(20).fill(5);
    expect(run(1, delays)).not.toEqual(run(2, delays));
  });
});

describe('a lane under any schedule', () => {
  const action = fc.oneof(
    fc.record({
      kind: fc.constant('push' as const),
      flow: fc.constantFrom(0 as const, 1 as const),
      size: fc.nat(9_000),
    }),
    fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(2_000) }),
    fc.constantFrom({ kind: 'cut' as const }, { kind: 'restore' as const }),
    fc.record({ kind: fc.constant('rate' as const), rate: fc.constantFrom(0, 1_200, 125_000) }),
  );

  test('loses no byte, lets none cross a cut, and keeps order', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const { clock, lane, flows, log } = bench(7, { delayMs: 30, bytesPerSecond: 8_000 });
        const sent: [string, string] = ['', ''];
        for (const [step, next] of actions.entries()) {
          const before = lane.counters();
          if (next.kind === 'push') {
            const text = String.fromCharCode(33 + (step % 90)).repeat(next.size);
            sent[next.flow] += text;
            lane.push(flows[next.flow]!, Buffer.from(text));
          } else if (next.kind === 'advance') clock.advance(next.ms);
          else if (next.kind === 'cut') lane.cut();
          else if (next.kind === 'restore') lane.restore();
          else lane.setShape({ bytesPerSecond: next.rate });
          if (lane.isCut) expect(lane.counters().bytes).toBe(before.bytes);
          const { bytes, held } = lane.counters();
          expect(bytes + held).toBe(sent.join('').length);
        }
        lane.restore();
        clock.advance(10_000_000);
        ['a', 'b'].forEach((name, i) => {
          const mine = log.filter((entry) => entry.includes(` ${name} `));
          expect(mine.map((entry) => entry.split(' ')[2]).join('')).toBe(sent[i]);
        });
        expect(clock.armed).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
