import { genesisOf } from '../../domain/codec/declaration.js';
import { decodeExtension } from '../../domain/codec/entry-extension.js';
import { opIdOf } from '../../domain/codec/genesis.js';
import type { OperationDeclaration } from '../../domain/operation.js';
import type { IdentifiedEntry } from '../../domain/settlement.js';
import { initialState } from './state.js';
import type { ValidityCode } from './validity.js';
import { VALIDITY_RULES } from './validity.js';

/** Rules that look at the entry alone: they hold in every state or in none. */
const FORM_CODES: readonly ValidityCode[] = [
  'WRONG_OPERATION',
  'ENTRY_TOO_LARGE',
  'INPUTS',
  'OUTCOME',
  'LEVELS',
  'AUTHORITY_TWICE',
  'ORIGINATOR_MISSING',
  'INCOMPLETE',
  'OPENED',
  'BLIND_TWICE',
];

/** The first rule of form that the entry breaks, in words, whatever had been settled before it. */
export function formFault(
  declaration: OperationDeclaration,
  entry: IdentifiedEntry,
): string | undefined {
  const { core, approvals } = entry.entry;
  const extension = decodeExtension(core.kind, core.extension);
  if (!extension.ok) return `${extension.error.field} ${extension.error.rule}`;
  const input = {
    state: initialState(declaration, opIdOf(genesisOf(declaration))),
    core,
    approvals,
    extension: extension.value,
    coreId: entry.coreId,
    bytes: entry.bytes.length,
    height: 0,
    verify: () => false,
  };
  const broken = VALIDITY_RULES.find(
    (rule) => FORM_CODES.includes(rule.code) && !rule.holds(input),
  );
  return broken && `${broken.field} ${broken.rule}`;
}
