import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { messageId } from '../../../src/adapters/libp2p/message-id.js';
import { Released } from '../../../src/core/policy/released.js';
import { Prober } from './prober.js';
import {
  NATION,
  chainOf,
  linked,
  sees,
  startNode,
  stopAll,
  transportOf,
  until,
} from './support.js';
import type { TestNode } from './support.js';

afterEach(stopAll);

const TOPIC = '/entente/t/0123456789abcdef0123456789abcdef';
const SET = [NATION('AUS'), NATION('GBR')];

function data(n: number): Released<Uint8Array> {
  return new Released(Buffer.from(`canary-${String(n).padStart(4, '0')}`), SET);
}

async function cell(): Promise<{ aus: TestNode; gbr: TestNode; usa: TestNode; tapped: Buffer[] }> {
  const tapped: Buffer[] = [];
  const aus = await startNode('AUS');
  const gbr = await startNode('GBR', { bootstrap: [aus.address()] });
  const usa = await startNode('USA', {
    bootstrap: [aus.address(), gbr.address()],
    tap: (direction, _peer, bytes) => {
      if (direction === 'in') tapped.push(Buffer.from(bytes));
    },
  });
  await until(
    'all linked',
    () => sees(aus, gbr) && sees(aus, usa) && sees(usa, aus) && sees(gbr, usa) && sees(usa, gbr),
  );
  return { aus, gbr, usa, tapped };
}

describe('gossip', () => {
  it('gives all to the entitled and nothing to the uninvited, not even the topic', async () => {
    const { aus, gbr, usa, tapped } = await cell();
    // The uninvited knows the topic and claims that everybody of the cell belongs to it.
    usa.mesh.gossip.join(TOPIC, [...SET, NATION('USA')]);
    aus.mesh.gossip.join(TOPIC, SET);
    gbr.mesh.gossip.join(TOPIC, SET);
    await until('subscribed', () => {
      return [aus, gbr].every((node) => node.mesh.gossip.subscribers(TOPIC).length === 1);
    });
    let reached = 0;
    for (let n = 0; n < 50; n++) reached += await aus.mesh.gossip.publish(TOPIC, data(n));
    expect(reached).toBe(50);
    await until('all messages', () => gbr.gossip.length === 50);
    // A later frame on the same connection: whatever gossip sent before it has arrived by now.
    aus.mesh.links.send(usa.id, { type: 'want', nation: NATION('AUS'), from: 7 }, 'routine');
    await until('the marker', () => usa.frames.length === 1);
    expect(usa.gossip).toEqual([]);
    const seen = Buffer.concat(tapped);
    expect(seen.includes('canary-')).toBe(false);
    expect(seen.includes(TOPIC)).toBe(false);
    expect(usa.mesh.gossip.subscribers(TOPIC)).toEqual([]);
  });

  it('withstands a stock gossipsub that subscribes, grafts, asks and floods', async () => {
    const aus = await startNode('AUS');
    const gbr = await startNode('GBR', { bootstrap: [aus.address()] });
    await linked(aus, gbr);
    const seed = Uint8Array.from(randomBytes(32));
    const prober = await Prober.start(seed, true);
    try {
      const connection = await prober.dial(aus.address());
      await prober.admit(connection, chainOf('USA', await transportOf(seed)));
      const { pubsub } = prober;
      await prober.identify(connection);
      await until('a gossip stream', () => pubsub.streamsOutbound.has(aus.id));
      const heard: string[] = [];
      pubsub.addEventListener('gossipsub:message', () => heard.push('message'));
      pubsub.addEventListener('subscription-change', () => heard.push('subscription'));
      pubsub.subscribe(TOPIC);
      for (const node of [aus, gbr]) node.mesh.gossip.join(TOPIC, SET);
      await until('subscribed', () => aus.mesh.gossip.subscribers(TOPIC).length === 1);
      await aus.mesh.gossip.publish(TOPIC, data(1));
      await until('the message', () => gbr.gossip.length === 1);
      const control = {
        graft: [{ topicID: TOPIC }],
        iwant: [{ messageIDs: [messageId({ topic: TOPIC, data: data(1).value })] }],
        ihave: [],
        prune: [],
        idontwant: [],
      };
      const forged = { topic: TOPIC, data: Buffer.from('forged') };
      pubsub.sendRpc(aus.id, { subscriptions: [], messages: [forged], control });
      // Answered behind everything that gossip had to say.
      await aus.mesh.gossip.publish(TOPIC, data(2));
      await until('the second message', () => gbr.gossip.length === 2);
      const pong = await connection.newStream(['/ipfs/ping/1.0.0']);
      pong.send(new Uint8Array(32));
      await pong[Symbol.asyncIterator]().next();
      expect(heard).toEqual([]);
      expect(pubsub.getSubscribers(TOPIC)).toEqual([]);
      expect(aus.mesh.gossip.subscribers(TOPIC)).toEqual([gbr.id]);
      expect([...aus.gossip, ...gbr.gossip].map(({ data: bytes }) => bytes)).not.toContainEqual(
        Uint8Array.from(forged.data),
      );
    } finally {
      await prober.stop();
    }
  });

  it('counts in who subscribed before we joined', async () => {
    const aus = await startNode('AUS');
    const gbr = await startNode('GBR', { bootstrap: [aus.address()] });
    await linked(aus, gbr);
    gbr.mesh.gossip.join(TOPIC, SET);
    gbr.mesh.links.send(aus.id, { type: 'want', nation: NATION('AUS'), from: 7 }, 'routine');
    await until('the marker', () => aus.frames.length === 1);
    aus.mesh.gossip.join(TOPIC, SET);
    await until('both subscribed', () => {
      return [aus, gbr].every((node) => node.mesh.gossip.subscribers(TOPIC).length === 1);
    });
    await aus.mesh.gossip.publish(TOPIC, data(1));
    await until('the message', () => gbr.gossip.length === 1);
  });

  it('forwards only what the validator accepts', async () => {
    const reject = Buffer.from('reject').toString();
    const nations = [...SET, NATION('USA')];
    // A line: the ends know each other only through the middle.
    const aus = await startNode('AUS', { tuning: { dhtFastMs: 600_000 } });
    const gbr = await startNode('GBR', {
      bootstrap: [aus.address()],
      tuning: { dhtFastMs: 600_000 },
      verdict: (bytes) => (Buffer.from(bytes).toString() === reject ? 'reject' : 'accept'),
    });
    const usa = await startNode('USA', {
      bootstrap: [gbr.address()],
      tuning: { dhtFastMs: 600_000 },
    });
    await linked(aus, gbr);
    await linked(gbr, usa);
    for (const node of [aus, gbr, usa]) node.mesh.gossip.join(TOPIC, nations);
    await until('subscribed', () => {
      const count = (node: TestNode): number => node.mesh.gossip.subscribers(TOPIC).length;
      return count(aus) === 1 && count(gbr) === 2 && count(usa) === 1;
    });
    await aus.mesh.gossip.publish(TOPIC, new Released(Buffer.from('reject'), nations));
    await aus.mesh.gossip.publish(TOPIC, new Released(Buffer.from('accept'), nations));
    await until('the good one', () => usa.gossip.length > 0);
    expect(usa.gossip.map(({ data: bytes }) => Buffer.from(bytes).toString())).toEqual(['accept']);
    expect(gbr.gossip).toHaveLength(2);
  });

  it('refuses to publish what is not released to the whole topic', async () => {
    const aus = await startNode('AUS');
    aus.mesh.gossip.join(TOPIC, [...SET, NATION('USA')]);
    await expect(aus.mesh.gossip.publish(TOPIC, data(1))).rejects.toThrow('released');
  });
});
