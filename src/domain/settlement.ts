import type { Blind, CoreId, EntryId, Kid, Nation, OpId } from './ids.js';

/** Kinds of settlement with their wire numbers 1..11. */
export const SETTLEMENT_KINDS = {
  decision: 1,
  tasking: 2,
  release: 3,
  handoff: 4,
  role: 5,
  membership: 6,
  adoption: 7,
  sanction: 8,
  credential: 9,
  withdrawal: 10,
  closure: 11,
} as const;
export type SettlementKind = keyof typeof SETTLEMENT_KINDS;

/** A blinded reference to an input, with its originator. `consumes` spends a right once. */
export interface EntryInput {
  readonly originator: Nation;
  readonly mode: 'cites' | 'consumes';
  readonly blind: Blind;
}

/** What an entry states, without its approvals. The extension is canonical CBOR, fixed per kind. */
export interface SettlementCore {
  readonly kind: SettlementKind;
  readonly opId: OpId;
  readonly inputs: readonly EntryInput[];
  /** One key for each approval that is needed, in the order the approvals stand. */
  readonly authorities: readonly { readonly nation: Nation; readonly kid: Kid }[];
  readonly outcome: { readonly originator: Nation; readonly blind: Blind } | null;
  readonly expiresAtHeight: number;
  readonly extension: Uint8Array;
}

/** A national consent: signature of kind 4 over coreId ‖ opened. */
export interface Approval {
  readonly nation: Nation;
  readonly kid: Kid;
  /** Bitmap of the inputs the approver opened and stores; bit i is input i. */
  readonly opened: number;
  readonly signature: Uint8Array;
}

export interface Entry {
  readonly core: SettlementCore;
  readonly approvals: readonly Approval[];
}

/** An entry with its ids and exact bytes. */
export interface IdentifiedEntry {
  readonly entry: Entry;
  readonly coreId: CoreId;
  readonly entryId: EntryId;
  readonly bytes: Uint8Array;
}
