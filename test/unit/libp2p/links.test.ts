import { afterEach, describe, expect, it } from 'vitest';
import type { Op } from '../../../src/domain/ids.js';
import type { LinkFrame } from '../../../src/domain/wire.js';
import { linked, sees, startNode, stopAll, stopNode, until } from './support.js';

afterEach(stopAll);

const OP = '11'.repeat(16) as Op;

function bft(n: number, size = 8): Extract<LinkFrame, { type: 'bft' }> {
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, n);
  return { type: 'bft', op: OP, bytes };
}

function numberOf(frame: LinkFrame): number {
  return frame.type === 'bft'
    ? new DataView(frame.bytes.buffer, frame.bytes.byteOffset).getUint32(0)
    : -1;
}

describe('links', () => {
  it('admits both ends and carries frames in order, both ways', async () => {
    const a = await startNode('AUS');
    const b = await startNode('GBR', { bootstrap: [a.address()] });
    await linked(a, b);
    expect(a.up.map(({ nation }) => nation)).toEqual(['GBR']);
    expect(b.up.map(({ nation }) => nation)).toEqual(['AUS']);
    for (let n = 0; n < 200; n++) {
      expect(a.mesh.links.send(b.id, bft(n), 'routine')).toBe(true);
      expect(b.mesh.links.send(a.id, bft(1000 + n), 'flash')).toBe(true);
    }
    await until('all frames', () => a.frames.length === 200 && b.frames.length === 200);
    expect(b.frames.map(({ frame }) => numberOf(frame))).toEqual([...Array(200).keys()]);
    expect(a.frames.map(({ frame }) => numberOf(frame) - 1000)).toEqual([...Array(200).keys()]);
    expect(a.mesh.links.known()[0]).toMatchObject({
      peerId: b.id,
      state: 'admitted',
      nation: 'GBR',
    });
  });

  it('keeps one link when both ends dial at once', async () => {
    const a = await startNode('AUS');
    const b = await startNode('GBR');
    await Promise.all([a.mesh.links.addKnown(b.address()), b.mesh.links.addKnown(a.address())]);
    await linked(a, b);
    await until('one link and peace', () => {
      return a.up.length - a.down.length === 1 && b.up.length - b.down.length === 1;
    });
    a.mesh.links.send(b.id, bft(7), 'routine');
    await until('the frame', () => b.frames.some(({ frame }) => numberOf(frame) === 7));
  });

  it('refuses an address that cannot be dialled, and still knows the others', async () => {
    const a = await startNode('AUS');
    const id = '12D3KooWR1pcFK9AfQKUKTqTwDbfK8GPVAWzyEM2oXBqrxm76JnT';
    const bad = ['garbage', '/ip4/999.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/70000', `/p2p/${id}`];
    for (const address of [...bad, '/ip4/127.0.0.1/tcp/1/p2p/xyz', '/ip4/127.0.0.1/udp/1']) {
      expect(await a.mesh.links.addKnown(address)).toBe(false);
    }
    expect(await a.mesh.links.addKnown(`/ip4/127.0.0.1/tcp/1/p2p/${id}`)).toBe(true);
    expect(a.mesh.links.known()).toMatchObject([{ peerId: id }]);
  });

  it('does not send beyond the credit of a slow receiver, and bounds the queue', async () => {
    const gate = { open: (): void => undefined };
    const opened = new Promise<void>((resolve) => {
      gate.open = resolve;
    });
    const arrived: number[] = [];
    const a = await startNode('AUS');
    const b = await startNode('GBR', {
      bootstrap: [a.address()],
      onFrame: async (frame) => {
        arrived.push(numberOf(frame));
        await opened;
      },
    });
    await linked(a, b);
    let accepted = 0;
    let bytes = 0;
    while (a.mesh.links.send(b.id, bft(accepted, 60_000), 'routine')) {
      accepted++;
      bytes += 60_000;
      // Let the socket take what it would.
      if (accepted % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(accepted).toBeLessThan(200);
    }
    // One window under way and one queue: nothing else can hold a byte.
    expect(bytes).toBeLessThanOrEqual((1024 + 2048) * 1024);
    expect(arrived).toEqual([0]);
    expect(a.mesh.links.send(b.id, bft(0), 'flash')).toBe(true);
    gate.open();
    await until('all frames', () => b.frames.length === accepted + 1);
    const order = b.frames.filter(({ frame }) => frame.type === 'bft' && frame.bytes.length > 8);
    expect(order.map(({ frame }) => numberOf(frame))).toEqual([...Array(accepted).keys()]);
  });

  it('comes back after the peer restarts on its port', async () => {
    const a = await startNode('AUS');
    const b = await startNode('GBR', { bootstrap: [a.address()] });
    await linked(a, b);
    const port = /tcp\/(\d+)/.exec(a.address())![1]!;
    await stopNode(a);
    await until('the link is down', () => b.down.length === 1);
    expect(b.mesh.links.send(a.id, bft(1), 'flash')).toBe(false);
    const again = await startNode('AUS', { seed: a.seed, listen: [`/ip4/127.0.0.1/tcp/${port}`] });
    await linked(again, b);
    again.mesh.links.send(b.id, bft(9), 'priority');
    await until('a frame', () => b.frames.some(({ frame }) => numberOf(frame) === 9));
  });

  it('finds all from one live peer, and survives the death of the one dialled first', async () => {
    const dead = await startNode('FRA');
    const deadAddress = dead.address().replace(/\/p2p\/.*/, '');
    await stopNode(dead);
    const a = await startNode('AUS');
    const b = await startNode('GBR', { bootstrap: [a.address()] });
    const c = await startNode('USA', { bootstrap: [a.address()] });
    const d = await startNode('CAN', { bootstrap: [deadAddress, a.address()] });
    const all = [a, b, c, d];
    const full = (): boolean => all.every((x) => all.every((y) => x === y || sees(x, y)));
    await until('four fully meshed', full, 25_000);
    await stopNode(a);
    const rest = [b, c, d];
    await until('a is gone everywhere', () => rest.every((x) => !sees(x, a)));
    expect(rest.every((x) => rest.every((y) => x === y || sees(x, y)))).toBe(true);
    const e = await startNode('NZL', { bootstrap: [d.address()] });
    await until('the newcomer sees the rest', () => rest.every((x) => sees(e, x)), 25_000);
  });

  it('sends every dial through the address map, learned addresses too', async () => {
    const dialled: string[] = [];
    const map = (address: string): string => {
      dialled.push(address);
      return address.replace('10.9.9.9', '127.0.0.1');
    };
    const a = await startNode('AUS');
    const port = /tcp\/(\d+)/.exec(a.address())![1]!;
    const b = await startNode('GBR', {
      bootstrap: [`/ip4/10.9.9.9/tcp/${port}`],
      dialAddressMap: map,
    });
    await linked(a, b);
    expect(new Set(dialled)).toContain(`/ip4/10.9.9.9/tcp/${port}`);
  });

  it('shows plaintext frames to the tap, both ways', async () => {
    const tapped: Record<'in' | 'out', Buffer[]> = { in: [], out: [] };
    const a = await startNode('AUS');
    const b = await startNode('GBR', {
      bootstrap: [a.address()],
      tap: (direction, _peer, bytes) => tapped[direction].push(Buffer.from(bytes)),
    });
    await linked(a, b);
    const canary = (text: string) => ({ ...bft(0), bytes: Buffer.from(text) });
    a.mesh.links.send(b.id, canary('canary-inbound'), 'routine');
    b.mesh.links.send(a.id, canary('canary-outbound'), 'routine');
    await until('both frames', () => a.frames.length === 1 && b.frames.length === 1);
    expect(Buffer.concat(tapped.in).includes('canary-inbound')).toBe(true);
    expect(Buffer.concat(tapped.out).includes('canary-outbound')).toBe(true);
    expect(Buffer.concat(tapped.out).includes('canary-inbound')).toBe(false);
  });

  it('speaks the tactical profile without gossip', async () => {
    const a = await startNode('AUS', { profile: 'tactical' });
    const b = await startNode('GBR', { profile: 'tactical', bootstrap: [a.address()] });
    await linked(a, b);
    for (let n = 0; n < 20; n++) a.mesh.links.send(b.id, bft(n, 5_000), 'routine');
    await until('all frames', () => b.frames.length === 20);
    a.mesh.gossip.join('/t', []);
    expect(a.mesh.gossip.subscribers('/t')).toEqual([]);
  });
});
