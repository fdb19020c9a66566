import type { Credential } from '../domain/credential.js';
import type { EventId, Op } from '../domain/ids.js';
import type { DigestedLabel } from '../domain/label.js';
import type { ActResult } from '../domain/views.js';
import type { Contents } from './contents.js';
import type { Directory } from './directory.js';
import type { LabelBook } from './label-book.js';
import type { Operation, Operations } from './operations.js';
import type { AppConfig, AppPorts } from './parts.js';
import type { Author, Published, Publisher } from './publish.js';
import { refuse } from './refusals.js';
import type { ActSigner } from './service.js';

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
