import '../../../src/adapters/libp2p/polyfill.js';
import { createHash, randomBytes } from 'node:crypto';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import type { Mesh, MeshOptions } from '../../../src/adapters/libp2p/index.js';
import { createLibp2pMesh } from '../../../src/adapters/libp2p/index.js';
import { systemClock, systemEntropy, systemTimers } from '../../../src/adapters/system/index.js';
import { toHex } from '../../../src/base/bytes.js';
import { decodeCbor, encodeCbor } from '../../../src/domain/codec/dcbor.js';
import type { Credential } from '../../../src/domain/credential.js';
import type { CredentialDigest, Kid, Nation } from '../../../src/domain/ids.js';
import type { Refusal } from '../../../src/domain/refusal.js';
import type { LinkFrame } from '../../../src/domain/wire.js';
import type { GossipVerdict, HelloGate, Peer } from '../../../src/ports/links.js';

export const NATION = (code: string): Nation => code as Nation;

/** A credential as small as the hello can tell apart: nation, transport key, expiry, validity. */
export function chainOf(
  nation: string,
  key: Uint8Array,
  expires = 4e9,
  valid = true,
): Uint8Array[] {
  return [encodeCbor([nation, key, expires, valid]), encodeCbor(['authority', nation])];
}

function refusal(code: string): Refusal {
  return { code, field: 'chain', rule: code, authority: 'test', detail: code, remedy: 'none' };
}

/** Admits any valid chain whose leaf names the proven key. */
export function gateOf(chain: readonly Uint8Array[]): HelloGate & { seen: Uint8Array[][] } {
  const cache = new Map<string, Uint8Array>();
  const seen: Uint8Array[][] = [];
  return {
    seen,
    ownChain: () => chain,
    held: (digest) => cache.get(digest),
    admit: (shown, transportKey) => {
      seen.push([...shown]);
      const leaf = decodeCbor(shown[0] ?? new Uint8Array());
      if (!leaf.ok || !Array.isArray(leaf.value)) return { ok: false, error: refusal('CHAIN') };
      const [nation, key, expires, valid] = leaf.value;
      if (valid !== true) return { ok: false, error: refusal('CHAIN_INVALID') };
      if (toHex(key) !== toHex(transportKey)) return { ok: false, error: refusal('PEER_ID') };
      for (const bytes of shown) cache.set(sha(bytes), bytes);
      const kid = sha(key) as Kid;
      const digest = sha(shown[0]!) as CredentialDigest;
      const credential = { digest, issuer: nation, expires, kid } as unknown as Credential;
      return { ok: true, value: credential };
    },
  };
}

export function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export async function transportOf(seed: Uint8Array): Promise<Uint8Array> {
  return (await generateKeyPairFromSeed('Ed25519', seed)).publicKey.raw;
}

export interface TestNode {
  readonly mesh: Mesh;
  readonly nation: string;
  readonly id: string;
  readonly seed: Uint8Array;
  readonly gate: ReturnType<typeof gateOf>;
  readonly up: Peer[];
  readonly down: Peer[];
  readonly frames: { readonly from: string; readonly frame: LinkFrame }[];
  readonly refused: { readonly peerId: string; readonly code: string }[];
  readonly gossip: { readonly topic: string; readonly data: Uint8Array }[];
  address(): string;
}

export interface NodeSetup extends Partial<MeshOptions> {
  readonly seed?: Uint8Array;
  readonly chain?: readonly Uint8Array[];
  readonly onFrame?: (frame: LinkFrame) => Promise<void>;
  readonly verdict?: (data: Uint8Array) => GossipVerdict;
}

const running = new Set<TestNode>();

/** Starts a node of `nation` on a free port of the loopback interface. */
export async function startNode(nation: string, setup: NodeSetup = {}): Promise<TestNode> {
  const seed = setup.seed ?? Uint8Array.from(randomBytes(32));
  const gate = gateOf(setup.chain ?? chainOf(nation, await transportOf(seed)));
  const { up, down, frames, refused, gossip } = {
    up: [] as Peer[],
    down: [] as Peer[],
    frames: [] as { from: string; frame: LinkFrame }[],
    refused: [] as { peerId: string; code: string }[],
    gossip: [] as { topic: string; data: Uint8Array }[],
  };
  const mesh = await createLibp2pMesh({
    transportPrivateKey: seed,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    profile: 'lan',
    bootstrap: [],
    helloGate: gate,
    clock: systemClock,
    timers: systemTimers,
    entropy: systemEntropy,
    logger: { debug: log, info: log, warn: log },
    ...setup,
    linkHandlers: {
      peerUp: (peer) => up.push(peer),
      peerDown: (peer) => down.push(peer),
      frame: async (peer, frame) => {
        await setup.onFrame?.(frame);
        frames.push({ from: peer.peerId, frame });
      },
      refused: (peerId, { code }) => refused.push({ peerId, code }),
    },
    gossipHandlers: {
      message: async (_from, topic, data) => {
        gossip.push({ topic, data });
        return setup.verdict?.(data) ?? 'accept';
      },
    },
  });
  await mesh.start();
  const node: TestNode = {
    mesh,
    nation,
    id: mesh.links.ownPeerId,
    seed,
    gate,
    up,
    down,
    frames,
    refused,
    gossip,
    address: () => mesh.links.addresses()[0]!,
  };
  running.add(node);
  return node;
}

function log(message: string, fields?: object): void {
  if (process.env['MESH_LOG'] !== undefined) process.stderr.write(`${message} ${text(fields)}\n`);
}

function text(fields?: object): string {
  return Object.entries(fields ?? {})
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}

export async function stopNode(node: TestNode): Promise<void> {
  running.delete(node);
  await node.mesh.stop();
}

export async function stopAll(): Promise<void> {
  await Promise.all([...running].map(stopNode));
}

/** Waits for a condition, looking again at every turn; fails by name when it never holds. */
export async function until(what: string, holds: () => boolean, ms = 15_000): Promise<void> {
  const start = performance.now();
  while (!holds()) {
    if (performance.now() - start > ms) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}

export async function linked(a: TestNode, b: TestNode): Promise<void> {
  await until(`${a.nation}-${b.nation} linked`, () => sees(a, b) && sees(b, a));
}

export function sees(a: TestNode, b: TestNode): boolean {
  return a.mesh.links.peers().some(({ peerId }) => peerId === b.id);
}
