import { join } from 'node:path';
import {
  createSealer,
  createVault,
  createVerifier,
  generateKeyPair,
} from '../../src/adapters/keys/index.js';
import type { LevelStore } from '../../src/adapters/level/index.js';
import { openLevelStore } from '../../src/adapters/level/index.js';
import { systemClock, systemEntropy, systemTimers } from '../../src/adapters/system/index.js';
import type { App } from '../../src/app/create-app.js';
import { createApp } from '../../src/app/create-app.js';
import { GROUPS, MISSION_POLICY } from '../../src/core/policy/index.js';
import type { Peer } from '../../src/ports/links.js';
import { declarationOf, trustListOf } from './events.js';
import { quietLogger } from './mesh-host.js';
import type { BenchNation, Holder } from './nations.js';
import { signerOf } from './nations.js';
import type { BenchOperation } from './operation.js';

/** The whole application of one nation's node over real stores and keys. */
export interface BenchNode {
  readonly app: App;
  readonly store: LevelStore;
}

function own({ key, credential }: Holder) {
  return { signer: signerOf(key), credential };
}

async function openApp(self: BenchNation, all: readonly BenchNation[], dir: string) {
  const store = await openLevelStore(join(dir, 'store'));
  const app = createApp(
    {
      nation: self.code,
      ownRoot: self.root.credential,
      foreignRoots: all.filter((one) => one !== self).map(({ root }) => root.credential),
      ownCredentials: [self.authority, self.node, self.release, self.replica].map(
        ({ credential }) => credential,
      ),
      node: own(self.node),
      release: own(self.release),
      logSecret: self.node.key.seed,
      policy: {
        policies: new Map([[MISSION_POLICY.name, MISSION_POLICY]]),
        groups: new Map(GROUPS.map((group) => [group.name, group])),
      },
      timing: { checkpointIntervalMs: 60_000, viewBaseMs: 1_000, viewMaxMs: 30_000 },
      process: { pid: process.pid, startedMs: Date.now() },
    },
    {
      clock: systemClock,
      timers: systemTimers,
      entropy: systemEntropy,
      verifier: createVerifier(),
      sealer: createSealer([generateKeyPair('x25519')]),
      vault: createVault(self.node.key.seed),
      log: store.eventLog,
      state: store.stateStore,
      safety: store.safetyStore,
      feeds: { read: () => ({ sentences: 0, reports: [], skipped: [] }) },
      logger: quietLogger,
    },
  );
  await app.load();
  return { app, store };
}

export interface NodeParts {
  readonly index: number;
  readonly all: readonly BenchNation[];
  readonly operation: BenchOperation;
  /** Credential events of the platforms that will be heard. */
  readonly platforms: readonly Uint8Array[];
  readonly dir: string;
}

/**
 * A node that trusts all nations of the bench, knows their credentials, and holds the declaration of
 * its operation: everything came in by its own doors, the hello and the link.
 */
export async function openNode({
  index,
  all,
  operation,
  platforms,
  dir,
}: NodeParts): Promise<BenchNode> {
  const [lead, self] = [all[0], all[index]];
  if (lead === undefined || self === undefined) throw new RangeError('no such nation');
  const node = await openApp(self, all, dir);
  const peer: Peer = { peerId: 'bench', nation: self.code, credential: self.node.credential };
  const early = (record: Uint8Array): Promise<void> =>
    node.app.linkHandlers.frame(peer, { type: 'early', record });
  await early(trustListOf(self, all));
  for (const { node: of, authority, transport } of all) {
    const chain = [of.credential.bytes, authority.credential.bytes];
    const met = node.app.hello.admit(chain, transport.publicKey);
    if (!met.ok) throw new Error(`hello: ${JSON.stringify(met.error)}`);
  }
  for (const record of platforms) await early(record);
  await early(declarationOf(lead, operation.document));
  const known = node.app.service.operations();
  if (known.length !== 1) throw new Error('the declaration was not taken');
  return node;
}
