import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import type { Precedence } from '../../domain/event.js';
import type { Refusal } from '../../domain/refusal.js';
import { PROTOCOLS } from '../../domain/wire.js';
import type { Timers } from '../../ports/clock.js';
import type { LinkHandlers, Peer } from '../../ports/links.js';
import type { AdmissionTable } from './admission.js';
import { LinkSession } from './link-session.js';
import type { MeshLogger, Tuning } from './options.js';
import { dialledByLower, duplicateRule } from './pairing.js';

interface Link {
  readonly peer: Peer;
  readonly connection: Connection;
  readonly session: LinkSession;
}

export interface LinkContext {
  readonly libp2p: Libp2p;
  readonly handlers: LinkHandlers;
  readonly timers: Timers;
  readonly logger: MeshLogger;
  readonly tuning: Tuning;
  /** The peer broke the protocol: do not dial it for a while. */
  hold(peerId: string): void;
}

/**
 * The one live link per admitted pair. The lower PeerId opens the stream, on the connection that
 * outlives the other; a link that ends takes its connection with it, and the keeper starts anew.
 */
export class LinkTable {
  readonly #links = new Map<string, Link>();
  readonly #opening = new Set<string>();
  readonly #graces = new Set<() => void>();
  readonly #context: LinkContext;
  readonly #own: string;
  #table: AdmissionTable | null = null;
  #stopped = false;

  constructor(context: LinkContext) {
    this.#context = context;
    this.#own = context.libp2p.peerId.toString();
  }

  async start(table: AdmissionTable): Promise<void> {
    this.#table = table;
    await this.#context.libp2p.handle(PROTOCOLS.link, this.#accept.bind(this), {
      maxInboundStreams: 2,
      maxOutboundStreams: 1,
    });
  }

  /** Ends every link without taking up new ones. */
  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#graces) cancel();
    for (const link of [...this.#links.values()]) link.session.close('stopping');
  }

  peers(): readonly Peer[] {
    return [...this.#links.values()].map(({ peer }) => peer);
  }

  peer(peerId: string): Peer | undefined {
    return this.#links.get(peerId)?.peer;
  }

  send(peerId: string, frame: Uint8Array, precedence: Precedence): boolean {
    return this.#links.get(peerId)?.session.enqueue(frame, precedence) ?? false;
  }

  admitted(peer: Peer, connection: Connection): void {
    for (const other of this.#table?.connections(peer.peerId) ?? []) {
      if (other.id !== connection.id) this.#settle(other, connection);
    }
    this.#ensure(peer.peerId);
  }

  ended(peer: Peer): void {
    this.#ensure(peer.peerId);
  }

  #ownIsLower(peerId: string): boolean {
    return this.#own < peerId;
  }

  #settle(older: Connection, newer: Connection): void {
    const rule = duplicateRule(older, newer, this.#ownIsLower(newer.remotePeer.toString()));
    if (rule.kind === 'close') {
      this.#hangUp(rule.connection, 'one connection per pair');
      return;
    }
    const cancel = this.#context.timers.after(this.#context.tuning.duplicateGraceMs, () => {
      this.#graces.delete(cancel);
      const bothOpen = older.status === 'open' && newer.status === 'open';
      if (bothOpen) this.#hangUp(older, 'the peer has lost this connection');
    });
    this.#graces.add(cancel);
  }

  #hangUp(connection: Connection, reason: string): void {
    this.#context.logger.debug('connection closed', { peer: connection.remotePeer, reason });
    connection.abort(new Error(reason));
  }

  /** Opens the link where one is due: admitted, no link yet, and ours to open. */
  #ensure(peerId: string): void {
    const idle = !this.#links.has(peerId) && !this.#opening.has(peerId);
    if (this.#stopped || !idle || !this.#ownIsLower(peerId)) return;
    const open = (this.#table?.connections(peerId) ?? []).filter((c) => c.status === 'open');
    const best = open.find((connection) => dialledByLower(connection, true)) ?? open.at(-1);
    if (best === undefined) return;
    this.#opening.add(peerId);
    void this.#open(best).finally(() => {
      this.#opening.delete(peerId);
      this.#ensure(peerId);
    });
  }

  async #open(connection: Connection): Promise<void> {
    try {
      const signal = AbortSignal.timeout(this.#context.tuning.helloMs);
      this.#adopt(await connection.newStream([PROTOCOLS.link], { signal }), connection);
    } catch (error) {
      this.#hangUp(connection, `no link stream: ${error instanceof Error ? error.message : ''}`);
    }
  }

  #accept(stream: Stream, connection: Connection): void {
    if (this.#ownIsLower(connection.remotePeer.toString())) {
      stream.abort(new Error('the lower PeerId opens the link'));
      return;
    }
    this.#adopt(stream, connection);
  }

  #adopt(stream: Stream, connection: Connection): void {
    const peerId = connection.remotePeer.toString();
    const peer = this.#table?.peer(peerId) ?? null;
    if (this.#stopped || peer === null) {
      stream.abort(new Error('not admitted'));
      return;
    }
    // The opener has one link at a time: a new one means that it has lost the old one.
    this.#links.get(peerId)?.session.close('replaced');
    const { handlers, timers, tuning } = this.#context;
    const session = new LinkSession(
      stream,
      {
        frame: (frame) => handlers.frame(peer, frame),
        ended: (refusal) => {
          this.#over(peerId, session, refusal);
        },
      },
      timers,
      tuning,
    );
    this.#links.set(peerId, { peer, connection, session });
    handlers.peerUp(peer);
    session.run();
  }

  #over(peerId: string, session: LinkSession, refusal: Refusal | null): void {
    const link = this.#links.get(peerId);
    if (link?.session !== session) return;
    this.#links.delete(peerId);
    this.#context.handlers.peerDown(link.peer);
    if (refusal !== null) {
      // A dead link is nobody's fault, and to be dialled again at once.
      if (refusal.code !== 'LINK_DEAD') this.#context.hold(peerId);
      this.#context.handlers.refused(peerId, refusal);
    }
    if (link.connection.status === 'open' && !this.#stopped) {
      this.#hangUp(link.connection, refusal?.code ?? 'the link stream ended');
    }
  }
}
