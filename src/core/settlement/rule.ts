import type { Extension } from '../../domain/codec/entry-extension.js';
import type { CoreId } from '../../domain/ids.js';
import type { Approval, SettlementCore } from '../../domain/settlement.js';
import type { VerifySignature } from '../consensus/index.js';
import type { SettledState } from './state.js';

/** All that a rule may look at. */
export interface RuleInput {
  readonly state: SettledState;
  readonly core: SettlementCore;
  readonly approvals: readonly Approval[];
  readonly extension: Extension;
  readonly coreId: CoreId;
  /** Size of the entry in bytes. */
  readonly bytes: number;
  /** Of the block that would hold the entry. */
  readonly height: number;
  readonly verify: VerifySignature;
}

/** One condition of validity, with the stable code of its refusal. */
export interface Rule<Code extends string> {
  readonly code: Code;
  readonly field: string;
  readonly rule: string;
  readonly holds: (input: RuleInput) => boolean;
}
