import type { PolicySet } from '../core/policy/index.js';
import type { Credential } from '../domain/credential.js';
import type { Nation } from '../domain/ids.js';
import type { Clock, Timers } from '../ports/clock.js';
import type { Entropy } from '../ports/entropy.js';
import type { EventLog } from '../ports/event-log.js';
import type { FeedReader } from '../ports/feed-reader.js';
import type { Logger } from '../ports/logger.js';
import type { SafetyStore } from '../ports/safety-store.js';
import type { Sealer } from '../ports/sealer.js';
import type { Signer } from '../ports/signer.js';
import type { StateStore } from '../ports/state-store.js';
import type { Vault } from '../ports/vault.js';
import type { Verifier } from '../ports/verifier.js';

/** A key that the node itself uses, with the credential that vouches for it. */
export interface OwnKey {
  readonly signer: Signer;
  readonly credential: Credential;
}

/** Everything the application reaches of the world. */
export interface AppPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly entropy: Entropy;
  readonly verifier: Verifier;
  readonly sealer: Sealer;
  readonly vault: Vault;
  readonly log: EventLog;
  readonly state: StateStore;
  readonly safety: SafetyStore;
  readonly feeds: FeedReader;
  readonly logger: Logger;
}

/** Who this node is, and by what it decides. */
export interface AppConfig {
  readonly nation: Nation;
  /** Pinned root of the own nation. */
  readonly ownRoot: Credential;
  /** Roots of other nations that the operator added; believed only as the own trust list says. */
  readonly foreignRoots: readonly Credential[];
  /** Own credentials below the root: authorities, node, release, replica. */
  readonly ownCredentials: readonly Credential[];
  readonly node: OwnKey;
  readonly release: OwnKey;
  /** The consensus key; absent when this nation has no replica here. */
  readonly replica?: OwnKey;
  /** Secret of the log's class salts, 32 bytes. */
  readonly logSecret: Uint8Array;
  readonly policy: PolicySet;
  readonly timing: {
    readonly checkpointIntervalMs: number;
    readonly viewBaseMs: number;
    readonly viewMaxMs: number;
  };
  /** Process id and start, for status. */
  readonly process: { readonly pid: number; readonly startedMs: number };
}
