import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVerifier } from '../../src/adapters/keys/index.js';
import type { LevelStore } from '../../src/adapters/level/index.js';
import { openLevelStore } from '../../src/adapters/level/index.js';
import type { Mesh } from '../../src/adapters/libp2p/index.js';
import { toHex } from '../../src/base/bytes.js';
import type { VerifySignature } from '../../src/core/consensus/index.js';
import { identifyEntry } from '../../src/domain/codec/entry.js';
import type { Op } from '../../src/domain/ids.js';
import type { LinkFrame } from '../../src/domain/wire.js';
import type { Peer } from '../../src/ports/links.js';
import { readRecords } from './records.js';
import { addressOf, meet, pause, rosterGate, startMesh, until } from './mesh-host.js';
import { benchNations } from './nations.js';
import { benchOperation } from './operation.js';
import type { Primitives } from './primitives.js';
import { primitivesIn } from './primitives.js';
import type {
  OpenArgs,
  OpenResult,
  PumpArgs,
  PumpResult,
  SampleArgs,
  SampleResult,
} from './settle-verbs.js';
import { SettleGroup } from './settle-group.js';
import { ownPlace, serve } from './worker-door.js';

/** Frames of this operation are echoed: they measure a link, not a replica. */
const ECHO_OP = 'ec'.repeat(16) as Op;
/** About a vote with its framing. */
const ECHO_BYTES = 170;
/** Between two lone settlements, so that the group is idle again. */
const IDLE_MS = 5;

/** Without a block for this long nothing is measured any more: the run fails. */
const STALL_MS = 30_000;

const { index, n, dir } = ownPlace();
const nations = benchNations(n);
const groups = new Map<Op, SettleGroup>();
let mesh: Mesh | undefined;
let store: LevelStore | undefined;
let current: SettleGroup | undefined;
let echoed: () => void = () => undefined;
let prepared: { readonly ids: readonly string[]; readonly bodies: readonly Uint8Array[] } = {
  ids: [],
  bodies: [],
};

function theMesh(): Mesh {
  if (mesh === undefined) throw new Error('not started');
  return mesh;
}

function theGroup(): SettleGroup {
  if (current === undefined) throw new Error('no group is open');
  return current;
}

function echo(peerId: string, bytes: Uint8Array): void {
  theMesh().links.send(peerId, { type: 'core', op: ECHO_OP, bytes }, 'immediate');
}

function frame(peer: Peer, incoming: LinkFrame): Promise<void> {
  if (incoming.type === 'bft') groups.get(incoming.op)?.message(peer, incoming.bytes);
  if (incoming.type === 'core' && incoming.op === ECHO_OP) {
    if (incoming.bytes[0] === 0) echo(peer.peerId, new Uint8Array(ECHO_BYTES).fill(1));
    else echoed();
  }
  return Promise.resolve();
}

async function start(): Promise<string> {
  const own = nations[index];
  if (own === undefined) throw new RangeError('no such nation');
  store = await openLevelStore(join(dir, 'store'));
  mesh = await startMesh({
    nation: own,
    helloGate: rosterGate(own, nations),
    rosterSize: () => n,
    linkHandlers: {
      peerUp: () => undefined,
      peerDown: () => undefined,
      frame,
      refused: () => undefined,
    },
    gossipHandlers: { message: () => Promise.resolve('ignore') },
  });
  return addressOf(mesh);
}

/** Half the time that a frame needs to a neighbour and back, in microseconds. */
async function linkUs(): Promise<number> {
  const [peer] = theMesh().links.peers();
  if (peer === undefined) throw new Error('no neighbour');
  const back = new Promise<void>((resolve) => {
    echoed = resolve;
  });
  const begun = performance.now();
  echo(peer.peerId, new Uint8Array(ECHO_BYTES));
  await back;
  return ((performance.now() - begun) * 1000) / 2;
}

function load(file: string): OpenResult {
  const bodies = readRecords(readFileSync(file));
  const begun = performance.now();
  prepared = {
    bodies,
    ids: bodies.map((bytes) => {
      const identified = identifyEntry(bytes);
      if (!identified.ok) throw new Error('a prepared entry is malformed');
      return identified.value.entryId;
    }),
  };
  return { identifyUs: ((performance.now() - begun) * 1000) / bodies.length };
}

/** Approvals of prepared entries that were found good before the measurement. */
function preVerified(bodies: readonly Uint8Array[]): VerifySignature {
  const good = new Set<string>();
  for (const bytes of bodies) {
    const identified = identifyEntry(bytes);
    if (!identified.ok) throw new Error('a prepared entry is malformed');
    for (const { signature } of identified.value.entry.approvals) good.add(toHex(signature));
  }
  return (_key, _message, signature) => good.has(toHex(signature));
}

async function open({ tag, file, blockEntries, verified }: OpenArgs): Promise<OpenResult> {
  if (store === undefined) throw new Error('not started');
  await current?.stop();
  const opened = load(file);
  const verifier = createVerifier();
  const group = new SettleGroup({
    operation: benchOperation(nations, tag),
    nations,
    self: index,
    links: theMesh().links,
    store,
    blockEntries,
    verifyApproval: verified ? preVerified(prepared.bodies) : (...args) => verifier.verify(...args),
  });
  current = group;
  groups.set(group.op, group);
  await group.start();
  await until('the replica runs', () => group.running);
  return opened;
}

async function lone(bytes: Uint8Array): Promise<number> {
  const group = theGroup();
  const begun = performance.now();
  const final = new Promise<number>((resolve) => {
    group.onCommit(() => {
      resolve(performance.now());
    });
  });
  await group.submit(bytes);
  return (await final) - begun;
}

async function sample({ from, count }: SampleArgs): Promise<SampleResult> {
  const machine: Primitives = primitivesIn(dir);
  const result = {
    settleMs: [] as number[],
    linkUs: [] as number[],
    syncUs: [] as number[],
    signUs: [] as number[],
    verifyUs: [] as number[],
    writeMs: [] as number[],
  };
  theGroup().takeWriteMs();
  for (const bytes of prepared.bodies.slice(from, from + count)) {
    result.settleMs.push(await lone(bytes));
    await theGroup().settled();
    result.writeMs.push(...theGroup().takeWriteMs());
    await pause(IDLE_MS);
    result.linkUs.push(await linkUs());
    result.syncUs.push(machine.syncUs());
    result.signUs.push(machine.signUs());
    result.verifyUs.push(machine.verifyUs());
    await pause(IDLE_MS);
  }
  machine.close();
  return result;
}

/** Hands in this member's share of a range and waits until the whole range is final here. */
async function pump({ from, count, window }: PumpArgs): Promise<PumpResult> {
  const group = theGroup();
  const mine: number[] = [];
  for (let i = from; i < from + count; i++) if (i % n === index) mine.push(i);
  const open = new Set<string>();
  const wanted = new Set(prepared.ids.slice(from, from + count));
  let blocks = 0;
  let next = 0;
  group.takeWriteMs();
  const begunMs = performance.now();
  const submitMore = (): void => {
    while (open.size < window && next < mine.length) {
      const i = mine[next++];
      const [id, bytes] = [prepared.ids[i ?? -1], prepared.bodies[i ?? -1]];
      if (id === undefined || bytes === undefined) throw new RangeError('no such entry');
      open.add(id);
      void group.submit(bytes);
    }
  };
  await new Promise<void>((resolve, reject) => {
    const stall = (): void => {
      reject(new Error(`no block for ${String(STALL_MS)} ms`));
    };
    let timer = setTimeout(stall, STALL_MS);
    group.onCommit(({ entries }) => {
      blocks += 1;
      clearTimeout(timer);
      for (const { id } of entries) {
        open.delete(id);
        wanted.delete(id);
      }
      submitMore();
      if (wanted.size === 0) resolve();
      else timer = setTimeout(stall, STALL_MS);
    });
    submitMore();
  });
  return { tookMs: performance.now() - begunMs, blocks, writeMs: group.takeWriteMs() };
}

serve({
  start,
  meet: (addresses: readonly string[]) => meet(theMesh(), addresses),
  open,
  sample,
  pump,
});
