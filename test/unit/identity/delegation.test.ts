import { describe, expect, it } from 'vitest';
import { verifyChain } from '../../../src/core/identity/index.js';
import type { Clearance, Credential, Delegation } from '../../../src/domain/credential.js';
import {
  CLEARANCE,
  authority,
  claimsOf,
  delegation,
  issue,
  keyOf,
  keys,
  root,
} from '../../support/identity-world.js';

const wide: Clearance = new Map([
  ...CLEARANCE,
  ['NATO', { classifications: ['SECRET'], tags: new Map() }],
]);

/** The chain of a leaf under a second authority that may hand on what `delegate` says. */
function codeUnder(delegate: Partial<Delegation>): string {
  const sub = issue(
    claimsOf('authority', {
      subject: 'GBR/authority/sub',
      publicKey: keyOf('sub').publicKey,
      delegate: { ...delegation(1), ...delegate },
    }),
    'authority',
  );
  const leaf = issue(claimsOf('node'), 'sub');
  const result = verifyChain([leaf, sub, authority, root], keys);
  return result.ok ? 'ok' : result.error.code;
}

function codeOf(leaf: Credential, ...issuers: readonly Credential[]): string {
  const result = verifyChain([leaf, ...issuers], keys);
  return result.ok ? 'ok' : result.error.code;
}

describe('what an authority hands on', () => {
  it('is what it was given, or less', () => {
    expect(codeUnder({})).toBe('ok');
    expect(codeUnder({ kinds: ['node'] })).toBe('ok');
  });

  it.each<[string, Partial<Delegation>]>([
    ['KIND_NOT_DELEGATED', { kinds: ['node', 'root'] }],
    ['COI_NOT_DELEGATED', { coi: ['AUKUS', 'FVEY', 'NATO'] }],
    ['CLEARANCE_NOT_DELEGATED', { clearance: wide }],
    ['DOMAIN_NOT_DELEGATED', { domains: ['effects', 'release'] }],
  ])('is never more: %s', (code, delegate) => {
    expect(codeUnder(delegate)).toBe(code);
  });

  it('is never a role that it was not given', () => {
    const narrow = issue(
      claimsOf('authority', { delegate: { ...delegation(2), roles: ['observing'] } }),
      'root',
    );
    const sub = issue(
      claimsOf('authority', {
        subject: 'GBR/authority/sub',
        publicKey: keyOf('sub').publicKey,
        roles: ['observing'],
        delegate: delegation(1),
      }),
      'authority',
    );
    const leaf = issue(claimsOf('node', { roles: ['observing'] }), 'sub');
    expect(codeOf(leaf, sub, narrow, root)).toBe('ROLE_NOT_DELEGATED');
  });

  it('ends at depth zero', () => {
    const spent = issue(claimsOf('authority', { delegate: delegation(0) }), 'root');
    const leaf = issue(claimsOf('node'), 'authority');
    expect(codeOf(leaf, spent, root)).toBe('DEPTH_EXHAUSTED');
  });
});

describe('a root', () => {
  it('is nobody’s child', () => {
    const open = { ...delegation(2), kinds: [...delegation(2).kinds, 'root' as const] };
    const maker = issue(claimsOf('root', { delegate: open }), 'root');
    const child = issue(
      claimsOf('root', { subject: 'GBR/root/two', publicKey: keyOf('two').publicKey }),
      'root',
    );
    expect(codeOf(child, maker)).toBe('KIND_NOT_DELEGATED');
  });
});
