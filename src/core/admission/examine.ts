import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { decodeEvent } from '../../domain/codec/event.js';
import type { Credential } from '../../domain/credential.js';
import type { Event, Role } from '../../domain/event.js';
import { OWN_RELATIONS } from '../../domain/event.js';
import { NATIONAL_OP } from '../../domain/ids.js';
import type { ConfigDigest, CredentialDigest, Kid, Nation, Op } from '../../domain/ids.js';
import type { Refusal } from '../../domain/refusal.js';
import { AUTHORING } from './authoring.js';
import type { AdmissionRefusal } from './refusals.js';
import { admissionRefusal } from './refusals.js';

/** What the door knows of the world, as pure look-ups. */
export interface AdmissionView {
  /** A credential whose chain this node verified and trusts, why it does not, or unknown. */
  credential(digest: CredentialDigest): Result<Credential, Refusal> | 'unknown';
  /** The role of a nation in a configuration of an operation, whether or not it is the newest. */
  roleOf(
    op: Op,
    epoch: { readonly number: number; readonly config: ConfigDigest },
    nation: Nation,
  ): Role | 'not-a-participant' | 'unknown-operation' | 'unknown-configuration';
  /** Up to which position a revoked key's events stand; undefined when it is not revoked. */
  lastGoodSeq(kid: Kid): number | undefined;
}

/** An event that passed every check before the signature. */
export interface Candidate {
  readonly event: Event;
  readonly credential: Credential;
}

type Check = (
  event: Event,
  credential: Credential,
  view: AdmissionView,
) => AdmissionRefusal | undefined;

/** Steps 1 to 5: bytes to an event of the one canonical form. */
export function decodeStep(record: Uint8Array): Result<Event, AdmissionRefusal> {
  const decoded = decodeEvent(record);
  if (decoded.ok) return decoded;
  const { code, field, rule } = decoded.error;
  return err(
    admissionRefusal(code, 'reject', {
      field,
      rule,
      authority: 'format',
      detail: `${field} ${rule}`,
    }),
  );
}

/** Step 6: the operation and the configuration the author names are known; an older one is fine. */
function operationStep(event: Event, view: AdmissionView): AdmissionRefusal | undefined {
  const { op, epoch, nation } = event.payload;
  if (op === NATIONAL_OP) return undefined;
  const role = view.roleOf(op, epoch, nation);
  if (role === 'unknown-operation' || role === 'unknown-configuration') {
    return admissionRefusal('UNKNOWN_OP', 'hold', {
      field: role === 'unknown-operation' ? 'op' : 'epoch',
      rule: 'is an operation and a configuration that this node knows',
      authority: nation,
      detail: role === 'unknown-operation' ? op : epoch.config,
      remedy: 'receive the declaration and the settlements of the operation',
    });
  }
  return undefined;
}

/** Step 7: the credential is held, and its chain ends at a root this nation trusts. */
function credentialStep(event: Event, view: AdmissionView): Result<Credential, AdmissionRefusal> {
  const { credential: digest, nation } = event.payload;
  const found = view.credential(digest);
  if (found === 'unknown') {
    return err(
      admissionRefusal('UNKNOWN_CREDENTIAL', 'hold', {
        field: 'credential',
        rule: 'is held and verified',
        authority: nation,
        detail: digest,
        remedy: `receive the credential from ${nation}'s log`,
      }),
    );
  }
  if (found.ok) return found;
  const { rule, detail, authority, remedy } = found.error;
  return err(
    admissionRefusal('UNTRUSTED', 'reject', {
      field: 'credential',
      rule,
      authority,
      detail,
      remedy,
    }),
  );
}

/** Step 8, first half: the event agrees with its credential. */
const nationStep: Check = ({ payload }, credential) => {
  if (payload.nation === credential.issuer && payload.author === credential.kid) return undefined;
  return admissionRefusal('OUT_OF_GRANT', 'reject', {
    field: payload.nation === credential.issuer ? 'author' : 'nation',
    rule: 'is that of the credential',
    authority: credential.issuer,
    detail: `${payload.nation} ${payload.author}`,
  });
};

const validityStep: Check = ({ payload }, credential) => {
  const seconds = Math.floor(payload.time.ms / 1000);
  if (seconds >= credential.notBefore && seconds < credential.expires) return undefined;
  return admissionRefusal('EXPIRED', 'reject', {
    field: 'time',
    rule: "is inside the credential's validity",
    authority: credential.issuer,
    detail: `${credential.subject} is valid from ${String(credential.notBefore)} to ${String(credential.expires)}`,
    remedy: 'renew the credential',
  });
};

const kindStep: Check = ({ payload }, credential) => {
  const allowed = AUTHORING[payload.type].kinds;
  if (allowed.includes(credential.kind)) return undefined;
  return admissionRefusal('OUT_OF_GRANT', 'reject', {
    field: 'type',
    rule: `${payload.type} is authored by ${allowed.join(', ')}`,
    authority: credential.issuer,
    detail: `the author's credential is of kind ${credential.kind}`,
  });
};

/** Step 8, second half: the nation's role in the configuration, within the credential's bound. */
const roleStep: Check = ({ payload }, credential, view) => {
  const { op, epoch, nation, role, type } = payload;
  const roles = AUTHORING[type].roles;
  const actual = op === NATIONAL_OP ? 'observing' : view.roleOf(op, epoch, nation);
  if (actual === 'not-a-participant') {
    return admissionRefusal('OUT_OF_ROLE', 'reject', {
      field: 'nation',
      rule: 'takes part in the operation',
      authority: 'operation',
      detail: nation,
    });
  }
  if (role !== actual) {
    return admissionRefusal('OUT_OF_ROLE', 'reject', {
      field: 'role',
      rule: "is the nation's role in the configuration",
      authority: 'operation',
      detail: `${nation} is ${actual}, the event says ${role}`,
    });
  }
  if (op !== NATIONAL_OP && !(roles.includes(role) && credential.roles.includes(role))) {
    return admissionRefusal('OUT_OF_ROLE', 'reject', {
      field: 'type',
      rule: `${type} is authored in the role ${roles.join(' or ')}, within the credential's roles`,
      authority: 'operation',
      detail: `${nation} is ${role}`,
      remedy: 'a role change settled by the operation',
    });
  }
  return undefined;
};

/** Step 8 too: only the own nation changes or takes back what its event says. */
const relationStep: Check = ({ payload }) => {
  const foreign = payload.parents.find(
    ({ relation, nation }) => OWN_RELATIONS.includes(relation) && nation !== payload.nation,
  );
  return (
    foreign &&
    admissionRefusal('OUT_OF_GRANT', 'reject', {
      field: 'parents',
      rule: `${foreign.relation} names an event of the own nation`,
      authority: String(foreign.nation),
      detail: `${payload.nation} ${foreign.relation} an event of ${String(foreign.nation)}`,
    })
  );
};

/** Step 10: a revoked key's events stand up to its last good position. */
const statusStep: Check = ({ payload }, credential, view) => {
  const lastGood = view.lastGoodSeq(credential.kid);
  if (lastGood === undefined || payload.seq <= lastGood) return undefined;
  // A peer may not know of the revocation yet: nothing is held against it.
  return admissionRefusal('REVOKED', 'ignore', {
    field: 'author',
    rule: 'is not revoked for this position',
    authority: credential.issuer,
    detail: `${credential.subject} stands up to seq ${String(lastGood)}`,
  });
};

/** Steps 8 and 10, in order. Key sanity (step 9) is part of the chain that step 7 verified. */
export const EXAMINATION: readonly (readonly [name: string, check: Check])[] = [
  ['nation', nationStep],
  ['validity', validityStep],
  ['kind', kindStep],
  ['role', roleStep],
  ['relation', relationStep],
  ['status', statusStep],
];

/**
 * Steps 6 to 10. Answers the candidate whose signature is to be checked next: nothing before that
 * check writes, forwards or accuses.
 */
export function examine(event: Event, view: AdmissionView): Result<Candidate, AdmissionRefusal> {
  const unknown = operationStep(event, view);
  if (unknown !== undefined) return err(unknown);
  const credential = credentialStep(event, view);
  if (!credential.ok) return credential;
  for (const [, check] of EXAMINATION) {
    const refusal = check(event, credential.value, view);
    if (refusal !== undefined) return err(refusal);
  }
  return ok({ event, credential: credential.value });
}
