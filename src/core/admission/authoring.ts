import type { CredentialKind } from '../../domain/credential.js';
import type { Role } from '../../domain/event.js';
import { ROLES } from '../../domain/event.js';
import type { EventType } from '../../domain/event-types.js';

/** Which credentials and which roles of the nation may author a type of event. */
export interface AuthoringRule {
  readonly kinds: readonly CredentialKind[];
  readonly roles: readonly Role[];
}

const CONTENT: readonly CredentialKind[] = ['person', 'platform', 'unit', 'node', 'authority'];
const WORKING: readonly Role[] = ['lead', 'supporting'];
const PHYSICAL: readonly CredentialKind[] = ['platform', 'unit', 'node', 'witness'];
const ANY: readonly CredentialKind[] = [...CONTENT, 'release', 'witness'];

function rule(kinds: readonly CredentialKind[], roles: readonly Role[] = ROLES): AuthoringRule {
  return { kinds, roles };
}

/**
 * Approval, release grant and tasking need an authority's key: a platform, unit, person or node
 * credential never suffices, whatever it says of itself.
 */
export const AUTHORING: Readonly<Record<EventType, AuthoringRule>> = {
  'intelligence-product': rule(CONTENT, WORKING),
  track: rule(CONTENT, WORKING),
  observation: rule(CONTENT, WORKING),
  'labelled-message': rule(CONTENT, WORKING),
  contribution: rule(CONTENT, WORKING),
  assessment: rule(CONTENT, WORKING),
  'consumption-receipt': rule(['node']),
  acknowledgement: rule(ANY),
  'attested-for': rule(['node', 'authority'], WORKING),
  withdrawal: rule(['person', 'authority']),
  dispute: rule(['person', 'authority'], WORKING),
  credential: rule(['authority', 'root']),
  'trust-list': rule(['authority', 'root']),
  'status-list': rule(['authority', 'root']),
  'status-delta': rule(['authority', 'root']),
  rotate: rule(ANY),
  rekey: rule(['authority', 'root']),
  prekeys: rule(['node']),
  'key-request': rule(['node']),
  'key-grant': rule(['release', 'authority']),
  'key-receipt': rule(['node']),
  override: rule(['authority', 'root']),
  declaration: rule(['authority']),
  acceptance: rule(['authority']),
  integrity: rule(ANY),
  'integrity-answer': rule(['authority']),
  'witness-commitment': rule(PHYSICAL),
  'witness-opening': rule(PHYSICAL),
  attestation: rule(PHYSICAL),
  verdict: rule(PHYSICAL),
  'decision-record': rule(['authority', 'person'], ['lead']),
  tasking: rule(['authority'], ['lead']),
  approval: rule(['authority']),
  refusal: rule(['authority', 'person']),
  'release-request': rule(['node', 'authority', 'person']),
  'release-grant': rule(['authority']),
  'release-denial': rule(['authority', 'person']),
  'originator-consent': rule(['authority', 'person']),
  'handoff-offer': rule(['authority'], WORKING),
  'handoff-acceptance': rule(['authority'], WORKING),
  'handoff-refusal': rule(['authority'], WORKING),
  'handoff-receipt': rule(['authority'], WORKING),
  opening: rule(['node', 'authority'], WORKING),
  'settled-record': rule(['node']),
};
