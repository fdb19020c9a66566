import { readFileSync } from 'node:fs';
import type { Mesh } from '../../src/adapters/libp2p/index.js';
import { hashHex } from '../../src/domain/codec/hash.js';
import type { EventId } from '../../src/domain/ids.js';
import { decide, GROUPS, MISSION_POLICY, release } from '../../src/core/policy/index.js';
import type { BareGossip } from './bare-gossip.js';
import { startBareGossip } from './bare-gossip.js';
import { benchLabel, credentialEventOf, nameOf } from './events.js';
import type { Seen, SendArgs } from './gossip-verbs.js';
import { addressOf, meet, startMesh, until } from './mesh-host.js';
import { benchNations, platformOf } from './nations.js';
import { openNode } from './node-host.js';
import { benchOperation } from './operation.js';
import { readRecords } from './records.js';
import { ownPlace, serve } from './worker-door.js';

const TOPIC = 'bench';

const { index, n, dir } = ownPlace();
const all = benchNations(n);
const codes = all.map(({ code }) => code);
const label = benchLabel(all);
let mesh: Mesh | undefined;
let bare: BareGossip | undefined;
let messages: readonly Uint8Array[] = [];
const places = new Map<string, number>();
let seen: Seen[] = [];

function note(carrier: Seen['carrier'], data: Uint8Array): void {
  const place = places.get(nameOf(data));
  if (place !== undefined) {
    seen.push({ carrier, index: place, atNs: process.hrtime.bigint() });
  }
}

/** The whole node, and bare gossip beside it in the same process. */
async function start(): Promise<string> {
  const own = all[index];
  if (own === undefined) throw new RangeError('no such nation');
  const platforms = all.map((one) => credentialEventOf(one, platformOf(one, 'gossip'), 0));
  const operation = benchOperation(all, 'gossip');
  const { app } = await openNode({ index, all, operation, platforms, dir });
  mesh = await startMesh({
    nation: own,
    helloGate: app.hello,
    rosterSize: () => n,
    linkHandlers: app.linkHandlers,
    gossipHandlers: {
      message: async (from, topic, data) => {
        note('arrival', data);
        const verdict = await app.gossipHandlers.message(from, topic, data);
        // Delivered is what is admitted and stored.
        if (verdict === 'accept') note('entente', data);
        return verdict;
      },
    },
  });
  mesh.gossip.join(TOPIC, codes);
  bare = await startBareGossip(TOPIC, (data) => {
    note('bare', data);
  });
  return `${addressOf(mesh)} ${bare.address}`;
}

/** Meets all others on both carriers. */
async function meetAll(pairs: readonly string[]): Promise<void> {
  if (mesh === undefined || bare === undefined) throw new Error('not started');
  const [gossip, plain] = [mesh.gossip, bare];
  await meet(
    mesh,
    pairs.map((pair) => pair.split(' ')[0] ?? ''),
  );
  // One dials the other, never both.
  await plain.dial(pairs.slice(index + 1).map((pair) => pair.split(' ')[1] ?? ''));
  await until('all subscribe on the mesh', () => gossip.subscribers(TOPIC).length === n - 1);
  await until('all subscribe on bare gossip', () => plain.subscribers(TOPIC) === n - 1);
}

function load({ file }: { readonly file: string }): Promise<void> {
  messages = readRecords(readFileSync(file));
  messages.forEach((data, i) => places.set(nameOf(data), i));
  return Promise.resolve();
}

/** A permit for each nation, as the release gate asks for it. */
function released(data: Uint8Array) {
  const permissions = all.map(({ code, node: party }) => ({
    nation: code,
    decision: decide({
      act: 'receive',
      label: label.label,
      party: party.credential,
      originator: all[0]?.code ?? code,
      policies: new Map([[MISSION_POLICY.name, MISSION_POLICY]]),
      groups: new Map(GROUPS.map((group) => [group.name, group])),
      grantedTo: [],
      item: hashHex(data) as EventId,
      nowMs: Date.now(),
    }),
  }));
  return release(data, permissions);
}

async function send({ carrier, index: place }: SendArgs): Promise<void> {
  const data = messages[place];
  if (data === undefined || mesh === undefined || bare === undefined) {
    throw new Error('nothing to send, or nowhere');
  }
  if (carrier === 'bare') {
    seen.push({ carrier, index: place, atNs: process.hrtime.bigint() });
    await bare.publish(TOPIC, data);
    return;
  }
  const parcel = released(data);
  const atNs = process.hrtime.bigint();
  seen.push({ carrier, index: place, atNs }, { carrier: 'arrival', index: place, atNs });
  await mesh.gossip.publish(TOPIC, parcel);
}

serve({
  start,
  meet: meetAll,
  load,
  send,
  seen: () => {
    const taken = seen;
    seen = [];
    return Promise.resolve(taken);
  },
});
