import { hashHex } from '../../../src/domain/codec/hash.js';
import type { Credential } from '../../../src/domain/credential.js';
import type { CredentialDigest, Kid, Nation } from '../../../src/domain/ids.js';
import { MISSION_POLICY } from '../../../src/core/policy/index.js';

const ALL_CLASSES = MISSION_POLICY.classifications.map(({ name }) => name);

/** A node credential as a decision sees it after its chain was verified. */
export function party(
  nation: Nation,
  tags: Readonly<Record<string, readonly string[]>> = {},
  rest: Partial<Credential> & { readonly classifications?: readonly string[] } = {},
): Credential {
  const { classifications = ALL_CLASSES, ...fields } = rest;
  const empty = new Uint8Array(0);
  return {
    digest: hashHex(nation, JSON.stringify([tags, classifications])) as CredentialDigest,
    bytes: empty,
    tbs: empty,
    signature: empty,
    issuerKid: '00'.repeat(32) as Kid,
    issuer: nation,
    subject: `${nation}/node/one`,
    expires: 1_900_000_000,
    notBefore: 1_700_000_000,
    issuedAt: 1_700_000_000,
    tokenId: empty,
    publicKey: empty,
    kid: '11'.repeat(32) as Kid,
    kind: 'node',
    nationality: [nation],
    clearance: new Map([
      [MISSION_POLICY.name, { classifications, tags: new Map(Object.entries(tags)) }],
    ]),
    coi: [],
    domains: [],
    roles: [],
    status: { list: empty, index: 0 },
    ...fields,
  };
}
