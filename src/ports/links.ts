import type { Credential } from '../domain/credential.js';
import type { Nation } from '../domain/ids.js';
import type { Refusal } from '../domain/refusal.js';
import type { Precedence } from '../domain/event.js';
import type { Released } from '../core/policy/released.js';
import type { ContentFrame, ControlFrame, LinkFrame } from '../domain/wire.js';

/** An admitted peer: its transport identity bound to a node credential by the hello. */
export interface Peer {
  readonly peerId: string;
  readonly nation: Nation;
  readonly credential: Credential;
}

/** What the hello needs to know and decide. Handed to the link adapter by the node. */
export interface HelloGate {
  /** Own chain, leaf first, without the root. */
  ownChain(): readonly Uint8Array[];
  /** Credential bytes already held, by digest. */
  held(digest: string): Uint8Array | undefined;
  /** Verifies a peer's chain and that the leaf's transport key is `transportKey` (raw Ed25519). */
  admit(
    chain: readonly Uint8Array[],
    transportKey: Uint8Array,
  ):
    | { readonly ok: true; readonly value: Credential }
    | { readonly ok: false; readonly error: Refusal };
}

export interface LinkHandlers {
  peerUp(peer: Peer): void;
  peerDown(peer: Peer): void;
  /** Frames of one peer arrive in order; the next is read when the promise resolves (back-pressure). */
  frame(peer: Peer, frame: LinkFrame): Promise<void>;
  refused(peerId: string, refusal: Refusal): void;
}

/** One long-lived, ordered, credit-bounded stream per admitted neighbour. */
export interface Links {
  peers(): readonly Peer[];
  /** Queues a frame; false when the peer is gone or its queue is full. Never grows without bound. */
  send(
    peerId: string,
    frame: ControlFrame | Released<ContentFrame>,
    precedence: Precedence,
  ): boolean;
  disconnect(peerId: string): Promise<void>;
  known(): readonly KnownPeer[];
  /** Dials an operator's address from now on; false when it is no address that can be dialled. */
  addKnown(address: string): Promise<boolean>;
  addresses(): readonly string[];
  readonly ownPeerId: string;
}

export interface KnownPeer {
  readonly peerId: string | null;
  readonly addresses: readonly string[];
  readonly state: 'admitted' | 'connecting' | 'unreachable' | 'refused';
  readonly nation: Nation | null;
}

export type GossipVerdict = 'accept' | 'ignore' | 'reject';

export interface GossipHandlers {
  /** Runs before a message is forwarded. */
  message(from: string, topic: string, data: Uint8Array): Promise<GossipVerdict>;
}

/** Best-effort fast path inside a LAN cell. Never counts as delivery. */
export interface Gossip {
  /** Joins a topic whose mesh admits only peers of `nations`. */
  join(topic: string, nations: readonly Nation[]): void;
  leave(topic: string): void;
  topics(): readonly string[];
  /** Peers of a topic's mesh that are admitted, by peer id. */
  subscribers(topic: string): readonly string[];
  publish(topic: string, data: Released<Uint8Array>): Promise<number>;
}
