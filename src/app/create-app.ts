import type { AdmissionView } from '../core/admission/index.js';
import type { Op } from '../domain/ids.js';
import { err, ok } from '../base/result.js';
import type { GossipHandlers, HelloGate, LinkHandlers } from '../ports/links.js';
import { Acts } from './acts.js';
import type { ActParts } from './act-parts.js';
import { Contents } from './contents.js';
import { Cores } from './cores.js';
import { Directory } from './directory.js';
import { Distribution } from './distribution.js';
import { EventViews } from './event-views.js';
import { HeldEvents } from './held-events.js';
import { Inbound } from './inbound.js';
import { Intake } from './intake.js';
import { Keyring } from './keyring.js';
import { KnownPeers } from './known-peers.js';
import { LabelBook } from './label-book.js';
import { LineageQuery } from './lineage-query.js';
import { NationalLog } from './national-log.js';
import { Network } from './network.js';
import type { Carrier } from './network.js';
import { NodeQueries } from './node-queries.js';
import type { Operation } from './operations.js';
import { Operations } from './operations.js';
import type { AppConfig, AppPorts } from './parts.js';
import { Publisher } from './publish.js';
import { badAddress, noMesh, refuse } from './refusals.js';
import { Receipts } from './receipts.js';
import { ReleaseGate } from './release-gate.js';
import type { NodeService } from './service.js';
import { SettledIndex } from './settled.js';
import { SettledRecords } from './settled-records.js';
import { Consents } from './consents.js';
import { Proposals } from './proposals.js';
import { SettlementViews } from './settlement-views.js';
import { OperationSettlement } from './settlement.js';
import { SyncSessions } from './sync-session.js';

/** The application of one node: what it offers, what a carrier calls, its start and its stop. */
export interface App {
  readonly service: NodeService;
  readonly hello: HelloGate;
  readonly linkHandlers: LinkHandlers;
  readonly gossipHandlers: GossipHandlers;
  /** Nations whose nodes are looked for: those of the own trust list, and the own one. */
  rosterSize(): number;
  /** Rebuilds the node's projections from its stores. Before anything else. */
  load(): Promise<void>;
  /** Takes part over a carrier. */
  connect(carrier: Carrier): Promise<void>;
  stop(): Promise<void>;
}

/** Orders cores and ports. The same code over real adapters and over simulated ones. */
export function createApp(config: AppConfig, ports: AppPorts): App {
  return new Composition(config, ports).app();
}

class Composition {
  readonly #config: AppConfig;
  readonly #ports: AppPorts;
  readonly #directory: Directory;
  readonly #operations: Operations;
  readonly #keyring: Keyring;
  readonly #labels: LabelBook;
  readonly #contents: Contents;
  readonly #gate: ReleaseGate;
  readonly #log: NationalLog;
  readonly #held: HeldEvents;
  readonly #inbound: Inbound;
  readonly #intake: Intake;
  readonly #sync: SyncSessions;
  readonly #publisher: Publisher;
  readonly #distribution: Distribution;
  readonly #cores: Cores;
  readonly #settled: SettledIndex;
  readonly #records: SettledRecords;
  readonly #receipts: Receipts;
  readonly #network: Network;
  readonly #knownPeers: KnownPeers;
  readonly #settlements = new Map<Op, OperationSettlement>();
  #carrier: Carrier | undefined;
  #retrying: Promise<void> = Promise.resolve();
  #retryDue = false;
  #stopped = false;

  constructor(config: AppConfig, ports: AppPorts) {
    this.#config = config;
    this.#ports = ports;
    const { verifier, log, state } = ports;
    this.#directory = new Directory(config, verifier);
    this.#operations = new Operations((...args) => verifier.verify(...args));
    this.#keyring = new Keyring(config.nation, ports);
    this.#labels = new LabelBook(config, log);
    this.#contents = new Contents(ports, this.#keyring);
    this.#gate = new ReleaseGate(config, ports, this.#keyring, this.#labels);
    this.#cores = new Cores(state);
    this.#settled = new SettledIndex(state);
    this.#held = new HeldEvents({ ports, labels: this.#labels });
    this.#knownPeers = new KnownPeers(state);
    this.#log = new NationalLog(config, ports, (checkpoint) => {
      this.#sync.announce(checkpoint);
    });
    const view = this.#view();
    const shared = {
      config,
      ports,
      directory: this.#directory,
      operations: this.#operations,
      keyring: this.#keyring,
      labels: this.#labels,
      contents: this.#contents,
      gate: this.#gate,
      view,
      links: () => this.#carrier?.links,
      gossip: () => this.#carrier?.gossip,
      publisher: () => this.#publisher,
      settlementOf: (op: Op) => this.#settlements.get(op),
    };
    this.#receipts = new Receipts(shared);
    this.#intake = new Intake({
      ...shared,
      receipts: this.#receipts,
      keyHeld: (held) => {
        this.#distribution.join(held);
      },
      activated: (operation) => this.#activate(operation),
      trustChanged: () => {
        this.#network.trustChanged();
      },
      released: () => {
        this.#held.released();
        this.#retryHeld();
      },
    });
    this.#inbound = new Inbound({
      ...shared,
      admitted: async (admitted, box) => {
        this.#network.verified(admitted.value.event.payload.nation);
        await this.#intake.admitted(admitted, box);
      },
      equivocation: (held, other) => {
        ports.logger.warn('author equivocated', { held, other: other.id });
      },
    });
    this.#sync = new SyncSessions({
      ...shared,
      inbound: this.#inbound,
      held: this.#held,
      retryHeld: () => {
        this.#retryHeld();
      },
    });
    this.#publisher = new Publisher({
      ...shared,
      log: this.#log,
      published: async (published) => {
        if (published.held !== undefined) this.#distribution.join(published.held);
        await this.#intake.admitted(published.admitted, published.box);
        await this.#distribution.distribute(published);
      },
    });
    this.#distribution = new Distribution({ ...shared, inbound: this.#inbound });
    this.#records = new SettledRecords(shared);
    this.#network = new Network({
      ...shared,
      cores: this.#cores,
      inbound: this.#inbound,
      sync: this.#sync,
      distribution: this.#distribution,
      settlements: () => [...this.#settlements.values()],
    });
  }

  app(): App {
    return {
      service: this.#service(),
      hello: this.#network.hello,
      linkHandlers: this.#network,
      gossipHandlers: this.#network,
      rosterSize: () => this.#directory.trustedNations().length,
      load: () => this.#load(),
      connect: (carrier) => this.#connect(carrier),
      stop: () => this.#stop(),
    };
  }

  #view(): AdmissionView {
    return {
      credential: (digest) => this.#directory.trusted(digest),
      roleOf: (op, epoch, nation) => this.#operations.roleOf(op, epoch, nation),
      lastGoodSeq: (kid) =>
        this.#operations
          .all()
          .flatMap((operation) => this.#operations.current(operation).configuration.revocations)
          .find((revocation) => revocation.kid === kid)?.lastGoodSeq,
    };
  }

  async #load(): Promise<void> {
    await this.#keyring.load();
    await this.#log.load();
    await this.#sync.load();
    await this.#cores.load();
    await this.#held.load();
    await this.#intake.replay();
    for (const { label } of this.#keyring.all()) await this.#labels.get(label);
    await this.#publisher.recover();
    // After what a crash interrupted is finished: that may have been a record or a receipt.
    await this.#records.load();
    await this.#receipts.load();
  }

  async #connect(carrier: Carrier): Promise<void> {
    this.#carrier = carrier;
    await this.#knownPeers.handTo(carrier.links);
    for (const held of this.#keyring.all()) this.#distribution.join(held);
    for (const operation of this.#operations.all()) {
      if (this.#operations.isActive(operation)) await this.#activate(operation);
    }
    await this.#receipts.makeGood();
    await this.#log.checkpoint();
    await this.#network.connected();
    this.#retryHeld();
  }

  /** Starts an operation's settlement, once the node takes part in the mesh. */
  async #activate(operation: Operation): Promise<void> {
    if (this.#carrier === undefined || this.#stopped) return;
    const { op, declaration } = operation;
    const takesPart = declaration.participants.some((p) => p.nation === this.#config.nation);
    if (!takesPart || this.#settlements.has(op)) return;
    const settlement = new OperationSettlement(operation, {
      config: this.#config,
      ports: this.#ports,
      operations: this.#operations,
      cores: this.#cores,
      settled: this.#settled,
      links: () => this.#carrier?.links,
      record: (settled) => {
        this.#records.record(settled);
      },
    });
    this.#settlements.set(op, settlement);
    await settlement.start();
    // Consents that came before the replica count from its start.
    await this.#intake.consentsOf(op);
  }

  #retryHeld(): void {
    // One pass that has not begun yet sees all that came before it; a start makes one of its own.
    if (this.#held.count === 0 || this.#retryDue || this.#carrier === undefined) return;
    this.#retryDue = true;
    this.#retrying = this.#retrying
      .then(() => {
        this.#retryDue = false;
        return this.#held.retry((incoming) => this.#inbound.receive(incoming));
      })
      .catch((cause: unknown) => {
        this.#ports.logger.error('held events not retried', { cause: String(cause) });
      });
  }

  async #stop(): Promise<void> {
    this.#stopped = true;
    for (const settlement of this.#settlements.values()) await settlement.stop();
    await this.#records.drained();
    await this.#retrying;
    await this.#log.close();
    this.#carrier = undefined;
  }

  #operationFor(op: Op | undefined): Operation {
    const mine = this.#operations
      .all()
      .filter((o) => this.#operations.participant(o, this.#config.nation) !== undefined);
    if (op !== undefined) {
      const named = mine.find((operation) => operation.op === op);
      if (named !== undefined) return named;
    }
    const [only, another] = mine;
    if (op === undefined && only !== undefined && another === undefined) return only;
    return refuse('UNKNOWN_OP', 'op', {
      rule: 'names an operation that this nation takes part in',
      detail: op ?? `${String(mine.length)} operations: name one`,
      remedy: 'entente op status',
    });
  }

  #service(): NodeService {
    const actParts: ActParts = {
      config: this.#config,
      ports: this.#ports,
      directory: this.#directory,
      operations: this.#operations,
      labels: this.#labels,
      contents: this.#contents,
      publisher: this.#publisher,
      operationFor: (op) => this.#operationFor(op),
    };
    const settlementOf = (op: Op): OperationSettlement | undefined => this.#settlements.get(op);
    const settlementParts = { ...actParts, cores: this.#cores, settlementOf };
    const acts = new Acts(actParts, {
      proposals: new Proposals(settlementParts),
      consents: new Consents(settlementParts),
    });
    const views = new SettlementViews({
      ...actParts,
      cores: this.#cores,
      settled: this.#settled,
      settlementOf,
    });
    const events = new EventViews({
      contents: this.#contents,
      labels: this.#labels,
      anchoredSize: (nation) =>
        nation === this.#config.nation
          ? this.#log.size
          : (this.#sync.foreignLogs().find((log) => log.nation === nation)?.size ?? 0),
    });
    const queries = new NodeQueries({
      ...actParts,
      keyring: this.#keyring,
      gate: this.#gate,
      log: this.#log,
      sync: this.#sync,
      cores: this.#cores,
      settled: this.#settled,
      network: this.#network,
      views,
      events,
      lineage: new LineageQuery({ ...actParts, settled: this.#settled, views }),
      carrier: () => this.#carrier,
    });
    return {
      status: () => queries.status(),
      peers: () => queries.peers(),
      addPeer: async (address) => {
        if (this.#carrier === undefined) return err(noMesh());
        const known = await this.#knownPeers.add(this.#carrier.links, address);
        return known ? ok(null) : err(badAddress(address));
      },
      topics: () => queries.topics(),
      emit: (request) => queries.emit(request),
      ingest: (request) => queries.ingest(request),
      event: (id) => queries.event(id),
      absence: (id) => queries.absence(id),
      events: (query) => queries.events(query),
      explain: (id, nation) => queries.explain(id, nation),
      operations: () => views.operations(),
      settlements: (op) => views.list(op),
      settlement: (id) => views.view(id),
      settlementBundle: (id) => queries.settlementBundle(id),
      lineage: (id) => queries.lineage(id),
      auditLog: () => queries.auditLog(),
      act: (request, signer) => acts.act(request, signer),
    };
  }
}
