import type { ConsensusMessage } from '../../domain/consensus.js';
import type { StoredReplica } from '../../domain/consensus-store.js';
import type { PeerRef, SignRequest, TimerName } from './effect.js';

/** All that can happen to a replica. `at` is monotonic time in milliseconds. */
export type Input<S> = InputEvent<S> & { readonly at: number };

/** An input without its time. */
export type InputEvent<S> =
  /** First input of every life. `state` is the settled state at exactly the stored tip's height. */
  | { readonly kind: 'recovered'; readonly stored: StoredReplica; readonly state: S }
  /** `from` is authenticated by the transport; signatures inside are checked here. */
  | { readonly kind: 'message'; readonly from: PeerRef; readonly message: ConsensusMessage }
  /** A timer set by `set-timer` with this `seq` ran out; older ones are ignored. */
  | { readonly kind: 'timer-fired'; readonly timer: TimerName; readonly seq: number }
  /** The batch of this token is durable. Precedes every `signed` of the same effect list. */
  | { readonly kind: 'persisted'; readonly token: number }
  | { readonly kind: 'signed'; readonly request: SignRequest; readonly signature: Uint8Array }
  /** A complete entry of this nation, for all members. Submit again until it is committed. */
  | { readonly kind: 'entry-submitted'; readonly bytes: Uint8Array }
  /** On every connect, and again after an outgoing message to that peer had to be dropped. */
  | { readonly kind: 'peer-connected'; readonly peer: PeerRef }
  | { readonly kind: 'peer-dropped'; readonly peer: PeerRef }
  /** Fresh measurements for the length of a view, in milliseconds. */
  | {
      readonly kind: 'measured';
      /** Smoothed round trip by member index; absent where unknown. */
      readonly rttMs: readonly (number | undefined)[];
      /** 99th percentile of a synced write. */
      readonly syncMs: number;
      /** Time to send a full block on the slowest member link. */
      readonly sendMs: number;
    };
