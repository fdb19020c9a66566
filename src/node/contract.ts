import type { NodeService } from '../app/service.js';

export type { NodeService } from '../app/service.js';
import type { Credential } from '../domain/credential.js';

/** Passphrases of key files, asked for only when a key is opened. */
export interface Passphrases {
  /** Of the node's own keys: node, release, replica, transport. */
  node(): Promise<string>;
}

/** A composed node that takes part in the mesh. */
export interface RunningNode {
  readonly service: NodeService;
  /** Leaves the mesh, ends all timers and closes the store. */
  stop(): Promise<void>;
}

/** Composes a node over the real adapters, from its home folder. */
export type CreateNode = (home: string, passphrases: Passphrases) => Promise<RunningNode>;

/** The service over the store alone: no network, for verbs that need no running node. */
export interface OfflineService {
  readonly service: NodeService;
  close(): Promise<void>;
}

export type OpenOfflineService = (
  home: string,
  passphrases: Passphrases,
) => Promise<OfflineService>;

/** Answer of an offline verification: "cannot verify" and "tampered" are different answers. */
export interface BundleReport {
  readonly result: 'verified' | 'cannot-verify' | 'tampered';
}

/** Checks a settlement's one-file proof under root credentials that the verifier chose. */
export type VerifySettlement = (
  bytes: Uint8Array,
  anchors: readonly Credential[],
) => Promise<BundleReport>;
