import { DEFAULT_LIMITS } from '../core/consensus/index.js';
import type { PeerRef, ReplicaStatus } from '../core/consensus/index.js';
import type { SettledState } from '../core/settlement/index.js';
import { awaiting, initialState, isSettled, settlementRules } from '../core/settlement/index.js';
import { equalBytes } from '../base/bytes.js';
import { blockId } from '../domain/codec/consensus-parts.js';
import { decodeConsensusMessage } from '../domain/codec/consensus-message.js';
import { approvalPreimage } from '../domain/codec/consensus-preimage.js';
import { assembleEntry, identifyEntry } from '../domain/codec/entry.js';
import type { CommittedBlock } from '../domain/consensus.js';
import type { ApprovalContent } from '../domain/body.js';
import type { CoreId, EntryId, EventId, Kid, Nation } from '../domain/ids.js';
import type { Approval, SettlementCore } from '../domain/settlement.js';
import type { Links, Peer } from '../ports/links.js';
import { ReplicaDriver } from './driver.js';
import type { Cores, ShownCore } from './cores.js';
import type { Operation, Operations } from './operations.js';
import type { AppConfig, AppPorts } from './parts.js';
import type { Settled, SettledIndex } from './settled.js';

interface Parts {
  readonly config: AppConfig;
  readonly ports: AppPorts;
  readonly operations: Operations;
  readonly cores: Cores;
  readonly settled: SettledIndex;
  links(): Links | undefined;
  /** Logs the settled record of an entry that became final, once, behind what is going on. */
  record(settled: Settled): void;
}

/** A refusal of a nation's authority, as logged. */
export interface RefusedBy {
  readonly nation: Nation;
  readonly reason: string;
  readonly event: EventId;
}

interface Gathered {
  readonly approvals: Map<Kid, Approval>;
  readonly refusals: Map<Nation, RefusedBy>;
}

/**
 * The settlement of one operation at this node: its replica, the cores that wait for approvals, and
 * the settled state. Observing nations run it as learners.
 */
export class OperationSettlement {
  readonly operation: Operation;
  readonly #parts: Parts;
  readonly #driver: ReplicaDriver<SettledState>;
  readonly #gathered = new Map<CoreId, Gathered>();
  readonly #submitted = new Set<CoreId>();
  readonly #self: number | undefined;
  #state: SettledState;

  constructor(operation: Operation, parts: Parts) {
    const { config, ports } = parts;
    this.operation = operation;
    this.#parts = parts;
    this.#state = initialState(operation.declaration, operation.opId);
    const index = operation.epoch.members.findIndex(({ nation }) => nation === config.nation);
    const signer = config.replica?.signer;
    const mine = operation.epoch.members[index];
    const votes =
      mine !== undefined && signer !== undefined && equalBytes(mine.consensusKey, signer.publicKey);
    this.#self = votes ? index : undefined;
    this.#driver = new ReplicaDriver<SettledState>(
      operation.opId,
      {
        epoch: operation.epoch,
        ...(this.#self === undefined ? {} : { self: this.#self }),
        rules: settlementRules((...args) => ports.verifier.verify(...args)),
        verify: (...args) => ports.verifier.verify(...args),
        timing: { baseMinMs: config.timing.viewBaseMs, viewMaxMs: config.timing.viewMaxMs },
        limits: DEFAULT_LIMITS,
        jitterSeed: new DataView(ports.entropy.bytes(4).buffer).getUint32(0),
      },
      {
        clock: ports.clock,
        timers: ports.timers,
        safety: ports.safety,
        logger: ports.logger,
        ...(votes ? { signer } : {}),
        send: (to, bytes) => this.#send(to, bytes),
        connectedMembers: () => this.connectedMembers(),
        committed: (block) => this.#committed(block),
        equivocation: (found) => {
          const nation = operation.epoch.members[found.member]?.nation;
          ports.logger.warn('replica equivocated', { rule: found.rule, nation });
        },
        halted: (reason) => {
          ports.logger.error('replica signs no more', { ...reason });
        },
      },
    );
  }

  get status(): ReplicaStatus {
    return this.#driver.status;
  }

  get state(): SettledState {
    return this.#state;
  }

  get votes(): boolean {
    return this.#self !== undefined;
  }

  /** Loads the chain, folds it, starts the replica, and makes good what a crash left undone. */
  async start(): Promise<void> {
    const { safety } = this.#parts.ports;
    const { opId } = this.operation;
    await this.#takeUp();
    const { committed } = await safety.load(opId);
    for (let height = 1; height <= (committed?.height ?? 0); height++) {
      const block = await this.#stored(height);
      if (block !== undefined) await this.#fold(block);
    }
    await this.#driver.start(this.#state);
    for (const peer of this.#parts.links()?.peers() ?? []) this.peerUp(peer);
  }

  stop(): Promise<void> {
    return this.#driver.stop();
  }

  peerUp(peer: Peer): void {
    const ref = this.#refOf(peer.nation);
    if (ref === undefined) return;
    this.#driver.feed({ kind: 'peer-connected', peer: ref });
    // A core travels once; who was away when it was shown gets it on its return.
    for (const shown of this.#ownPending()) this.#show(peer, shown);
  }

  peerDown(peer: Peer): void {
    const ref = this.#refOf(peer.nation);
    if (ref !== undefined) this.#driver.feed({ kind: 'peer-dropped', peer: ref });
  }

  message(peer: Peer, bytes: Uint8Array): void {
    const from = this.#refOf(peer.nation);
    const decoded = decodeConsensusMessage(bytes);
    if (from === undefined || !decoded.ok) return;
    this.#driver.message(from, decoded.value);
  }

  /** Members that a link reaches now, without this node. */
  connectedMembers(): readonly number[] {
    const reached = new Set(
      this.#parts
        .links()
        ?.peers()
        .map(({ nation }) => nation),
    );
    return this.operation.epoch.members.flatMap(({ nation }, i) =>
      reached.has(nation) && i !== this.#self ? [i] : [],
    );
  }

  /** Takes a core in that a nation shows, own ones included, and passes own ones on to all. */
  async show(bytes: Uint8Array, proposer: Nation): Promise<ShownCore | undefined> {
    const shown = await this.#parts.cores.show(bytes, {
      op: this.operation.op,
      proposer,
      isSettled: (id) => isSettled(this.#state, id),
    });
    if (shown?.core.opId !== this.operation.opId) return undefined;
    if (proposer === this.#parts.config.nation) {
      for (const peer of this.#parts.links()?.peers() ?? []) this.#show(peer, shown);
    }
    await this.#submitWhenComplete(shown);
    return shown;
  }

  /** An approval event that was admitted and opened; counts only with its own signature of kind 4. */
  async approve(nation: Nation, kid: Kid, content: ApprovalContent): Promise<void> {
    const authority = this.#authority(nation, kid);
    if (authority === undefined) return;
    const { coreId, opened, signature } = content;
    const preimage = approvalPreimage(this.operation.opId, coreId, opened);
    const { verifier } = this.#parts.ports;
    if (!(await verifier.verifyAsync(authority.publicKey, preimage, signature))) return;
    this.#gather(coreId).approvals.set(kid, { nation, kid, opened, signature });
    const shown = this.#parts.cores.get(coreId);
    if (shown !== undefined) await this.#submitWhenComplete(shown);
  }

  refuse(coreId: CoreId, refusal: RefusedBy): void {
    this.#gather(coreId).refusals.set(refusal.nation, refusal);
  }

  approvalsOf(coreId: CoreId): readonly Approval[] {
    return [...this.#gather(coreId).approvals.values()];
  }

  /** Refusals of those whose approval the core asks for: nobody else has a say in it. */
  refusalsOf(coreId: CoreId): readonly RefusedBy[] {
    const asked = this.#parts.cores.get(coreId)?.core.authorities;
    const refusals = [...this.#gather(coreId).refusals.values()];
    return refusals.filter(
      ({ nation }) => asked === undefined || asked.some((authority) => authority.nation === nation),
    );
  }

  /** Keys whose approval is still missing. */
  awaiting(core: SettlementCore, coreId: CoreId): readonly { nation: Nation; kid: Kid }[] {
    return awaiting(core, this.approvalsOf(coreId), this.#state);
  }

  async #takeUp(): Promise<void> {
    const { ports } = this.#parts;
    const key = this.operation.opId;
    if ((await ports.state.get('operation-begun', key)) !== undefined) return;
    await ports.safety.begin(this.operation.opId);
    const value = new Uint8Array(1);
    await ports.state.write([{ collection: 'operation-begun', key, value }]);
  }

  #authority(nation: Nation, kid: Kid): { readonly publicKey: Uint8Array } | undefined {
    const { configuration } = this.#parts.operations.current(this.#current());
    const participant = configuration.participants.find((p) => p.nation === nation);
    return participant?.authorities.find((authority) => authority.kid === kid);
  }

  #current(): Operation {
    return this.#parts.operations.get(this.operation.op) ?? this.operation;
  }

  #gather(coreId: CoreId): Gathered {
    const held = this.#gathered.get(coreId);
    if (held !== undefined) return held;
    const fresh: Gathered = { approvals: new Map(), refusals: new Map() };
    this.#gathered.set(coreId, fresh);
    return fresh;
  }

  #ownPending(): readonly ShownCore[] {
    const { cores, config } = this.#parts;
    return cores
      .of(this.operation.op)
      .filter((shown) => shown.proposer === config.nation && !isSettled(this.#state, shown.id));
  }

  #show(peer: Peer, shown: ShownCore): void {
    const { op } = this.operation;
    if (this.#refOf(peer.nation) === undefined) return;
    this.#parts.links()?.send(peer.peerId, { type: 'core', op, bytes: shown.bytes }, 'immediate');
  }

  /** The proposer hands in the entry as soon as its last approval is there. */
  async #submitWhenComplete(shown: ShownCore): Promise<void> {
    const { id, core, proposer } = shown;
    if (proposer !== this.#parts.config.nation || this.#self === undefined) return;
    if (this.#submitted.has(id) || isSettled(this.#state, id)) return;
    if (this.refusalsOf(id).length > 0 || this.awaiting(core, id).length > 0) return;
    const approvals = core.authorities.map(({ kid }) => this.#gather(id).approvals.get(kid));
    if (approvals.some((approval) => approval === undefined)) return;
    this.#submitted.add(id);
    const entry = assembleEntry(
      core,
      approvals.filter((a) => a !== undefined),
    );
    const answer = await this.#driver.submit(entry.bytes);
    if (answer.outcome !== 'refused') return;
    this.#submitted.delete(id);
    this.#parts.ports.logger.warn('submission refused', {
      code: answer.code,
      detail: answer.detail,
    });
  }

  #refOf(nation: Nation): PeerRef | undefined {
    const member = this.operation.epoch.members.findIndex((m) => m.nation === nation);
    if (member >= 0) return member;
    const participates = this.operation.declaration.participants.some((p) => p.nation === nation);
    return participates ? nation : undefined;
  }

  #send(to: PeerRef, bytes: Uint8Array): boolean {
    const nation = typeof to === 'number' ? this.operation.epoch.members[to]?.nation : to;
    const links = this.#parts.links();
    const peer = links?.peers().find((p) => p.nation === nation);
    if (links === undefined || peer === undefined) return false;
    return links.send(peer.peerId, { type: 'bft', op: this.operation.op, bytes }, 'immediate');
  }

  async #stored(height: number): Promise<CommittedBlock | undefined> {
    const { safety } = this.#parts.ports;
    const { opId } = this.operation;
    const record = await safety.blockAt(opId, height);
    const certificate = await safety.lastCertificate(opId);
    if (record === undefined || certificate === undefined) return undefined;
    const entries: { id: EntryId; bytes: Uint8Array }[] = [];
    for (const id of record.entryIds) {
      const bytes = await safety.entry(opId, id);
      if (bytes === undefined) throw new Error(`settled entry ${id} is missing from the store`);
      entries.push({ id, bytes });
    }
    return { height, id: blockId(record.header), record, entries, certificate };
  }

  async #committed(block: CommittedBlock): Promise<void> {
    await this.#fold(block);
    // Not awaited: the replica that would answer is the one that waits for this effect.
    for (const shown of this.#ownPending()) {
      this.#submitWhenComplete(shown).catch((cause: unknown) => {
        this.#parts.ports.logger.error('submission failed', { cause: String(cause) });
      });
    }
  }

  /** Folds a final block into the state; logs each entry once, whatever a crash interrupted. */
  async #fold(block: CommittedBlock): Promise<void> {
    const { operations, ports, settled } = this.#parts;
    const rules = settlementRules((...args) => ports.verifier.verify(...args));
    for (const { bytes } of block.entries) {
      this.#state = rules.apply(this.#state, bytes, block.height);
      const identified = identifyEntry(bytes);
      if (!identified.ok) continue;
      const { coreId, entryId } = identified.value;
      const known = await settled.get(coreId);
      const record: Settled = known ?? {
        coreId,
        entryId,
        op: this.operation.op,
        epoch: block.record.header.epoch,
        height: block.height,
        view: block.record.header.view,
        block: block.id,
        certificate: block.certificate,
        settledMs: ports.clock.nowMs(),
      };
      if (known === undefined) await settled.add([record]);
      this.#parts.record(record);
    }
    operations.reached(this.operation.op, this.#state.configuration);
  }
}
