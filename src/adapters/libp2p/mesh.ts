import './polyfill.js';
import type { Connection } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { assert } from '../../base/assert.js';
import { encodeFrame } from '../../domain/codec/frame.js';
import type { Refusal } from '../../domain/refusal.js';
import type { ContentFrame, ControlFrame } from '../../domain/wire.js';
import type { Gossip, Links } from '../../ports/links.js';
import { AdmissionTable, beforeHello } from './admission.js';
import { isDialable } from './dialable.js';
import { Discovery } from './discovery.js';
import { GossipWatchdog } from './gossip-watchdog.js';
import { LanGossip, NoGossip } from './gossip.js';
import { HelloService } from './hello-service.js';
import { Keeper } from './keeper.js';
import type { Libp2pNode } from './libp2p-node.js';
import { createNode } from './libp2p-node.js';
import { LinkTable } from './link-table.js';
import type { Mesh, MeshOptions, Tuning } from './options.js';
import { tuningOf } from './options.js';
import { TopicGate } from './topic-gate.js';

interface Part {
  start(): void;
  stop(): void;
}

/** The parts of one running mesh and how they hear of each other. */
class Libp2pMesh implements Mesh {
  readonly links: Links;
  readonly gossip: Gossip;
  readonly #options: MeshOptions;
  readonly #node: Libp2pNode;
  readonly #table: AdmissionTable;
  readonly #linkTable: LinkTable;
  readonly #hello: HelloService;
  readonly #keeper: Keeper;
  readonly #discovery: Discovery | null;
  readonly #gate: TopicGate | null;
  readonly #parts: readonly Part[];

  constructor(options: MeshOptions, node: Libp2pNode, table: AdmissionTable, tuning: Tuning) {
    this.#options = options;
    this.#node = node;
    this.#table = table;
    const { libp2p } = node;
    const { clock, timers, entropy, logger } = options;
    const dialAddressMap = options.dialAddressMap ?? ((address: string) => address);
    this.#linkTable = new LinkTable({
      libp2p,
      handlers: options.linkHandlers,
      timers,
      logger,
      tuning,
      hold: (peerId) => {
        this.#keeper.hold(peerId);
      },
    });
    this.#hello = new HelloService(
      libp2p,
      table,
      { gate: options.helloGate, profile: options.profile, clock },
      tuning.helloMs,
    );
    this.#keeper = new Keeper({
      libp2p,
      table,
      clock,
      timers,
      entropy,
      logger,
      tuning,
      dialAddressMap,
    });
    for (const address of options.bootstrap) this.#keeper.give(address);
    libp2p.addEventListener('connection:close', ({ detail }) => {
      this.#keeper.closed(detail.remotePeer.toString());
    });
    this.#gate = this.#topicGate();
    this.#discovery = this.#peerDiscovery(tuning);
    const { gossip, parts } = this.#lanParts(tuning);
    this.gossip = gossip;
    this.#parts = [this.#keeper, ...parts];
    this.links = this.#linksPort();
  }

  /** What the admission table reports, once the parts exist. */
  admitted(...[peer, connection]: Parameters<LinkTable['admitted']>): void {
    this.#options.logger.info('peer admitted', { peer: peer.peerId, nation: peer.nation });
    this.#linkTable.admitted(peer, connection);
    this.#discovery?.changed();
    void this.#identify(connection);
  }

  ended(...[peer]: Parameters<LinkTable['ended']>): void {
    if (this.#table.peer(peer.peerId) === null) this.#gate?.forget(peer.peerId);
    this.#linkTable.ended(peer);
    this.#discovery?.changed();
  }

  refused(peerId: string, refusal: Refusal): void {
    this.#options.logger.info('peer refused', { peer: peerId, code: refusal.code });
    // A connection that broke during the hello is no refusal.
    if (refusal.code === 'HELLO_ENDED') return;
    this.#keeper.hold(peerId);
    this.#options.linkHandlers.refused(peerId, refusal);
  }

  async start(): Promise<void> {
    await this.#hello.start();
    await this.#linkTable.start(this.#table);
    await this.#node.libp2p.start();
    for (const part of this.#parts) part.start();
  }

  async stop(): Promise<void> {
    for (const part of this.#parts) part.stop();
    this.#linkTable.stop();
    await this.#node.libp2p.stop();
  }

  /** After the hello both ends tell addresses and protocols; gossip and DHT start from that. */
  async #identify(connection: Connection): Promise<void> {
    if (this.#node.lan === null) return;
    try {
      const { listenAddrs, peerId } = await this.#node.lan.identify.identify(connection);
      this.#keeper.learn(peerId.toString(), listenAddrs.map(String));
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'fault';
      this.#options.logger.debug('identify failed', { peer: connection.remotePeer, reason });
      const name = error instanceof Error ? error.name : '';
      // Without it the peer has neither gossip nor DHT: start anew, unless it wants neither.
      if (name !== 'UnsupportedProtocolError') connection.abort(new Error('identify failed'));
    }
  }

  #topicGate(): TopicGate | null {
    const { lan } = this.#node;
    return lan && new TopicGate(lan.gossipsub, (peerId) => this.#table.nationOf(peerId));
  }

  #peerDiscovery(tuning: Tuning): Discovery | null {
    const { lan, libp2p } = this.#node;
    if (lan === null) return null;
    const { timers, logger } = this.#options;
    return new Discovery({
      libp2p,
      dht: lan.dht,
      timers,
      logger,
      tuning,
      wanting: () => {
        const roster = this.#options.rosterSize?.() ?? 0;
        return this.#table.peers().length < roster - 1;
      },
      learn: (peerId, addresses) => {
        this.#keeper.learn(peerId, addresses);
      },
    });
  }

  #lanParts(tuning: Tuning): { readonly gossip: Gossip; readonly parts: readonly Part[] } {
    const { lan } = this.#node;
    if (lan === null || this.#gate === null || this.#discovery === null) {
      return { gossip: new NoGossip(), parts: [] };
    }
    const gossip = new LanGossip(lan.gossipsub, this.#gate, this.#options.gossipHandlers);
    const watchdog = new GossipWatchdog({
      gossipsub: lan.gossipsub,
      timers: this.#options.timers,
      watchMs: tuning.gossipWatchMs,
      admittedPeers: () => this.#linkTable.peers().map(({ peerId }) => peerId),
      hangUp: (peerId) => {
        this.#hangUp(peerId, 'the gossip stream is gone');
      },
    });
    const start = { start: () => gossip.start(), stop: () => undefined };
    return { gossip, parts: [this.#discovery, watchdog, start] };
  }

  #hangUp(peerId: string, reason: string): void {
    for (const connection of this.#node.libp2p.getConnections(peerIdFromString(peerId))) {
      connection.abort(new Error(reason));
    }
  }

  #linksPort(): Links {
    const { libp2p } = this.#node;
    return {
      ownPeerId: libp2p.peerId.toString(),
      peers: () => this.#linkTable.peers(),
      send: (peerId, frame, precedence) => {
        const peer = this.#linkTable.peer(peerId);
        if (peer === undefined) return false;
        const plain: ControlFrame | ContentFrame = 'type' in frame ? frame : frame.value;
        // Content without a release to this nation is our own bug, never a peer's doing.
        const released = 'type' in frame || frame.to.includes(peer.nation);
        assert(released, `a ${plain.type} frame is released to ${peer.nation}`);
        return this.#linkTable.send(peerId, encodeFrame(plain), precedence);
      },
      disconnect: async (peerId) => {
        this.#keeper.hold(peerId);
        this.#hangUp(peerId, 'disconnected by the node');
      },
      known: () => this.#keeper.known(),
      addKnown: async (address) => {
        if (!isDialable(address)) return false;
        this.#keeper.give(address);
        return true;
      },
      addresses: () => libp2p.getMultiaddrs().map(String),
    };
  }
}

/**
 * One libp2p instance of the chosen profile: reliable links to admitted peers and, on a LAN, gossip
 * beside them. Throws when the installed libp2p lacks a part that the adapter has to guard.
 */
export async function createLibp2pMesh(options: MeshOptions): Promise<Mesh> {
  const tuning = tuningOf(options);
  let mesh: Libp2pMesh | null = null;
  const table = new AdmissionTable(
    {
      admitted: (peer, connection) => mesh?.admitted(peer, connection),
      ended: (peer) => mesh?.ended(peer),
      refused: (peerId, error) => {
        mesh?.refused(peerId, error.refusal);
      },
    },
    { clock: options.clock, timers: options.timers },
    tuning.helloMs,
  );
  const node = await createNode(options, {
    settled: (connection) => table.settled(connection),
    allows: async (connection, protocol) => {
      const allowed = await table.allows(connection);
      if (!allowed) {
        const peerId = connection.remotePeer.toString();
        options.linkHandlers.refused(peerId, beforeHello(protocol));
      }
      return allowed;
    },
  });
  mesh = new Libp2pMesh(options, node, table, tuning);
  return mesh;
}
