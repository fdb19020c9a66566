import { ReplicaDriver } from '../../src/app/driver.js';
import type { LevelStore } from '../../src/adapters/level/index.js';
import { createVerifier } from '../../src/adapters/keys/index.js';
import { systemClock, systemTimers } from '../../src/adapters/system/index.js';
import { DEFAULT_LIMITS, DEFAULT_TIMING } from '../../src/core/consensus/index.js';
import type { VerifySignature } from '../../src/core/consensus/index.js';
import type { SettledState } from '../../src/core/settlement/index.js';
import { settlementRules } from '../../src/core/settlement/index.js';
import { decodeConsensusMessage } from '../../src/domain/codec/consensus-message.js';
import type { CommittedBlock } from '../../src/domain/consensus.js';
import type { EntryId, Op } from '../../src/domain/ids.js';
import { opOf } from '../../src/domain/ids.js';
import type { Links, Peer } from '../../src/ports/links.js';
import type { SafetyStore } from '../../src/ports/safety-store.js';
import { quietLogger } from './mesh-host.js';
import type { BenchNation } from './nations.js';
import { signerOf } from './nations.js';
import type { BenchOperation } from './operation.js';

export interface GroupParts {
  readonly operation: BenchOperation;
  readonly nations: readonly BenchNation[];
  readonly self: number;
  readonly links: Links;
  readonly store: LevelStore;
  /** Most entries of one block. */
  readonly blockEntries: number;
  /** Checks approvals inside entries; votes are always checked by real Ed25519. */
  readonly verifyApproval: VerifySignature;
}

/** The same store; tells how long each write took. */
function timedWrites(store: SafetyStore, took: (ms: number) => void): SafetyStore {
  return {
    begin: (op) => store.begin(op),
    load: (op) => store.load(op),
    write: async (op, batch) => {
      const begun = performance.now();
      await store.write(op, batch);
      took(performance.now() - begun);
    },
    block: (op, id) => store.block(op, id),
    blockAt: (op, height) => store.blockAt(op, height),
    entry: (op, id) => store.entry(op, id),
    lastCertificate: (op) => store.lastCertificate(op),
    close: () => store.close(),
  };
}

/** One replica of one operation, on real links and a real store. */
export class SettleGroup {
  readonly op: Op;
  readonly #parts: GroupParts;
  readonly #driver: ReplicaDriver<SettledState>;
  readonly #peerIds: readonly (string | undefined)[];
  readonly #writeMs: number[] = [];
  #committed: (block: CommittedBlock) => void = () => undefined;

  constructor(parts: GroupParts) {
    const { operation, nations, self, links, store, blockEntries } = parts;
    this.#parts = parts;
    this.op = opOf(operation.opId);
    const own = nations[self];
    if (own === undefined) throw new RangeError('no such member');
    this.#peerIds = nations.map(
      ({ code }) => links.peers().find(({ nation }) => nation === code)?.peerId,
    );
    const verifier = createVerifier();
    this.#driver = new ReplicaDriver<SettledState>(
      operation.opId,
      {
        epoch: operation.epoch,
        self,
        rules: settlementRules(parts.verifyApproval),
        verify: (...args) => verifier.verify(...args),
        // Long views: a busy machine must not measure view changes that nobody asked for.
        timing: { ...DEFAULT_TIMING, baseMinMs: 2_000 },
        limits: { ...DEFAULT_LIMITS, blockEntriesMax: blockEntries },
        jitterSeed: self,
      },
      {
        clock: systemClock,
        timers: systemTimers,
        safety: timedWrites(store.safetyStore, (ms) => this.#writeMs.push(ms)),
        logger: quietLogger,
        signer: signerOf(own.replica.key),
        send: (to, bytes) => this.#send(to, bytes),
        connectedMembers: () =>
          this.#peerIds.flatMap((peerId, i) => (peerId === undefined ? [] : [i])),
        committed: (block) => {
          this.#committed(block);
          return Promise.resolve();
        },
        equivocation: ({ rule }) => {
          quietLogger.error('equivocation', { rule });
        },
        halted: (reason) => {
          quietLogger.error('halted', reason);
        },
      },
    );
  }

  async start(): Promise<void> {
    const { operation, store } = this.#parts;
    await store.safetyStore.begin(operation.opId);
    await this.#driver.start(operation.state);
    for (const [peer, id] of this.#peerIds.entries()) {
      if (id !== undefined) this.#driver.feed({ kind: 'peer-connected', peer });
    }
  }

  get running(): boolean {
    return this.#driver.status.phase === 'running';
  }

  /** Calls back at each final block, from now on. */
  onCommit(listener: (block: CommittedBlock) => void): void {
    this.#committed = listener;
  }

  async submit(bytes: Uint8Array): Promise<EntryId> {
    const answer = await this.#driver.submit(bytes);
    if (answer.outcome === 'refused') throw new Error(`refused: ${answer.code} ${answer.detail}`);
    return answer.entryId;
  }

  /** How long each synced write of the safety state took since the last call, in milliseconds. */
  takeWriteMs(): readonly number[] {
    return this.#writeMs.splice(0);
  }

  /** Resolves when this replica has nothing to do. */
  settled(): Promise<void> {
    return this.#driver.settled();
  }

  message(peer: Peer, bytes: Uint8Array): void {
    const from = this.#parts.nations.findIndex(({ code }) => code === peer.nation);
    const decoded = decodeConsensusMessage(bytes);
    if (decoded.ok && from >= 0) this.#driver.message(from, decoded.value);
  }

  stop(): Promise<void> {
    return this.#driver.stop();
  }

  #send(to: number | string, bytes: Uint8Array): boolean {
    const peerId = typeof to === 'number' ? this.#peerIds[to] : undefined;
    if (peerId === undefined) return false;
    return this.#parts.links.send(peerId, { type: 'bft', op: this.op, bytes }, 'immediate');
  }
}
