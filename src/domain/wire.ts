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
  | { readonly type: 'blob-want'; readonly kind: BlobKind; readonly hash: Digest }
  /** The answer to a blob-want that cannot be served, whatever the reason. */
  | { readonly type: 'blob-none'; readonly kind: BlobKind; readonly hash: Digest }
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
  | {
      readonly type: 'blob';
      readonly kind: BlobKind;
      readonly hash: Digest;
      readonly bytes: Uint8Array;
    };

/** Frames of `/entente/link/1`. */
export type LinkFrame = ControlFrame | ContentFrame;

export const BLOB_KINDS = ['label', 'credential', 'box', 'event'] as const;
export type BlobKind = (typeof BLOB_KINDS)[number];
