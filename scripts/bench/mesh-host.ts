import type { Mesh, MeshOptions } from '../../src/adapters/libp2p/index.js';
import { createLibp2pMesh } from '../../src/adapters/libp2p/index.js';
import { systemClock, systemEntropy, systemTimers } from '../../src/adapters/system/index.js';
import type { HelloGate } from '../../src/ports/links.js';
import type { BenchNation } from './nations.js';

/** What a worker decides about its mesh; the rest is the same for all of them. */
export type HostOptions = Pick<
  MeshOptions,
  'helloGate' | 'linkHandlers' | 'gossipHandlers' | 'rosterSize'
> & { readonly nation: BenchNation };

/** Warnings go to stderr; a measurement in which something was refused should be seen. */
export const quietLogger = {
  debug: (): void => undefined,
  info: (): void => undefined,
  warn: (message: string, fields?: object): void => {
    process.stderr.write(`${message} ${JSON.stringify(fields ?? {})}\n`);
  },
  error: (message: string, fields?: object): void => {
    process.stderr.write(`${message} ${JSON.stringify(fields ?? {})}\n`);
  },
};

/** A mesh of the LAN profile on a free loopback port. */
export async function startMesh({ nation, ...rest }: HostOptions): Promise<Mesh> {
  const mesh = await createLibp2pMesh({
    transportPrivateKey: nation.transport.seed,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    profile: 'lan',
    bootstrap: [],
    clock: systemClock,
    timers: systemTimers,
    entropy: systemEntropy,
    logger: quietLogger,
    ...rest,
  });
  await mesh.start();
  return mesh;
}

/** Waits for something that other processes bring about; fails by name when it does not come. */
export async function until(what: string, holds: () => boolean, ms = 40_000): Promise<void> {
  const start = performance.now();
  while (!holds()) {
    if (performance.now() - start > ms) throw new Error(`never happened: ${what}`);
    await pause(10);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Dials those behind the own place and waits until all are admitted: of each pair one dials, so that
 * no time goes into telling two connections of one pair apart.
 */
export async function meet(mesh: Mesh, addresses: readonly string[]): Promise<void> {
  const own = addresses.findIndex((address) => address.endsWith(mesh.links.ownPeerId));
  for (const address of addresses.slice(own + 1)) await mesh.links.addKnown(address);
  await until('all peers are admitted', () => mesh.links.peers().length === addresses.length - 1);
}

/** Address of a started mesh, with its peer id. */
export function addressOf({ links }: Mesh): string {
  const [address] = links.addresses();
  if (address === undefined) throw new Error('the mesh listens nowhere');
  return address.includes('/p2p/') ? address : `${address}/p2p/${links.ownPeerId}`;
}

/** Admits the node of each nation of the bench, by its credential and its transport key. */
export function rosterGate(self: BenchNation, all: readonly BenchNation[]): HelloGate {
  const known = new Map(all.map(({ node }) => [node.credential.digest as string, node]));
  return {
    ownChain: () => [self.node.credential.bytes, self.authority.credential.bytes],
    held: (digest) => known.get(digest)?.credential.bytes,
    admit: (chain, transportKey) => {
      const leaf = Buffer.from(chain[0] ?? []);
      const found = all.find(({ node }) => leaf.equals(node.credential.bytes));
      if (found !== undefined && Buffer.from(transportKey).equals(found.transport.publicKey)) {
        return { ok: true, value: found.node.credential };
      }
      const detail = 'not a nation of this bench';
      const refusal = { field: 'chain', rule: 'is known', authority: 'bench', detail };
      return { ok: false, error: { code: 'UNKNOWN', remedy: 'none', ...refusal } };
    },
  };
}
