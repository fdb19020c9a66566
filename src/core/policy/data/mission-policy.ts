import type { LabelPolicy, PolicyTag } from '../../../domain/release.js';

/** Arc of the mission policy: a UUID-based OID (ITU-T X.667), so that no registration is needed. */
const OID = 'urn:oid:2.25.240183492817450028123908745120938471209';

function tag(
  arc: number,
  name: string,
  rest: Pick<PolicyTag, 'type' | 'values'> & Partial<PolicyTag>,
): PolicyTag {
  return {
    name,
    uri: `${OID}.${String(arc)}`,
    absent: 'no-effect',
    required: false,
    single: false,
    ...rest,
  };
}

/**
 * The shipped mission policy: ordered classifications and one explicit closed release set of
 * nations. An example for a mission to adopt or replace; nothing about it is in code.
 */
export const MISSION_POLICY: LabelPolicy = {
  name: 'MISSION',
  uri: OID,
  classifications: [
    { name: 'UNCLASSIFIED', hierarchy: 1 },
    { name: 'RESTRICTED', hierarchy: 2 },
    { name: 'CONFIDENTIAL', hierarchy: 3 },
    { name: 'SECRET', hierarchy: 4 },
    { name: 'TOP SECRET', hierarchy: 5 },
  ],
  tags: [
    tag(1, 'Ownership', {
      type: 'informative',
      values: ['NATO'],
      orNation: true,
      single: true,
    }),
    tag(2, 'Release', { type: 'permissive', values: null, absent: 'owner-only' }),
    tag(3, 'Dissemination', {
      type: 'restrictive',
      values: ['ORCON', 'NO ONWARD RELEASE'],
    }),
    tag(4, 'Handling', { type: 'restrictive', values: ['ANCHOR', 'BEACON'] }),
    tag(5, 'Export Control', { type: 'restrictive', values: ['ITAR', 'EAR'] }),
    tag(6, 'Export Authority', {
      type: 'permissive',
      values: ['ITAR-126.7', 'TAA-EXAMPLE'],
    }),
    tag(7, 'Administrative', { type: 'informative', values: ['EXERCISE', 'STAFF'] }),
  ],
};
