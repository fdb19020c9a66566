import type { Checkpoint, LeafHeader } from './checkpoint.js';
import type { Digest, Nation, Op } from './ids.js';

/** Protocols spoken over libp2p. */
export const PROTOCOLS = {
  hello: '/entente/hello/1',
  link: '/entente/link/1',
} as const;

/** One item of a delta: a readable event with its leaf header and box, or a withheld leaf. */
export type DeltaItem =
  | {
      readonly kind: 'event';
      readonly header: LeafHeader;
      readonly record: Uint8Array;
      readonly box?: Uint8Array;
    }
  | { readonly kind: 'withheld'; readonly hash: Digest };

/** Frames that carry no content of events: anybody admitted may get them. */
export type ControlFrame =
  /** Sizes and roots of the logs that the sender serves. */
  | {
      readonly type: 'heads';
      readonly heads: readonly {
        readonly nation: Nation;
        readonly logNumber: number;
        readonly size: number;
        readonly root: Digest;
      }[];
    }
  | { readonly type: 'want'; readonly nation: Nation; readonly from: number }
  /** Opaque consensus message of one operation. */
  | { readonly type: 'bft'; readonly op: Op; readonly bytes: Uint8Array }
  /** A settlement core shown to a member before it is complete. */
  | { readonly type: 'core'; readonly op: Op; readonly bytes: Uint8Array };

/** Frames that carry records, boxes or labels: sent only as `Released`. */
export type ContentFrame =
  /** Positions from..from+items of one log; the last chunk carries the checkpoint they hash to. */
  | {
      readonly type: 'delta';
      readonly nation: Nation;
      readonly from: number;
      readonly items: readonly DeltaItem[];
      readonly checkpoint?: Checkpoint;
    }
  /** One record ahead of its range. */
  | { readonly type: 'early'; readonly record: Uint8Array; readonly box?: Uint8Array }
  /** A label, ahead of the first event under it on this stream: nobody has to ask for one. */
  | { readonly type: 'label'; readonly bytes: Uint8Array };

/** Frames of `/entente/link/1`. */
export type LinkFrame = ControlFrame | ContentFrame;
