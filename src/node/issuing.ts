import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fromHex } from '../base/bytes.js';
import type { CredentialClaims } from '../domain/codec/credential.js';
import {
  assembleCredential,
  credentialTbs,
  decodeCredential,
  encodeClaims,
} from '../domain/codec/credential.js';
import type { Clearance, Credential, CredentialKind } from '../domain/credential.js';
import type { Role } from '../domain/event.js';
import { ROLES } from '../domain/event.js';
import type { Signer } from '../ports/signer.js';
import { readCredentialFile } from './credential-files.js';
import type { Home } from './home.js';
import { readNation } from './home.js';
import { createKey, openSigner } from './keyring.js';
import { readIfThere, writePrivateFile } from './private-file.js';
import { refuse } from './refusal-error.js';

const DAY_S = 86_400;
/** Clocks of partners may run behind: a credential is good from a little before it was made. */
const BACKDATED_S = 300;

/** Days that a credential of each kind lives when nobody says otherwise. */
const LIFE_DAYS: Readonly<Partial<Record<CredentialKind, number>>> = {
  authority: 365,
  replica: 365,
  person: 1,
};
const LIFE_DAYS_DEFAULT = 3;

const issuedSchema = z.strictObject({ next: z.int().min(0) });

/** The next index in the nation's status list: each credential has its own. */
function takeStatusIndex(home: Home): number {
  const path = join(home.dir, 'issued.json');
  const bytes = readIfThere(path);
  const { next } =
    bytes === undefined ? { next: 0 } : issuedSchema.parse(JSON.parse(bytes.toString('utf8')));
  writePrivateFile(path, `${JSON.stringify({ next: next + 1 })}\n`);
  return next;
}

/** What a credential states beside its times, ids and issuer. */
export type Statement = Pick<
  CredentialClaims,
  'kind' | 'publicKey' | 'clearance' | 'coi' | 'domains' | 'roles'
> &
  Pick<Partial<CredentialClaims>, 'delegate' | 'transportKey' | 'hpkeKey'> & {
    readonly name: string;
    readonly days: number;
  };

export interface Issuer {
  readonly home: Home;
  readonly signer: Signer;
  /** Null when a root signs itself. */
  readonly credential: Credential | null;
  readonly nowMs: number;
}

/** Signs a credential. Its life stays within its issuer's. */
export async function issue(issuer: Issuer, statement: Statement): Promise<Credential> {
  const { home, signer, credential: parent } = issuer;
  const { name, days, ...stated } = statement;
  const { nation, root } = readNation(home);
  const now = Math.floor(issuer.nowMs / 1000);
  const expires = Math.min(now + days * DAY_S, parent?.expires ?? Infinity);
  const claims: CredentialClaims = {
    ...stated,
    issuer: nation,
    subject: `${nation}/${stated.kind}/${name}`,
    nationality: [nation],
    issuedAt: now,
    notBefore: Math.max(now - BACKDATED_S, parent?.notBefore ?? 0),
    expires,
    tokenId: Uint8Array.from(randomBytes(16)),
    // One list per root; its id needs no registry of its own.
    status: { list: fromHex(root.slice(0, 16)), index: takeStatusIndex(home) },
  };
  const payload = encodeClaims(claims);
  const signature = await signer.sign(credentialTbs(signer.kid, payload));
  const decoded = decodeCredential(assembleCredential(signer.kid, payload, signature));
  if (decoded.ok) return decoded.value;
  const { code, field, rule } = decoded.error;
  throw refuse(code, field, {
    rule,
    detail: `the credential of ${claims.subject} would break a rule: ${field} ${rule}`,
    remedy: 'correct the option that gave this value',
  });
}

/** The authority of a home with its key unlocked. */
export async function openAuthority(parts: {
  readonly home: Home;
  readonly authority: string;
  readonly nowMs: number;
  readonly passphrase: () => Promise<string>;
}): Promise<Issuer & { readonly credential: Credential }> {
  const { home, authority, nowMs, passphrase } = parts;
  const credential = readCredentialFile(join(home.credentials, `${authority}.cred`));
  const signer = await openSigner(home, authority, passphrase);
  if (signer.kid === credential.kid) return { home, signer, credential, nowMs };
  throw refuse('KID_MISMATCH', `keys/${authority}.json`, {
    rule: 'an authority signs with the key its credential names',
    detail: `keys/${authority}.json holds kid ${signer.kid}, the credential names ${credential.kid}`,
    remedy: 'restore the key file and the credential from the same backup',
  });
}

export interface IssueParts {
  readonly home: Home;
  readonly authority: string;
  readonly passphrase: () => Promise<string>;
  readonly keyPassphrase: () => Promise<string>;
  readonly kind: CredentialKind;
  readonly name: string;
  readonly nowMs: number;
  /** Raw Ed25519; absent: a key is made in keys/. */
  readonly publicKey?: Uint8Array;
  readonly days?: number;
  readonly coi?: readonly string[];
  readonly domains?: readonly string[];
  readonly roles?: readonly Role[];
  readonly clearance?: Clearance;
}

/** Issues a credential under the authority and keeps it in credentials/. */
export async function issueToFile(
  parts: IssueParts,
): Promise<{ readonly credential: Credential; readonly file: string }> {
  const { home, kind, name } = parts;
  const stem = `${kind}-${name}`;
  const file = join(home.credentials, `${stem}.cred`);
  const issuer = await openAuthority(parts);
  const own = issuer.credential;
  const keyFile = join(home.keys, `${stem}.json`);
  const publicKey =
    parts.publicKey ??
    (existsSync(keyFile)
      ? (await openSigner(home, stem, parts.keyPassphrase)).publicKey
      : (await createKey(home, stem, parts.keyPassphrase)).publicKey);
  const credential = await issue(issuer, {
    kind,
    name,
    publicKey,
    days: parts.days ?? LIFE_DAYS[kind] ?? LIFE_DAYS_DEFAULT,
    coi: [...(parts.coi ?? own.coi)].sort(),
    domains: [...(parts.domains ?? (kind === 'authority' ? own.domains : []))].sort(),
    roles: parts.roles ?? ROLES,
    clearance: parts.clearance ?? own.clearance,
  });
  writePrivateFile(file, credential.bytes);
  return { credential, file };
}
