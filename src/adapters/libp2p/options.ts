import type { LinkProfile } from '../../domain/codec/hello.js';
import type { Clock, Timers } from '../../ports/clock.js';
import type { Entropy } from '../../ports/entropy.js';
import type { Gossip, GossipHandlers, HelloGate, LinkHandlers, Links } from '../../ports/links.js';

/** Structured log lines of the mesh. */
export interface MeshLogger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * Sees the bytes of every connection before Noise encrypts them and after it decrypts them: gossip,
 * DHT, identify, hello and link alike, with their muxer frames.
 */
export type Tap = (direction: 'in' | 'out', peerId: string, bytes: Uint8Array) => void;

/** Rewrites a transport address (`/ip4/…/tcp/…`, no peer id) at the moment of dialling, as NAT does. */
export type AddressMap = (address: string) => string;

export interface MeshOptions {
  /** Raw Ed25519 seed of the transport key, 32 bytes. */
  readonly transportPrivateKey: Uint8Array;
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[];
  /** Multiaddrs to tell others instead of those listened on. */
  readonly announce?: readonly string[];
  readonly profile: LinkProfile;
  /** Addresses to start from, with or without `/p2p/<id>`. */
  readonly bootstrap: readonly string[];
  readonly helloGate: HelloGate;
  readonly linkHandlers: LinkHandlers;
  readonly gossipHandlers: GossipHandlers;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly entropy: Entropy;
  readonly logger: MeshLogger;
  readonly dialAddressMap?: AddressMap;
  readonly tap?: Tap;
  /** Number of nodes expected in the cell, itself included; below it the DHT is asked every second. */
  readonly rosterSize?: () => number;
  /** What the narrowest link carries, where it is known: keeps the queues of sockets short. */
  readonly linkRate?: LinkRate;
  /** Overrides of the profile's numbers, for slower or faster cells than the profile assumes. */
  readonly tuning?: Partial<Tuning>;
}

export interface LinkRate {
  readonly bytesPerSecond: number;
  readonly roundTripMs: number;
}

/** One libp2p instance: reliable links, and gossip beside them. */
export interface Mesh {
  readonly links: Links;
  readonly gossip: Gossip;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Numbers of a link profile. Milliseconds and bytes. Both ends of a link use the same window. */
export interface Tuning {
  /** From an open connection to a finished hello. */
  readonly helloMs: number;
  readonly probeEveryMs: number;
  readonly probeTimeoutMs: number;
  readonly dialMs: number;
  /** How long a peer that refused us, was refused or was hung up on is left alone. */
  readonly refusedRetryMs: number;
  /** How long two connections of one pair may stand side by side before the older one goes. */
  readonly duplicateGraceMs: number;
  /** Bytes that a receiver lets a sender have under way. */
  readonly windowBytes: number;
  /** Unacknowledged bytes that a sender allows itself, so that urgent frames need not queue in sockets. */
  readonly inFlightBytesMax: number;
  /** The receiver grants anew after this many handled bytes, or after `grantMs`. */
  readonly grantBytes: number;
  readonly grantMs: number;
  /** Bound of each of the four precedence queues. */
  readonly queueBytesMax: number;
  /** Unacknowledged for this long (and 3 ms more per byte): the link is dead. 0 = the transport's monitor decides. */
  readonly deadLinkMs: number;
  readonly gossipWatchMs: number;
  readonly dhtFastMs: number;
  readonly dhtSlowMs: number;
}

const KIB = 1024;

const TUNING: Readonly<Record<LinkProfile, Tuning>> = {
  lan: {
    helloMs: 5_000,
    probeEveryMs: 500,
    probeTimeoutMs: 800,
    dialMs: 15_000,
    refusedRetryMs: 30_000,
    duplicateGraceMs: 1_000,
    windowBytes: 1024 * KIB,
    inFlightBytesMax: 1024 * KIB,
    grantBytes: 256 * KIB,
    grantMs: 2_000,
    queueBytesMax: 2048 * KIB,
    deadLinkMs: 0,
    gossipWatchMs: 10_000,
    dhtFastMs: 1_000,
    dhtSlowMs: 30_000,
  },
  // 8 KiB in flight is 9.6 kbit/s times 4 s, times 1.25, and one chunk.
  tactical: {
    helloMs: 120_000,
    probeEveryMs: 2_000,
    probeTimeoutMs: 9_000,
    dialMs: 120_000,
    refusedRetryMs: 300_000,
    duplicateGraceMs: 30_000,
    windowBytes: 320 * KIB,
    inFlightBytesMax: 8 * KIB,
    grantBytes: 2 * KIB,
    grantMs: 2_000,
    queueBytesMax: 512 * KIB,
    deadLinkMs: 30_000,
    gossipWatchMs: 0,
    dhtFastMs: 0,
    dhtSlowMs: 0,
  },
};

/** Chunk of a narrowband link: what may be under way beside what the pipe itself holds. */
const CHUNK_BYTES = 512;

/**
 * The numbers that hold for these options. A known rate bounds what is under way to
 * rate × round trip × 1.25 and one chunk, acknowledged by quarters: an urgent frame then waits for
 * one round trip of other bytes and not for a full socket.
 */
export function tuningOf(options: MeshOptions): Tuning {
  const profile = TUNING[options.profile];
  if (options.linkRate === undefined) return { ...profile, ...options.tuning };
  const { bytesPerSecond, roundTripMs } = options.linkRate;
  const underWay = Math.ceil((bytesPerSecond * roundTripMs * 1.25) / 1000) + CHUNK_BYTES;
  const inFlightBytesMax = Math.min(underWay, profile.windowBytes);
  const grantBytes = Math.ceil(inFlightBytesMax / 4);
  return { ...profile, inFlightBytesMax, grantBytes, ...options.tuning };
}
