import { afterEach, describe, expect, test } from 'vitest';
import type { Direction } from '../../testnet/link-proxy.js';
import { burstBytes } from '../../testnet/link/token-bucket.js';
import { closeLinks, link, pattern, until, type Peer } from '../support/link-bench.js';

afterEach(closeLinks);

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
