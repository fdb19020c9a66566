import { randomBytes } from 'node:crypto';
import type { Stream } from '@libp2p/interface';
import { encode } from 'it-length-prefixed';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeFrame } from '../../../src/domain/codec/frame.js';
import type { Op } from '../../../src/domain/ids.js';
import { Prober } from './prober.js';
import type { NodeSetup, TestNode } from './support.js';
import { chainOf, startNode, stopAll, transportOf, until } from './support.js';

const probers: Prober[] = [];

afterEach(async () => {
  await Promise.all(probers.splice(0).map((prober) => prober.stop()));
  await stopAll();
});

/** A node and an admitted stranger with a lower PeerId that has opened the link. */
async function abused(setup: NodeSetup = {}): Promise<{ node: TestNode; stream: Stream }> {
  const node = await startNode('AUS', setup);
  for (;;) {
    const seed = Uint8Array.from(randomBytes(32));
    const prober = await Prober.start(seed);
    probers.push(prober);
    if (prober.id >= node.id) continue;
    const connection = await prober.dial(node.address());
    await prober.admit(connection, chainOf('GBR', await transportOf(seed)));
    const stream = await prober.link(connection);
    await until('the peer is up', () => node.up.length === 1);
    return { node, stream };
  }
}

async function endsWith(node: TestNode, stream: Stream, code: string): Promise<void> {
  await until(`${code} ends the link`, () => node.down.length === 1);
  expect(node.refused.map((refused) => refused.code)).toContain(code);
  await until('the stream is closed', () => stream.status !== 'open');
  expect(node.mesh.links.peers()).toEqual([]);
}

const big = encode.single(
  encodeFrame({ type: 'bft', op: '11'.repeat(16) as Op, bytes: new Uint8Array(100_000) }),
);

describe('a peer that breaks the link protocol', () => {
  it('is refused by name for an oversized frame, before the frame is read', async () => {
    const { node, stream } = await abused();
    // Only the length prefix: 1 MiB is to follow.
    stream.send(Uint8Array.of(0x80, 0x80, 0x40));
    await endsWith(node, stream, 'FRAME_TOO_LARGE');
  });

  it('is refused by name for a malformed frame', async () => {
    const { node, stream } = await abused();
    stream.send(encode.single(Uint8Array.of(0x82, 0x18, 0x02, 0x00)));
    await endsWith(node, stream, 'FRAME_FORM');
  });

  it('is refused when it sends beyond its credit', async () => {
    const { node, stream } = await abused({ onFrame: () => new Promise(() => undefined) });
    for (let n = 0; n < 12 && stream.status === 'open'; n++) {
      if (!stream.send(big)) await stream.onDrain().catch(() => undefined);
    }
    await endsWith(node, stream, 'LINK_CREDIT');
  });

  it('is refused for a grant of bytes that were never sent', async () => {
    const { node, stream } = await abused();
    stream.send(encode.single(encodeFrame({ type: 'credit', total: 1e12 })));
    await endsWith(node, stream, 'LINK_CREDIT');
  });

  it('is hung up on when it stays without a gossip stream', async () => {
    const { node, stream } = await abused({ tuning: { gossipWatchMs: 300 } });
    await until('the peer is down', () => node.down.length === 1);
    await until('the stream is closed', () => stream.status !== 'open');
    expect(node.refused).toEqual([]);
  });
});
