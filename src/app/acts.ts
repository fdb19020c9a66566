import type { Result } from '../base/result.js';
import { err, ok } from '../base/result.js';
import { genesisPreimage } from '../domain/codec/consensus-preimage.js';
import { decodeCredential } from '../domain/codec/credential.js';
import {
  DECLARATION_TYP,
  declarationDigestOf,
  encodeAcceptance,
  encodeDeclaration,
} from '../domain/codec/declaration.js';
import { OPEN_LABEL } from '../domain/codec/label.js';
import { encodeTrustList } from '../domain/codec/trust-list.js';
import type { BodyContent } from '../domain/body.js';
import type { Credential, TrustEntry } from '../domain/credential.js';
import type { DeclarationDigest } from '../domain/ids.js';
import { NATIONAL_OP } from '../domain/ids.js';
import type { DigestedLabel } from '../domain/label.js';
import type { Refusal } from '../domain/refusal.js';
import type { ActResult } from '../domain/views.js';
import type { ActParts } from './act-parts.js';
import { authorOf, purposeLabel, resultOf } from './act-parts.js';
import { encodeChecked, encodeContent } from './content-input.js';
import type { Operation } from './operations.js';
import { parentsOf } from './parents.js';
import type { Author, Published, PublishSpec } from './publish.js';
import { RefusedError, refuse } from './refusals.js';
import type { ActRequest, ActSigner } from './service.js';
import type { Consents } from './consents.js';
import type { Proposals } from './proposals.js';

type ActOf<A extends ActRequest['act']> = Extract<ActRequest, { act: A }>;

/** Human acts: each needs an authority key that a person unlocked for it. */
export class Acts {
  readonly #parts: ActParts;
  readonly #proposals: Proposals;
  readonly #consents: Consents;

  constructor(parts: ActParts, settlement: { proposals: Proposals; consents: Consents }) {
    this.#parts = parts;
    this.#proposals = settlement.proposals;
    this.#consents = settlement.consents;
  }

  async act(request: ActRequest, signer: ActSigner): Promise<Result<ActResult, Refusal>> {
    try {
      return ok(await this.#perform(request, signer, this.#authority(signer)));
    } catch (error) {
      if (error instanceof RefusedError) return err(error.refusal);
      throw error;
    }
  }

  /** The credential of the key in hand: an authority's (or the root's) of this nation, in force. */
  #authority(signer: ActSigner): Credential {
    const { config, directory, ports } = this.#parts;
    const credential = directory.byKid(signer.kid);
    const isAuthority = credential?.kind === 'authority' || credential?.kind === 'root';
    if (credential === undefined || credential.issuer !== config.nation || !isAuthority) {
      return refuse('WRONG_KEY', 'kid', {
        rule: `is an authority key of ${config.nation}`,
        detail:
          credential === undefined ? signer.kid : `${credential.subject} is a ${credential.kind}`,
        authority: config.nation,
        remedy: 'sign with an authority key; node, platform, unit and person keys never suffice',
      });
    }
    if (ports.clock.nowMs() / 1000 < credential.expires) return credential;
    return refuse('EXPIRED', 'kid', {
      rule: 'the credential is in force',
      detail: credential.subject,
      authority: config.nation,
      remedy: 'renew the authority credential',
    });
  }

  #perform(request: ActRequest, signer: ActSigner, authority: Credential): Promise<ActResult> {
    switch (request.act) {
      case 'publish-credential':
        return this.#publishCredential(request, signer, authority);
      case 'trust':
        return this.#trust(request, signer, authority);
      case 'untrust':
        return this.#untrust(request, signer, authority);
      case 'declare':
        return this.#declare(request, signer, authority);
      case 'accept':
        return this.#accept(request, signer, authority);
      case 'emit':
        return this.#emit(request, signer, authority);
      case 'consent':
        return this.#consent(request, signer, authority);
      case 'propose':
        return this.#proposals.propose(request, signer, authority);
      case 'approve':
        return this.#consents.approve(request.settlement, signer, authority);
      case 'refuse':
        return this.#consents.refuse(request, signer, authority);
    }
  }

  #publish(spec: PublishSpec): Promise<Published> {
    return this.#parts.publisher.publish(spec);
  }

  async #publishCredential(
    { credential: bytes }: ActOf<'publish-credential'>,
    signer: ActSigner,
    authority: Credential,
  ): Promise<ActResult> {
    const decoded = decodeCredential(bytes);
    if (!decoded.ok) {
      const { code, field, rule } = decoded.error;
      return refuse(code, field, {
        rule,
        detail: `${field} ${rule}`,
        remedy: 'give a credential file',
      });
    }
    const credential = decoded.value;
    const added = this.#parts.directory.add(credential);
    if (!added.ok) throw new RefusedError(added.error);
    const published = await this.#publish({
      author: authorOf(authority, signer, [
        `Publish the credential of ${credential.subject} (${credential.kind})`,
        `key ${credential.kid}`,
        `valid to ${new Date(credential.expires * 1000).toISOString()}`,
      ]),
      op: NATIONAL_OP,
      type: 'credential',
      label: OPEN_LABEL,
      content: bytes,
      contentType: 'application/x-entente-cred+cwt',
    });
    return resultOf(published);
  }

  async #trust(
    request: ActOf<'trust'>,
    signer: ActSigner,
    authority: Credential,
  ): Promise<ActResult> {
    const decoded = decodeCredential(request.root);
    if (!decoded.ok || decoded.value.kind !== 'root') {
      return refuse('BAD_ROOT_FILE', 'root', {
        rule: 'is a root credential',
        detail: decoded.ok ? `is of kind ${decoded.value.kind}` : decoded.error.rule,
        remedy: "give the file that the partner's nation init wrote",
      });
    }
    const root = decoded.value;
    const { directory } = this.#parts;
    directory.addRoot(root);
    const entry: TrustEntry = { nation: root.issuer, roots: [root.kid], ...request.entry };
    const others = directory.trustEntries.filter(({ nation }) => nation !== root.issuer);
    return this.#trustList(
      [...others, entry],
      authorOf(authority, signer, [
        `Trust the root of ${root.issuer}, key ${root.kid}`,
        `it may assert: ${request.entry.coi.join(', ') || 'no community'}`,
      ]),
    );
  }

  #untrust(
    request: ActOf<'untrust'>,
    signer: ActSigner,
    authority: Credential,
  ): Promise<ActResult> {
    const entries = this.#parts.directory.trustEntries;
    const rest = entries.filter(({ nation }) => nation !== request.nation);
    if (rest.length === entries.length) {
      return refuse('NOT_FOUND', 'nation', {
        rule: 'stands in the trust list',
        detail: request.nation,
        remedy: 'entente trust list',
      });
    }
    const statement = [`Trust ${request.nation} no more`];
    return this.#trustList(rest, authorOf(authority, signer, statement));
  }

  async #trustList(entries: readonly TrustEntry[], author: Author): Promise<ActResult> {
    const sorted = [...entries].sort((a, b) => (a.nation < b.nation ? -1 : 1));
    const published = await this.#publish({
      author,
      op: NATIONAL_OP,
      type: 'trust-list',
      label: OPEN_LABEL,
      content: encodeTrustList(sorted),
      contentType: 'application/x-entente-trust+cbor',
    });
    return resultOf(published);
  }

  async #declare(
    request: ActOf<'declare'>,
    signer: ActSigner,
    authority: Credential,
  ): Promise<ActResult> {
    const { declaration } = request;
    const document = encodeDeclaration(declaration);
    const digest = declarationDigestOf(document);
    const label = this.#label(request.label);
    const audience = this.#parts.publisher.audience(NATIONAL_OP, label);
    const missing = declaration.participants.find(({ nation }) => !audience.includes(nation));
    if (missing !== undefined) {
      return refuse('OWNER_ONLY', 'label', {
        rule: 'releases the declaration to every participant',
        detail: `${missing.nation} would not receive it under ${request.label}`,
        authority: this.#parts.config.nation,
        remedy: `name ${missing.nation} in REL TO, and hold its node credential`,
      });
    }
    const published = await this.#publish({
      author: authorOf(authority, signer, [
        `Declare the operation "${declaration.title}"`,
        ...declaration.participants.map(({ nation, role }) => `${nation}: ${role}`),
        `declaration ${digest}`,
      ]),
      op: NATIONAL_OP,
      type: 'declaration',
      label,
      content: document,
      contentType: DECLARATION_TYP,
      precedence: 'immediate',
    });
    const operation = this.#parts.operations.byDeclaration(digest);
    return {
      ...resultOf(published),
      declaration: digest,
      ...(operation === undefined ? {} : { opId: operation.opId }),
    };
  }

  async #accept(
    { declaration }: ActOf<'accept'>,
    signer: ActSigner,
    authority: Credential,
  ): Promise<ActResult> {
    const operation = this.#declared(declaration);
    const { nation } = this.#parts.config;
    const participant = operation.declaration.participants.find((p) => p.nation === nation);
    if (participant?.authorities.some(({ kid }) => kid === signer.kid) !== true) {
      return refuse('WRONG_KEY', 'kid', {
        rule: 'is an authority that the declaration names for this nation',
        detail: signer.kid,
        authority: 'operation',
        remedy: 'sign with a named authority key, or have the declaration changed',
      });
    }
    if (operation.acceptances.has(nation)) {
      return refuse('EXISTS', 'declaration', {
        rule: 'a nation accepts a declaration once',
        detail: `${nation} has accepted operation ${operation.opId}`,
        authority: nation,
        remedy: 'entente op status says who has yet to accept',
      });
    }
    const statement = [
      `Accept the operation "${operation.declaration.title}" for ${nation} as ${participant.role}`,
      `operation ${operation.opId}`,
      'its declared roots become anchors for its settlements and evidence',
    ];
    const signature = await signer.sign(genesisPreimage(operation.opId), statement);
    const published = await this.#publish({
      author: authorOf(authority, signer, statement),
      op: NATIONAL_OP,
      type: 'acceptance',
      label: this.#purpose(operation),
      content: encodeAcceptance({
        declaration,
        opId: operation.opId,
        nation,
        kid: signer.kid,
        signature,
      }),
      contentType: 'application/x-entente-acceptance+cbor',
      precedence: 'immediate',
    });
    return { ...resultOf(published), declaration, opId: operation.opId };
  }

  async #emit(
    request: ActOf<'emit'>,
    signer: ActSigner,
    authority: Credential,
  ): Promise<ActResult> {
    const { event } = request;
    const { content, contentType } = encodeContent(
      event.type,
      event.content,
      this.#parts.ports.entropy,
    );
    const { op } = this.#parts.operationFor(event.op);
    const label = this.#label(event.label);
    const named = event.parents ?? [];
    const parents = await parentsOf(this.#parts, named, { op, label, byAuthority: true });
    const published = await this.#publish({
      author: authorOf(authority, signer, [
        `Publish ${event.type} under ${event.label}`,
        ...named.map(({ id, relation }) => `${relation} ${id}`),
      ]),
      op,
      type: event.type,
      label,
      content,
      contentType,
      parents,
      ...(event.precedence === undefined ? {} : { precedence: event.precedence }),
      ...(event.notAfterMs === undefined ? {} : { notAfterMs: event.notAfterMs }),
    });
    return resultOf(published);
  }

  async #consent(
    request: ActOf<'consent'>,
    signer: ActSigner,
    authority: Credential,
  ): Promise<ActResult> {
    const { ports, config } = this.#parts;
    const source = await ports.log.event(request.event);
    if (source?.event.payload.nation !== config.nation) {
      return refuse('NOT_FOUND', 'event', {
        rule: 'is an event of this nation: the originator alone consents',
        detail: request.event,
        authority: source?.event.payload.nation ?? 'originator',
        remedy: 'ask its originator',
      });
    }
    const content: BodyContent = {
      type: 'originator-consent',
      source: request.event,
      sourceLabel: source.event.payload.label.digest,
      requester: request.requester,
      maxLabel: this.#label(request.maxLabel).bytes,
      recipients: [...request.recipients].sort(),
      purpose: request.purpose,
      notAfterMs: null,
      nonce: ports.entropy.bytes(16),
    };
    const published = await this.#publish({
      author: authorOf(authority, signer, [
        `Consent that ${request.requester} derives from ${request.event}`,
        `up to ${request.maxLabel}, for ${request.recipients.join(', ')}`,
        `purpose: ${request.purpose}`,
      ]),
      op: this.#parts.operationFor(request.op).op,
      type: 'originator-consent',
      label: this.#label(request.label),
      ...encodeChecked(content),
      precedence: 'immediate',
    });
    return resultOf(published);
  }

  #label(text: string): DigestedLabel {
    return this.#parts.labels.fromText(text, this.#parts.ports.clock.nowMs());
  }

  #purpose(operation: Operation): DigestedLabel {
    return purposeLabel(this.#parts.labels, operation);
  }

  #declared(digest: DeclarationDigest): Operation {
    const operation = this.#parts.operations.byDeclaration(digest);
    return (
      operation ??
      refuse('NOT_FOUND', 'declaration', {
        rule: 'is an operation declaration that this node holds',
        detail: digest,
        remedy: 'receive it from the nation that declared it',
      })
    );
  }
}
