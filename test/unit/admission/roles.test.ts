import { describe, expect, it } from 'vitest';
import type { AdmissionView } from '../../../src/core/admission/index.js';
import { decodeStep, examine } from '../../../src/core/admission/index.js';
import type { Role } from '../../../src/domain/event.js';
import type { EventType } from '../../../src/domain/event-types.js';
import { claimsOf, issue, payloadOf, recordOf } from '../../support/identity-world.js';

const author = issue(claimsOf('authority'), 'authority');

/** What the door says of an event of this type, where the nation has this role. */
function refusalOf(type: EventType, role: Role, actual: Role | 'not-a-participant' = role) {
  const view: AdmissionView = {
    credential: () => ({ ok: true, value: author }),
    roleOf: () => actual,
    lastGoodSeq: () => undefined,
  };
  const event = decodeStep(recordOf(payloadOf(author, { type, role }), 'authority'));
  if (!event.ok) throw new Error(event.error.detail);
  const answer = examine(event.value, view);
  return answer.ok ? 'candidate' : [answer.error.code, answer.error.field];
}

describe('the role of the author’s nation', () => {
  it('must allow the type, whatever the credential allows', () => {
    expect(refusalOf('tasking', 'lead')).toBe('candidate');
    expect(refusalOf('tasking', 'supporting')).toEqual(['OUT_OF_ROLE', 'type']);
    expect(refusalOf('handoff-offer', 'supporting')).toBe('candidate');
    expect(refusalOf('handoff-offer', 'observing')).toEqual(['OUT_OF_ROLE', 'type']);
  });

  it('is one of the operation: a stranger is told so, not that its role differs', () => {
    expect(refusalOf('approval', 'lead', 'not-a-participant')).toEqual(['OUT_OF_ROLE', 'nation']);
    expect(refusalOf('approval', 'lead', 'supporting')).toEqual(['OUT_OF_ROLE', 'role']);
  });
});
