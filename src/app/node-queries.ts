import type { Result } from '../base/result.js';
import { err, ok } from '../base/result.js';
import { rootOf, verifyCheckpoint } from '../core/log/index.js';
import type { CoreId, EventId, Nation, Op } from '../domain/ids.js';
import { NATIONAL_OP } from '../domain/ids.js';
import type { Lineage } from '../domain/lineage.js';
import type { Refusal } from '../domain/refusal.js';
import type { Decision } from '../domain/release.js';
import type {
  DecisionView,
  EventView,
  ExplainView,
  IngestView,
  LogAuditView,
  NodeView,
  PeerView,
  TopicView,
} from '../domain/views.js';
import type { ActParts } from './act-parts.js';
import { encodeChecked, encodeContent, trackContent, tracksOf } from './content-input.js';
import type { Cores } from './cores.js';
import type { EventViews } from './event-views.js';
import type { Keyring } from './keyring.js';
import type { LineageQuery } from './lineage-query.js';
import { auditStoredLog } from './log-audit.js';
import type { NationalLog } from './national-log.js';
import type { Carrier, Network } from './network.js';
import { parentsOf } from './parents.js';
import { RefusedError, appRefusal, refuse } from './refusals.js';
import type { ReleaseGate } from './release-gate.js';
import type { EmitRequest, IngestRequest, NodeService } from './service.js';
import type { SettledIndex } from './settled.js';
import { settlementProof } from './settlement-proof.js';
import type { SettlementViews } from './settlement-views.js';
import type { SyncSessions } from './sync-session.js';
import type { StoredEvent } from '../ports/event-log.js';

interface Parts extends ActParts {
  readonly keyring: Keyring;
  readonly gate: ReleaseGate;
  readonly log: NationalLog;
  readonly sync: SyncSessions;
  readonly cores: Cores;
  readonly settled: SettledIndex;
  readonly network: Network;
  readonly views: SettlementViews;
  readonly events: EventViews;
  readonly lineage: LineageQuery;
  carrier(): Carrier | undefined;
}

const EVENTS_LIMIT = 100;
const EVENTS_LIMIT_MAX = 10_000;

/** Runs a service call: refusals become answers, everything else is a fault. */
async function answered<T>(task: () => Promise<T>): Promise<Result<T, Refusal>> {
  try {
    return ok(await task());
  } catch (error) {
    if (error instanceof RefusedError) return err(error.refusal);
    throw error;
  }
}

/** What a node answers about itself and its events, and the content it publishes under its own key. */
export class NodeQueries {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async status(): Promise<NodeView> {
    const { config, log, ports, sync, views } = this.#parts;
    const foreign = sync.foreignLogs();
    let events = 0;
    for await (const { arrival } of ports.log.events({ reverse: true, limit: 1 })) {
      events = arrival + 1;
    }
    const heads = foreign.map((head) => ({
      nation: head.nation,
      size: head.size,
      root: rootOf(head),
      held: head.size - head.withheld,
      withheld: head.withheld,
    }));
    const carrier = this.#parts.carrier();
    return {
      nation: config.nation,
      nodeKid: config.node.signer.kid,
      peerId: carrier?.links.ownPeerId ?? '',
      addresses: carrier?.links.addresses() ?? [],
      ...config.process,
      events,
      withheld: foreign.reduce((sum, { withheld }) => sum + withheld, 0),
      log: { size: log.size, root: log.root },
      heads,
      peers: this.peers(),
      operations: views.operations(),
    };
  }

  peers(): readonly PeerView[] {
    const { network } = this.#parts;
    return (this.#parts.carrier()?.links.known() ?? []).map((peer) => ({
      peerId: peer.peerId ?? '',
      nation: peer.nation,
      state: peer.state,
      addresses: peer.addresses,
      lastVerifiedMs: peer.nation === null ? null : network.lastVerifiedMs(peer.nation),
    }));
  }

  /** The own topics, by label: what nobody else can compute from the wire. */
  topics(): readonly TopicView[] {
    const { keyring, labels } = this.#parts;
    const gossip = this.#parts.carrier()?.gossip;
    return keyring
      .all()
      .filter((held) => held.nations.length > 1)
      .map((held) => {
        const label = labels.known(held.label);
        return {
          topic: held.topic,
          op: held.op,
          originator: held.originator,
          label: label === undefined ? held.label : labels.marking(label.label),
          releaseSet: held.nations,
          keyEpoch: held.keyEpoch,
          subscribers: gossip?.subscribers(held.topic) ?? [],
        };
      });
  }

  async event(id: EventId): Promise<EventView | undefined> {
    const stored = await this.#parts.ports.log.event(id);
    return stored && this.#parts.events.view(stored);
  }

  /**
   * A node cannot tell an event that is withheld from it from one that does not exist; it can say
   * whose logs have positions that it is not shown, and who decides about them.
   */
  absence(id: string): Refusal {
    const { config, sync } = this.#parts;
    const withholding = sync.foreignLogs().filter(({ withheld }) => withheld > 0);
    if (withholding.length === 0) {
      return appRefusal('NOT_FOUND', 'id', {
        rule: 'the node answers about what it holds and may show',
        detail: `no event ${id} is known here, and no nation withholds anything`,
        remedy: 'check the id, or wait until the event has arrived',
      });
    }
    const counts = withholding.map(({ nation, withheld }) => `${nation} ${String(withheld)}`);
    return appRefusal('NOT_RELEASED', 'id', {
      rule: "an event is shown to a nation that its originator's label releases it to",
      detail: `${id} is not held here; withheld from ${config.nation}: ${counts.join(', ')} positions`,
      authority: `its originator (${withholding.map(({ nation }) => nation).join(' or ')})`,
      remedy: "ask the originator's authority to release it; its node explains the reasons",
    });
  }

  async events(query: Parameters<NodeService['events']>[0]): Promise<readonly EventView[]> {
    const limit = Math.min(query.limit ?? EVENTS_LIMIT, EVENTS_LIMIT_MAX);
    const views: EventView[] = [];
    for await (const stored of this.#parts.ports.log.events({ ...query, limit })) {
      views.push(await this.#parts.events.view(stored));
    }
    return views;
  }

  emit(request: EmitRequest): Promise<Result<EventView, Refusal>> {
    return answered(async () => {
      const { config, labels, ports, publisher } = this.#parts;
      const { content, contentType } = encodeContent(request.type, request.content, ports.entropy);
      const { op } = this.#parts.operationFor(request.op);
      const label = labels.fromText(request.label, ports.clock.nowMs());
      const derivation = { op, label, byAuthority: false };
      const published = await publisher.publish({
        author: config.node,
        op,
        type: request.type,
        label,
        content,
        contentType,
        parents: await parentsOf(this.#parts, request.parents ?? [], derivation),
        ...(request.precedence === undefined ? {} : { precedence: request.precedence }),
        ...(request.notAfterMs === undefined ? {} : { notAfterMs: request.notAfterMs }),
      });
      return this.#published(published.admitted.value.event.id);
    });
  }

  ingest(request: IngestRequest): Promise<Result<IngestView, Refusal>> {
    return answered(async () => {
      const { config, labels, ports, publisher } = this.#parts;
      const { op } = this.#parts.operationFor(request.op);
      const label = labels.fromText(request.label, ports.clock.nowMs());
      const feed = ports.feeds.read(request.format, request.text);
      if (feed.reports.length === 0) {
        refuse('EMPTY_FEED', 'file', {
          rule: 'has at least one usable report',
          detail: `${String(feed.sentences)} sentences, ${String(feed.skipped.length)} lines skipped`,
          remedy: 'check the file and its format',
        });
      }
      const events: EventId[] = [];
      for (const track of tracksOf(request.format, feed.reports)) {
        const content = trackContent(track, request);
        const { admitted } = await publisher.publish({
          author: config.node,
          op,
          type: content.type,
          label,
          ...encodeChecked(content),
        });
        events.push(admitted.value.event.id);
      }
      const { sentences, reports, skipped } = feed;
      return { sentences, reports: reports.length, events, skipped };
    });
  }

  async explain(id: string, nation?: Nation): Promise<ExplainView | undefined> {
    const settlement = await this.#parts.views.explain(id as CoreId);
    if (settlement !== undefined) return settlement;
    const stored = await this.#parts.ports.log.event(id as EventId);
    return stored && this.#explainEvent(stored, nation);
  }

  async settlementBundle(id: CoreId): Promise<Uint8Array | undefined> {
    const settled = await this.#parts.settled.get(id);
    return settled && settlementProof(this.#parts, settled);
  }

  lineage(id: string): Promise<Lineage | undefined> {
    return this.#parts.lineage.of(id);
  }

  async auditLog(): Promise<LogAuditView> {
    const { config, directory, ports } = this.#parts;
    const own = { logSecret: config.logSecret };
    const nations: LogAuditView['nations'][number][] = [];
    const findings: Refusal[] = [];
    for (const nation of await ports.log.nations()) {
      const keys = directory.credentialsOf(nation, 'node');
      const report = await auditStoredLog(ports.log, {
        nation,
        ...(nation === config.nation ? own : {}),
        signed: (checkpoint) =>
          verifyCheckpoint(checkpoint, keys, (...args) => ports.verifier.verify(...args)).ok,
      });
      findings.push(...report.findings);
      const { size, root, checkpoints, held, withheld } = report;
      nations.push({ nation, size, root, checkpoints, held, withheld });
    }
    return { ok: findings.length === 0, nations, findings };
  }

  async #published(id: EventId): Promise<EventView> {
    const view = await this.event(id);
    if (view === undefined) throw new Error(`published event ${id} is not in the store`);
    return view;
  }

  async #explainEvent(stored: StoredEvent, nation?: Nation): Promise<ExplainView> {
    const { event } = stored;
    const { op } = event.payload;
    const nations = nation === undefined ? this.#parties(op) : [nation];
    const decisions: DecisionView[] = [];
    for (const party of nations) decisions.push(await this.#decision(stored, party));
    const denied = decisions.filter(({ outcome }) => outcome !== 'permit');
    const remedy = denied[0]?.reasons[0]?.remedy ?? null;
    const names = denied.map((decision) => decision.nation).join(', ');
    return {
      id: event.id,
      kind: 'event',
      state: denied.length === 0 ? 'released to all asked' : `not released to ${names}`,
      decisions,
      awaiting: [],
      remedy,
    };
  }

  async #decision({ event }: StoredEvent, nation: Nation): Promise<DecisionView> {
    const { directory, gate, labels } = this.#parts;
    const label = await labels.get(event.payload.label.digest);
    if (label === undefined) throw new Error(`label of ${event.id} is not in the store`);
    const decision: Decision = gate.decide(event, label, directory.newestNode(nation));
    return {
      nation,
      act: 'receive',
      outcome: decision.outcome,
      reasons:
        decision.outcome === 'deny'
          ? decision.reasons
          : decision.outcome === 'needs-human'
            ? decision.questions
            : [],
      rules: decision.outcome === 'permit' ? decision.rules : [],
    };
  }

  #parties(op: Op): readonly Nation[] {
    if (op === NATIONAL_OP) return this.#parts.directory.trustedNations();
    const operation = this.#parts.operations.get(op);
    if (operation === undefined) return [];
    return this.#parts.operations
      .current(operation)
      .configuration.participants.map(({ nation }) => nation);
  }
}
