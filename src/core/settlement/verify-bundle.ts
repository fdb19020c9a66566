import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { equalBytes, fromHex } from '../../base/bytes.js';
import {
  blockPreimage,
  approvalPreimage,
  genesisPreimage,
} from '../../domain/codec/consensus-preimage.js';
import { blockId } from '../../domain/codec/consensus-parts.js';
import {
  declarationDigestOf,
  decodeDeclaration,
  genesisOf,
} from '../../domain/codec/declaration.js';
import { identifyEntry } from '../../domain/codec/entry.js';
import { genesisEpoch } from '../../domain/codec/genesis.js';
import type { SettlementBundle } from '../../domain/codec/settlement-bundle.js';
import { decodeBundle } from '../../domain/codec/settlement-bundle.js';
import type { EpochState } from '../../domain/consensus.js';
import type { Credential } from '../../domain/credential.js';
import type { CoreId, DeclarationDigest, Kid, Nation, OpId } from '../../domain/ids.js';
import type { OperationDeclaration } from '../../domain/operation.js';
import type { IdentifiedEntry, SettlementKind } from '../../domain/settlement.js';
import type { VerifySignature } from '../consensus/index.js';
import type { KeyChecks } from '../identity/index.js';
import { verifyInclusion } from '../log/index.js';
import { entryLeaf } from './payload-path.js';
import type { CredentialIndex } from './bundle-chains.js';
import { indexCredentials, remembered, rootOf } from './bundle-chains.js';
import { formFault } from './entry-form.js';

/** What a settlement's proof shows. */
export type BundleVerdict =
  | {
      readonly result: 'verified';
      readonly coreId: CoreId;
      readonly kind: SettlementKind;
      readonly opId: OpId;
      /** Nations whose consent the entry holds. */
      readonly approvals: readonly Nation[];
      /** Nations whose commit votes make the certificate. */
      readonly signers: readonly Nation[];
      readonly height: number;
      readonly view: number;
    }
  /** Something that the check needs is not there: more material could still verify it. */
  | { readonly result: 'cannot-verify'; readonly missing: string; readonly detail: string }
  /** The file contradicts itself, its signatures, or a root the verifier chose. */
  | { readonly result: 'tampered'; readonly step: string; readonly detail: string };

type Failure = Exclude<BundleVerdict, { readonly result: 'verified' }>;

function tampered(step: string, detail: string): Failure {
  return { result: 'tampered', step, detail };
}

function missing(what: string, detail: string): Failure {
  return { result: 'cannot-verify', missing: what, detail };
}

/** The bundle's parts, decoded, with what follows from the declaration. */
interface Case {
  readonly bundle: SettlementBundle;
  readonly declaration: OperationDeclaration;
  readonly digest: DeclarationDigest;
  readonly epoch: EpochState;
  readonly entry: IdentifiedEntry;
  readonly credentials: CredentialIndex;
  readonly keys: KeyChecks;
}

function open(bytes: Uint8Array, keys: KeyChecks): Result<Case, Failure> {
  const bundle = decodeBundle(bytes);
  if (!bundle.ok) return err(tampered('form', `${bundle.error.field} ${bundle.error.rule}`));
  const declaration = decodeDeclaration(bundle.value.declaration);
  if (!declaration.ok) {
    const { field, rule } = declaration.error;
    return err(tampered('declaration', `${field} ${rule}`));
  }
  const entry = identifyEntry(bundle.value.entry);
  if (!entry.ok) return err(tampered('entry', `${entry.error.field} ${entry.error.rule}`));
  const credentials = indexCredentials(bundle.value.credentials);
  if (!credentials.ok) return err(tampered('credentials', credentials.error.detail));
  return ok({
    bundle: bundle.value,
    declaration: declaration.value,
    digest: declarationDigestOf(bundle.value.declaration),
    epoch: genesisEpoch(genesisOf(declaration.value)),
    entry: entry.value,
    credentials: credentials.value,
    keys,
  });
}

function participantOf(
  c: Case,
  nation: Nation,
): OperationDeclaration['participants'][number] | undefined {
  return c.declaration.participants.find((one) => one.nation === nation);
}

/** A credential's chain must lead to a root that its nation declared. */
function chained(c: Case, nation: Nation, credential: Credential): Failure | undefined {
  const root = rootOf(credential, c.credentials, c.keys);
  if (!root.ok) {
    return root.error.fault === 'broken'
      ? tampered('credentials', root.error.detail)
      : missing(`issuers of ${credential.subject}`, 'the chain does not reach a root');
  }
  const declared = participantOf(c, nation)?.roots.includes(root.value.kid) ?? false;
  return declared && root.value.issuer === nation
    ? undefined
    : tampered(
        'credentials',
        `${credential.subject} does not lead to a declared root of ${nation}`,
      );
}

/** The key behind a nation's authority, verified: as declared, or certified by the nation besides. */
function authorityKey(c: Case, nation: Nation, kid: Kid): Result<Uint8Array, Failure> {
  const participant = participantOf(c, nation);
  const record = participant?.authorities.find((one) => one.kid === kid);
  const isRoot = participant?.roots.includes(kid) ?? false;
  const credential =
    record === undefined
      ? c.credentials.byKid.get(kid)?.find(({ kind }) => kind === (isRoot ? 'root' : 'authority'))
      : c.credentials.byDigest.get(record.credential);
  if (credential === undefined) {
    return err(missing(`credential of authority ${kid} of ${nation}`, 'not in the file'));
  }
  const fits =
    credential.issuer === nation &&
    credential.kid === kid &&
    (isRoot || credential.kind === 'authority') &&
    (record === undefined || record.domains.every((domain) => credential.domains.includes(domain)));
  if (!fits)
    return err(tampered('credentials', `${credential.subject} is not what it is named for`));
  const broken = chained(c, nation, credential);
  return broken === undefined ? ok(credential.publicKey) : err(broken);
}

/** Nothing in the file goes unchecked: every credential leads to a declared root of its nation. */
function checkCredentials(c: Case): Failure | undefined {
  return worst(
    [...c.credentials.byDigest.values()].map((one) => () => chained(c, one.issuer, one)),
  );
}

function checkAcceptances(c: Case): Failure | undefined {
  const { acceptances } = c.bundle;
  for (const { nation, authorities } of c.declaration.participants) {
    const accepted = acceptances.find((one) => one.nation === nation);
    if (accepted === undefined) return missing(`acceptance of ${nation}`, 'not in the file');
    const { declaration, opId, kid, signature } = accepted;
    const named = authorities.some((one) => one.kid === kid);
    if (declaration !== c.digest || opId !== c.epoch.opId || !named) {
      return tampered('acceptance', `${nation} accepted something else`);
    }
    const key = authorityKey(c, nation, kid);
    if (!key.ok) return key.error;
    if (!c.keys.verify(key.value, genesisPreimage(opId), signature)) {
      return tampered('acceptance', `the signature of ${nation} does not hold`);
    }
  }
  return undefined;
}

function checkConsent(c: Case): Failure | undefined {
  const { core, approvals } = c.entry.entry;
  if (core.opId !== c.epoch.opId) return tampered('operation', 'the entry is of another operation');
  const fault = formFault(c.declaration, c.entry);
  if (fault !== undefined) return tampered('consent', fault);
  for (const { nation, kid, opened, signature } of approvals) {
    const key = authorityKey(c, nation, kid);
    if (!key.ok) return key.error;
    const preimage = approvalPreimage(core.opId, c.entry.coreId, opened);
    if (!c.keys.verify(key.value, preimage, signature)) {
      return tampered('consent', `the approval of ${nation} does not hold`);
    }
  }
  return undefined;
}

/** The entry lies in its block; each header links to the one before, up to the certified one. */
function checkBlocks(c: Case): Failure | undefined {
  const { headers, index, path, certificate } = c.bundle;
  const first = headers[0];
  const last = headers[headers.length - 1];
  if (first === undefined || last === undefined) return missing('headers', 'no header in the file');
  const included = verifyInclusion(
    {
      index,
      size: first.entryCount,
      leaf: entryLeaf(c.entry.entryId),
      root: fromHex(first.payloadRoot),
    },
    path,
  );
  if (!included) return tampered('inclusion', 'the entry is not in the block');
  if (c.entry.entry.core.expiresAtHeight < first.height) {
    return tampered('inclusion', 'the entry had lapsed at the height of its block');
  }
  for (const [i, header] of headers.entries()) {
    const { opId, epoch, valSetHash } = c.epoch;
    const own = header.opId === opId && header.epoch === epoch && header.valSetHash === valSetHash;
    if (!own) return tampered('headers', 'a header is of another operation or epoch');
    const before = headers[i - 1];
    const linked =
      before === undefined ||
      (header.parent === blockId(before) && header.height === before.height + 1);
    if (!linked) return tampered('headers', 'the headers do not link');
  }
  return blockId(last) === certificate.block && last.view === certificate.view
    ? undefined
    : tampered('headers', 'the last header is not the certified block');
}

function checkQuorum(c: Case): Failure | undefined {
  const { certificate } = c.bundle;
  const { members, q, epoch } = c.epoch;
  const { kind, signers, signatures, view, block } = certificate;
  const counted = kind === 'commit' && certificate.epoch === epoch && signers.length === q;
  if (!counted || signatures.length !== q) {
    return tampered('quorum', `is not a commit certificate of ${String(q)} members`);
  }
  const preimage = blockPreimage(c.epoch, 'commit', view, block);
  for (const [i, signer] of signers.entries()) {
    const [member, signature] = [members[signer], signatures[i]];
    if (member === undefined || signature === undefined) {
      return tampered('quorum', 'a signer is not a member');
    }
    const bad = checkReplica(c, member);
    if (bad !== undefined) return bad;
    if (!c.keys.verify(member.consensusKey, preimage, signature)) {
      return tampered('quorum', `the commit vote of ${member.nation} does not hold`);
    }
  }
  return undefined;
}

function checkReplica(c: Case, member: EpochState['members'][number]): Failure | undefined {
  const credential = c.credentials.byDigest.get(member.credentialDigest);
  if (credential === undefined) {
    return missing(`replica credential of ${member.nation}`, 'not in the file');
  }
  const fits =
    credential.kind === 'replica' &&
    credential.issuer === member.nation &&
    equalBytes(credential.publicKey, member.consensusKey);
  return fits
    ? chained(c, member.nation, credential)
    : tampered('credentials', `${credential.subject} is not the replica of ${member.nation}`);
}

/** The declared roots against those that the verifier chose itself. */
function checkRoots(c: Case, roots: ReadonlyMap<Nation, Kid>): Failure | undefined {
  const { participants } = c.declaration;
  const foreign = participants.find(({ nation, roots: declared }) => {
    const chosen = roots.get(nation);
    return chosen !== undefined && !declared.includes(chosen);
  });
  if (foreign !== undefined) {
    return tampered('root', `the file names another root for ${foreign.nation} than you chose`);
  }
  const unknown = participants.filter(({ nation }) => !roots.has(nation));
  const names = unknown.map(({ nation }) => nation).join(', ');
  return unknown.length === 0
    ? undefined
    : missing(`root of ${names}`, 'what the file says of its own roots proves nothing');
}

/** A contradiction is worth more than a gap: no further material can heal it. */
function worst(checks: readonly (() => Failure | undefined)[]): Failure | undefined {
  let gap: Failure | undefined;
  for (const check of checks) {
    const failure = check();
    if (failure?.result === 'tampered') return failure;
    gap ??= failure;
  }
  return gap;
}

/**
 * Verifies a settlement's one-file proof under roots that the verifier chose: the genesis accepted by
 * every participant, the consents, the entry's place in its block, and the quorum's certificate. Says
 * nothing about time: a credential that has expired since was good when it was used.
 */
export function verifyBundle(
  bytes: Uint8Array,
  roots: ReadonlyMap<Nation, Kid>,
  verify: VerifySignature,
  isSaneKey: KeyChecks['isSaneKey'],
): BundleVerdict {
  const opened = open(bytes, remembered({ verify, isSaneKey }));
  if (!opened.ok) return opened.error;
  const c = opened.value;
  const failure = worst([
    () => checkRoots(c, roots),
    () => checkConsent(c),
    () => checkBlocks(c),
    () => checkAcceptances(c),
    () => checkQuorum(c),
    () => checkCredentials(c),
  ]);
  if (failure !== undefined) return failure;
  const { core } = c.entry.entry;
  return {
    result: 'verified',
    coreId: c.entry.coreId,
    kind: core.kind,
    opId: c.epoch.opId,
    approvals: [...new Set(c.entry.entry.approvals.map(({ nation }) => nation))],
    signers: c.bundle.certificate.signers.flatMap((i) => c.epoch.members[i]?.nation ?? []),
    height: c.bundle.headers[0]?.height ?? 0,
    view: c.bundle.certificate.view,
  };
}
