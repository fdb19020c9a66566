import type { Credential } from '../domain/credential.js';
import type { EventId, Op } from '../domain/ids.js';
import type { DigestedLabel } from '../domain/label.js';
import type { ActResult } from '../domain/views.js';
import type { Contents } from './contents.js';
import type { Cores } from './cores.js';
import type { Directory } from './directory.js';
import type { LabelBook } from './label-book.js';
import type { Operation, Operations } from './operations.js';
import type { AppConfig, AppPorts } from './parts.js';
import type { Author, Published, Publisher } from './publish.js';
import { refuse } from './refusals.js';
import type { ActSigner } from './service.js';
import type { OperationSettlement } from './settlement.js';

export interface ActParts {
  readonly config: AppConfig;
  readonly ports: AppPorts;
  readonly directory: Directory;
  readonly operations: Operations;
  readonly labels: LabelBook;
  readonly contents: Contents;
  readonly publisher: Publisher;
  /** The operation named, or the only one this nation takes part in. */
  operationFor(op: Op | undefined): Operation;
}

/** Signs with the person's key, telling what each signature means. */
export function authorOf(
  credential: Credential,
  signer: ActSigner,
  statement: readonly string[],
): Author {
  return {
    credential,
    signer: { kid: signer.kid, sign: (message) => signer.sign(message, statement) },
  };
}

/** The label of acts of the whole operation. */
export function purposeLabel(labels: LabelBook, { declaration }: Operation): DigestedLabel {
  const label = labels.offer(declaration.purposeLabel);
  return (
    label ??
    refuse('LABEL_INVALID', 'purposeLabel', {
      rule: 'is a label',
      detail: 'the declaration carries bytes that are no label',
      authority: 'operation',
      remedy: 'a new declaration',
    })
  );
}

export function resultOf(...published: readonly Published[]): ActResult {
  const events: EventId[] = published.map(({ admitted }) => admitted.value.event.id);
  return { events };
}

/** What acts of settlement need besides. */
export interface SettlementActParts extends ActParts {
  readonly cores: Cores;
  settlementOf(op: Op): OperationSettlement | undefined;
}

/** The settlement of an active operation, or a refusal that says what is missing. */
export function runningSettlement(parts: SettlementActParts, op: Op): OperationSettlement {
  return (
    parts.settlementOf(op) ??
    refuse('NOT_READY', 'op', {
      rule: 'is an active operation: every participant has accepted it',
      detail: op,
      authority: 'operation',
      remedy: 'entente op status',
    })
  );
}
