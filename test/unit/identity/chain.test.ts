import { describe, expect, it } from 'vitest';
import type { Chain } from '../../../src/core/identity/index.js';
import { checkTrust, checkValidity, verifyChain } from '../../../src/core/identity/index.js';
import { Verified } from '../../../src/core/identity/verified.js';
import { protectedHeader, sigStructure } from '../../../src/domain/codec/cose.js';
import type { CredentialClaims } from '../../../src/domain/codec/credential.js';
import { CREDENTIAL_TYP, encodeClaims } from '../../../src/domain/codec/credential.js';
import type { Credential, TrustEntry } from '../../../src/domain/credential.js';
import { TAGS } from '../../../src/domain/tags.js';
import { fromHex } from '../../../src/base/bytes.js';
import {
  AT_S,
  CLEARANCE,
  GBR,
  USA,
  authority,
  claimsOf,
  delegation,
  issue,
  keyOf,
  keys,
  root,
} from '../../support/identity-world.js';

const node = (over: Partial<CredentialClaims> = {}) => issue(claimsOf('node', over), 'authority');
const chainOf = (leaf: Credential): Chain => [leaf, authority, root];
const codeOf = (chain: Chain) => {
  const result = verifyChain(chain, keys);
  return result.ok ? 'ok' : result.error.code;
};

describe('credential chain', () => {
  it('verifies root, authority, subject, and mints the leaf', () => {
    const result = verifyChain(chainOf(node()), keys);
    expect(result.ok && Verified.is(result.value) && result.value.value.kind).toBe('node');
  });

  it('verifies a sub-authority, and refuses a fourth link', () => {
    const sub = issue(
      claimsOf('authority', {
        subject: 'GBR/authority/sub',
        publicKey: keyOf('sub').publicKey,
        delegate: delegation(1),
      }),
      'authority',
    );
    const leaf = issue(claimsOf('node'), 'sub');
    expect(codeOf([leaf, sub, authority, root])).toBe('ok');
    expect(codeOf([leaf, leaf, sub, authority, root])).toBe('CHAIN_TOO_DEEP');
    const issuing = issue(claimsOf('node', { delegate: delegation(1) }), 'sub');
    expect(codeOf([issuing, sub, authority, root])).toBe('DEPTH_EXHAUSTED');
  });

  it.each<[string, Partial<CredentialClaims>]>([
    ['COI_NOT_DELEGATED', { coi: ['NATO'] }],
    [
      'CLEARANCE_NOT_DELEGATED',
      { clearance: new Map([['NATO', { classifications: ['SECRET'], tags: new Map() }]]) },
    ],
    [
      'CLEARANCE_NOT_DELEGATED',
      { clearance: new Map([['MISSION', { classifications: ['RESTRICTED'], tags: new Map() }]]) },
    ],
    [
      'CLEARANCE_NOT_DELEGATED',
      {
        clearance: new Map([
          ['MISSION', { classifications: ['SECRET'], tags: new Map([['Release', ['FRA']]]) }],
        ]),
      },
    ],
    ['DOMAIN_NOT_DELEGATED', { domains: ['effects'] }],
    ['OUTLIVES_PARENT', { expires: AT_S + 86_401 }],
    ['BEFORE_PARENT', { notBefore: AT_S - 86_401 }],
    ['ISSUER_MISMATCH', { issuer: USA }],
    ['BAD_KEY', { publicKey: fromHex(`01${'00'.repeat(31)}`) }],
    [
      'BAD_KEY',
      { transportKey: fromHex('b15bf26424d1b69dd33b7a9e57db5de4a2aadea4a2a051efd9bfd6af74165d2b') },
    ],
    ['DEPTH_EXHAUSTED', { delegate: delegation(2) }],
  ])('refuses %s', (code, over) => {
    expect(codeOf(chainOf(node(over)))).toBe(code);
  });

  it('refuses kinds and roles that the parent may not hand on, and issuers that may not issue', () => {
    const narrow = (delegate: Partial<NonNullable<Credential['delegate']>>) =>
      issue(claimsOf('authority', { delegate: { ...delegation(2), ...delegate } }), 'root');
    expect(codeOf([node(), narrow({ kinds: ['platform'] }), root])).toBe('KIND_NOT_DELEGATED');
    expect(codeOf([node(), narrow({ roles: ['observing'] }), root])).toBe('ROLE_NOT_DELEGATED');
    expect(codeOf([node(), issue(claimsOf('authority'), 'root'), root])).toBe('NOT_AN_ISSUER');
  });

  it('refuses a forged signature, a foreign issuer key and a changed byte', () => {
    const forged = issue(claimsOf('node'), 'mallory');
    expect(codeOf(chainOf(forged))).toBe('ISSUER_UNKNOWN');
    expect(codeOf(chainOf({ ...forged, issuerKid: authority.kid }))).toBe('BAD_SIGNATURE');
    const signature = Uint8Array.from(node().signature);
    signature[3] = (signature[3] ?? 0) ^ 1;
    expect(codeOf(chainOf({ ...node(), signature }))).toBe('BAD_SIGNATURE');
  });

  it('refuses roots that are not self-signed or state another nationality', () => {
    const foreign = issue(claimsOf('root', { nationality: [GBR, USA] }), 'root');
    expect(codeOf([node(), authority, foreign])).toBe('ROOT_FOREIGN_NATIONALITY');
    expect(codeOf([node(), authority])).toBe('ROOT_NOT_SELF_SIGNED');
  });

  it('refuses a signature made for any other type of object', () => {
    const leaf = node();
    const claims = encodeClaims(leaf);
    const head = protectedHeader(authority.kid, CREDENTIAL_TYP);
    for (const tag of Object.values(TAGS)) {
      const signature = keyOf('authority').sign(sigStructure(head, tag, claims));
      const code = codeOf(chainOf({ ...leaf, signature }));
      expect(code).toBe(tag === TAGS.credential ? 'ok' : 'BAD_SIGNATURE');
    }
  });
});

describe('validity and trust', () => {
  const own = { owner: GBR, ownRoot: root.kid, entries: [] };
  const entry: TrustEntry = {
    nation: GBR,
    roots: [root.kid],
    coi: ['AUKUS', 'FVEY'],
    kinds: ['node'],
    clearance: CLEARANCE,
    notBefore: AT_S - 10,
    expires: AT_S + 10,
  };
  const seenBy = (over: Partial<TrustEntry>, at = AT_S) =>
    checkTrust(node(), root, { owner: USA, ownRoot: 'x', entries: [{ ...entry, ...over }] }, at)
      ?.code;

  it('is valid from not-before up to, not including, expiry', () => {
    const { notBefore, expires } = node();
    expect(checkValidity(node(), notBefore - 1)?.code).toBe('NOT_YET_VALID');
    expect(checkValidity(node(), notBefore)).toBeUndefined();
    expect(checkValidity(node(), expires - 1)).toBeUndefined();
    expect(checkValidity(node(), expires)?.code).toBe('EXPIRED');
  });

  it('trusts the own nation by its pinned root alone', () => {
    expect(checkTrust(node(), root, own, AT_S)).toBeUndefined();
    expect(checkTrust(node(), { ...root, kid: keyOf('x').kid }, own, AT_S)?.code).toBe(
      'UNTRUSTED_ROOT',
    );
  });

  it('trusts another nation as far as the own list goes', () => {
    expect(seenBy({})).toBeUndefined();
    expect(seenBy({ nation: USA })).toBe('UNTRUSTED_NATION');
    expect(seenBy({ roots: [] })).toBe('UNTRUSTED_ROOT');
    expect(seenBy({ kinds: ['platform'] })).toBe('KIND_NOT_TRUSTED');
    expect(seenBy({ coi: ['FVEY'] })).toBe('COI_NOT_TRUSTED');
    expect(seenBy({ clearance: new Map() })).toBe('CLEARANCE_NOT_TRUSTED');
    expect(seenBy({}, AT_S + 10)).toBe('TRUST_EXPIRED');
    expect(seenBy({}, AT_S - 11)).toBe('TRUST_EXPIRED');
  });
});
