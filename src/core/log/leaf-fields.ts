import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { LeafHeader } from '../../domain/checkpoint.js';
import type { EventPayload, Precedence } from '../../domain/event.js';
import type { LogRefusal } from './refusals.js';
import { logRefusal } from './refusals.js';

/** What a leaf repeats of its event, so that relays can order and expire without reading it. */
export interface LeafFields {
  readonly precedence: Precedence;
  /** Whole Unix seconds, rounded up; 0 = none. */
  readonly expiryS: number;
  /** Class 0 holds exactly the inline events. */
  readonly open: boolean;
}

export function leafFieldsOf(
  payload: Pick<EventPayload, 'precedence' | 'notAfterMs' | 'body'>,
): LeafFields {
  const { precedence, notAfterMs, body } = payload;
  const expiryS = notAfterMs === undefined ? 0 : Math.ceil(notAfterMs / 1000);
  return { precedence, expiryS, open: body.form === 'inline' };
}

/** Refuses a leaf that says something else about its event than the event itself. */
export function checkLeafFields(
  header: LeafHeader,
  payload: Pick<EventPayload, 'precedence' | 'notAfterMs' | 'body'>,
): Result<LeafHeader, LogRefusal<'LEAF_MISMATCH'>> {
  const fields = leafFieldsOf(payload);
  const wrong =
    header.precedence !== fields.precedence
      ? 'precedence'
      : header.expiry !== fields.expiryS
        ? 'expiry'
        : (header.class === 0) !== fields.open
          ? 'class'
          : null;
  if (wrong === null) return ok(header);
  return err(
    logRefusal('LEAF_MISMATCH', {
      field: `leaf.${wrong}`,
      rule: 'a leaf copies precedence and expiry, and class 0 holds exactly the inline events',
      detail: `leaf ${String(header.index)} says another ${wrong} than its event`,
    }),
  );
}
