import type { Connection } from '@libp2p/interface';
import type { Credential } from '../../domain/credential.js';
import type { Nation } from '../../domain/ids.js';
import type { Refusal } from '../../domain/refusal.js';
import type { Clock, Timers } from '../../ports/clock.js';
import type { Peer } from '../../ports/links.js';
import type { Deferred } from './deferred.js';
import { deferred } from './deferred.js';
import { RefusedError, meshRefusal } from './refusals.js';

/**
 * open: nothing but the hello may run. shown: we hold the peer's chain to be good and await its OK.
 * admitted: all protocols may run. refused: nothing may, until the connection is closed.
 */
type Phase = 'open' | 'shown' | 'admitted' | 'refused';

/** Connections without rights at a time: below the connection manager's maximum, above a cell's. */
const STRANGERS_MAX = 64;

interface Entry {
  readonly connection: Connection;
  phase: Phase;
  peer: Peer | null;
  cancelTimer: () => void;
  /** Resolves when the hello is over: null, or why the peer is not admitted. */
  readonly outcome: Deferred<RefusedError | null>;
}

export interface AdmissionEvents {
  admitted(peer: Peer, connection: Connection): void;
  /** An admitted connection is gone. */
  ended(peer: Peer, connection: Connection): void;
  refused(peerId: string, error: RefusedError): void;
}

/**
 * Who may use which connection. Every connection starts without rights, has the profile's time to
 * finish its hello, and loses its rights when it closes or the credential expires.
 */
export class AdmissionTable {
  readonly #entries = new Map<string, Entry>();
  readonly #events: AdmissionEvents;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #helloMs: number;

  constructor(
    events: AdmissionEvents,
    times: { readonly clock: Clock; readonly timers: Timers },
    helloMs: number,
  ) {
    this.#events = events;
    this.#clock = times.clock;
    this.#timers = times.timers;
    this.#helloMs = helloMs;
  }

  /** A connection opened: its hello has to end in time. Of too many strangers the oldest go. */
  opened(connection: Connection): void {
    const entry: Entry = {
      connection,
      phase: 'open',
      peer: null,
      cancelTimer: this.#timers.after(this.#helloMs, () => {
        this.#overdue(connection);
      }),
      outcome: deferred(),
    };
    this.#entries.set(connection.id, entry);
    const strangers = this.#all().filter(
      ({ phase, connection: { direction } }) => direction === 'inbound' && phase !== 'admitted',
    );
    if (strangers.length > STRANGERS_MAX) {
      strangers[0]?.connection.abort(new Error('too many connections without a hello'));
    }
  }

  #overdue(connection: Connection): void {
    const error = new RefusedError(meshRefusal('HELLO_TIMEOUT', 'no hello in time'));
    if (this.#entries.get(connection.id)?.phase !== 'refused') this.refuse(connection, error);
    connection.abort(error);
  }

  /** The peer's chain is good; only its OK is missing. What it opens now waits for it. */
  shown(connection: Connection): void {
    const entry = this.#entries.get(connection.id);
    if (entry?.phase === 'open') entry.phase = 'shown';
  }

  admit(connection: Connection, credential: Credential): void {
    const entry = this.#entries.get(connection.id);
    if (entry === undefined || entry.phase === 'admitted' || entry.phase === 'refused') return;
    entry.cancelTimer();
    const peer = {
      peerId: connection.remotePeer.toString(),
      nation: credential.issuer,
      credential,
    };
    entry.phase = 'admitted';
    entry.peer = peer;
    entry.cancelTimer = this.#timers.after(credential.expires * 1000 - this.#clock.nowMs(), () => {
      const error = new RefusedError(meshRefusal('HELLO_EXPIRED', 'the credential has expired'));
      this.#events.refused(peer.peerId, error);
      connection.abort(error);
    });
    entry.outcome.resolve(null);
    this.#events.admitted(peer, connection);
  }

  /**
   * Ends the hello with a refusal. The connection stays, without rights, until its time is up. A
   * refusal is reported even if the peer hung up right behind it.
   */
  refuse(connection: Connection, error: RefusedError): void {
    const entry = this.#entries.get(connection.id);
    if (entry?.phase === 'refused' || entry?.phase === 'admitted') return;
    if (entry !== undefined) entry.phase = 'refused';
    entry?.outcome.resolve(error);
    this.#events.refused(connection.remotePeer.toString(), error);
  }

  closed(connection: Connection): void {
    const entry = this.#entries.get(connection.id);
    if (entry === undefined) return;
    this.#entries.delete(connection.id);
    entry.cancelTimer();
    entry.outcome.resolve(new RefusedError(meshRefusal('HELLO_ENDED', 'the connection closed')));
    if (entry.peer !== null) this.#events.ended(entry.peer, connection);
  }

  phase(connection: Connection): Phase | undefined {
    return this.#entries.get(connection.id)?.phase;
  }

  /** Whether an inbound stream may be served: the door that every protocol but the hello passes. */
  async allows(connection: Connection): Promise<boolean> {
    const entry = this.#entries.get(connection.id);
    if (entry?.phase === 'shown') return (await entry.outcome.promise) === null;
    return entry?.phase === 'admitted';
  }

  /** Resolves when the connection is admitted; throws the refusal otherwise. */
  async settled(connection: Connection): Promise<void> {
    const error = await this.#entries.get(connection.id)?.outcome.promise;
    if (error === null) return;
    throw error ?? new RefusedError(meshRefusal('HELLO_ENDED', 'the connection closed'));
  }

  /** Admitted connections of a peer, oldest first. */
  connections(peerId: string): readonly Connection[] {
    return this.#admitted()
      .filter((entry) => entry.connection.remotePeer.toString() === peerId)
      .map((entry) => entry.connection);
  }

  nationOf(peerId: string): Nation | null {
    return this.peer(peerId)?.nation ?? null;
  }

  peer(peerId: string): Peer | null {
    return this.#admitted().find((entry) => entry.peer?.peerId === peerId)?.peer ?? null;
  }

  peers(): readonly Peer[] {
    const byId = new Map<string, Peer>();
    for (const { peer } of this.#admitted()) if (peer !== null) byId.set(peer.peerId, peer);
    return [...byId.values()];
  }

  #admitted(): readonly Entry[] {
    return this.#all().filter((entry) => entry.phase === 'admitted');
  }

  /** In order of opening. */
  #all(): readonly Entry[] {
    return [...this.#entries.values()];
  }
}

/** The refusal of a stream that came before its peer was admitted. */
export function beforeHello(protocol: string): Refusal {
  return meshRefusal('LINK_BEFORE_HELLO', `${protocol} was opened before the hello had ended`);
}
