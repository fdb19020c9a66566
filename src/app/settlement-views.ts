import { identifyEntry } from '../domain/codec/entry.js';
import type { CoreId, Op } from '../domain/ids.js';
import type { Entry, SettlementCore } from '../domain/settlement.js';
import type { ExplainView, OperationView, SettlementView } from '../domain/views.js';
import { isSettled } from '../core/settlement/index.js';
import type { Contents } from './contents.js';
import type { Cores } from './cores.js';
import type { Operation, Operations } from './operations.js';
import type { AppConfig, AppPorts } from './parts.js';
import type { Settled, SettledIndex } from './settled.js';
import type { OperationSettlement } from './settlement.js';

interface Parts {
  readonly config: AppConfig;
  readonly ports: AppPorts;
  readonly operations: Operations;
  readonly cores: Cores;
  readonly settled: SettledIndex;
  readonly contents: Contents;
  settlementOf(op: Op): OperationSettlement | undefined;
}

type State = Pick<SettlementView, 'state' | 'stateText' | 'awaiting'>;

/** Settlements and operations as people see them: what is agreed, what is awaited, and from whom. */
export class SettlementViews {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  operations(): readonly OperationView[] {
    return this.#parts.operations.all().map((operation) => this.#operation(operation));
  }

  async list(op?: Op): Promise<readonly SettlementView[]> {
    const ids = new Set<CoreId>();
    for await (const settled of this.#parts.settled.all()) {
      if (op === undefined || settled.op === op) ids.add(settled.coreId);
    }
    const shown = op === undefined ? this.#parts.cores.all() : this.#parts.cores.of(op);
    for (const { id } of shown) ids.add(id);
    const views: SettlementView[] = [];
    for (const id of ids) {
      const view = await this.view(id);
      if (view !== undefined) views.push(view);
    }
    const height = (view: SettlementView): number => view.height ?? Number.MAX_SAFE_INTEGER;
    return views.sort((a, b) => height(a) - height(b) || (a.id < b.id ? -1 : 1));
  }

  async view(id: CoreId): Promise<SettlementView | undefined> {
    const settled = await this.#parts.settled.get(id);
    const shown = this.#parts.cores.get(id);
    const entry = settled && (await this.settledEntry(settled));
    const core = shown?.core ?? entry?.core;
    const op = settled?.op ?? shown?.op;
    const settlement = op && this.#parts.settlementOf(op);
    if (core === undefined || op === undefined) return undefined;
    const approvals = entry?.approvals ?? settlement?.approvalsOf(id);
    return {
      id,
      op,
      kind: core.kind,
      ...(settled === undefined ? this.#pending(id, core, settlement) : SETTLED),
      proposer: shown?.proposer ?? null,
      inputs: await this.#inputs(core),
      outcome: core.outcome && {
        ...core.outcome,
        event: (await this.#parts.contents.behind(core.outcome.blind)) ?? null,
      },
      approvals: (approvals ?? []).map(({ nation, kid }) => ({ nation, kid })),
      refusals: (settlement?.refusalsOf(id) ?? []).map(({ nation, reason }) => ({
        nation,
        reason,
      })),
      entryId: settled?.entryId ?? null,
      height: settled?.height ?? null,
      epoch: settled?.epoch ?? null,
      view: settled?.view ?? null,
      block: settled?.block ?? null,
      signers: settled === undefined ? [] : this.#signers(settled),
      settledMs: settled?.settledMs ?? null,
    };
  }

  async explain(id: CoreId): Promise<ExplainView | undefined> {
    const view = await this.view(id);
    if (view === undefined) return undefined;
    return {
      id,
      kind: 'settlement',
      state: view.stateText,
      decisions: [],
      awaiting: view.awaiting,
      remedy: remedyOf(view),
    };
  }

  #operation(operation: Operation): OperationView {
    const { config, operations } = this.#parts;
    const settlement = this.#parts.settlementOf(operation.op);
    const members = operation.epoch.members;
    const n = members.length;
    const f = Math.floor((n - 1) / 3);
    const { quorumProfile } = operation.declaration;
    const current = operations.current(operation);
    const accepted = operation.acceptances;
    return {
      op: operation.op,
      opId: operation.opId,
      declaration: operation.digest,
      title: operation.declaration.title,
      state: this.#lifeOf(operation, settlement),
      ownRole: operations.participant(operation, config.nation)?.role ?? null,
      participants: current.configuration.participants.map(({ nation, role }) => ({
        nation,
        role,
        accepted: accepted.has(nation),
      })),
      voters: members.map(({ nation }) => nation),
      n,
      f,
      q: operation.epoch.q,
      quorum: quorumProfile === 'cft' ? 'cft' : n < 4 ? 'unanimous' : 'bft',
      epoch: current.number,
      configDigest: current.digest,
      height: settlement?.status.tip.height ?? 0,
      view: settlement?.status.view ?? 0,
      connectedVoters: this.#reached(operation, settlement),
    };
  }

  #lifeOf(
    operation: Operation,
    settlement: OperationSettlement | undefined,
  ): OperationView['state'] {
    if (settlement?.state.closed) return 'closed';
    if (settlement !== undefined) return 'active';
    return operation.acceptances.has(this.#parts.config.nation) ? 'accepted' : 'declared';
  }

  /** Voters that this node reaches, itself included when it votes. */
  #reached(operation: Operation, settlement: OperationSettlement | undefined): readonly string[] {
    const { members } = operation.epoch;
    const connected = settlement?.connectedMembers() ?? [];
    const own = settlement?.votes ? [this.#parts.config.nation as string] : [];
    return [...own, ...connected.map((i) => members[i]?.nation ?? '')].sort();
  }

  #pending(id: CoreId, core: SettlementCore, settlement: OperationSettlement | undefined): State {
    if (settlement === undefined) {
      const stateText = 'awaiting the acceptance of the operation';
      return { state: 'awaiting-approval', stateText, awaiting: [] };
    }
    const [refusal] = settlement.refusalsOf(id);
    if (refusal !== undefined) {
      const stateText = `refused by ${refusal.nation}: ${refusal.reason}`;
      return { state: 'refused', stateText, awaiting: [] };
    }
    if (settlement.state.height >= core.expiresAtHeight && !isSettled(settlement.state, id)) {
      const stateText = `lapsed at height ${String(core.expiresAtHeight)}`;
      return { state: 'lapsed', stateText, awaiting: [] };
    }
    const missing = settlement.awaiting(core, id).map(({ nation }) => nation);
    const { members, q } = settlement.operation.epoch;
    const reached = this.#reached(settlement.operation, settlement);
    const cut = members.map(({ nation }) => nation).filter((nation) => !reached.includes(nation));
    const quorum =
      reached.length >= q
        ? ''
        : `; awaiting quorum: ${String(reached.length)} of ${String(q)} voters reached, partitioned from ${cut.join(', ')}`;
    if (missing.length > 0) {
      const stateText = `awaiting ${missing.join(', ')} approval${quorum}`;
      return { state: 'awaiting-approval', stateText, awaiting: missing };
    }
    const stateText = `awaiting quorum: ${String(reached.length)} of ${String(q)} voters reached${
      cut.length > 0 ? `, partitioned from ${cut.join(', ')}` : ''
    }`;
    return { state: 'awaiting-quorum', stateText, awaiting: cut };
  }

  async #inputs(core: SettlementCore): Promise<SettlementView['inputs']> {
    const views: SettlementView['inputs'][number][] = [];
    for (const { originator, mode, blind } of core.inputs) {
      const event = (await this.#parts.contents.behind(blind)) ?? null;
      views.push({ originator, mode, blind, event });
    }
    return views;
  }

  #signers({ op, certificate }: Settled): readonly string[] {
    const members = this.#parts.operations.get(op)?.epoch.members ?? [];
    return certificate.signers.map((i) => members[i]?.nation ?? String(i));
  }

  /** The entry of a settlement: what was agreed, with its approvals. */
  async settledEntry(settled: Settled): Promise<Entry | undefined> {
    const { op, entryId } = settled;
    const operation = this.#parts.operations.get(op);
    const bytes = operation && (await this.#parts.ports.safety.entry(operation.opId, entryId));
    const identified = bytes && identifyEntry(bytes);
    return identified?.ok ? identified.value.entry : undefined;
  }
}

const SETTLED: State = { state: 'settled', stateText: 'settled', awaiting: [] };

function remedyOf({ state, awaiting }: SettlementView): string | null {
  switch (state) {
    case 'awaiting-approval':
      return `an authority of ${awaiting.join(', ')} approves or refuses (entente settle approve)`;
    case 'awaiting-quorum':
      return awaiting.length > 0
        ? `reach ${awaiting.join(', ')} again; nothing settles in a minority`
        : 'wait: the voters are reached';
    case 'refused':
    case 'lapsed':
      return 'propose anew';
    default:
      return null;
  }
}
