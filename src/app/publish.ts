import type { Verified } from '../core/identity/index.js';
import { conclude, decodeStep, examine } from '../core/admission/index.js';
import type { AdmissionView } from '../core/admission/index.js';
import { policySetDigest, releaseSet } from '../core/policy/index.js';
import type { AdmittedEvent } from '../domain/admitted.js';
import { assembleEvent, encodePayload, eventTbs } from '../domain/codec/event.js';
import { encodeGrantRecord } from '../domain/codec/grant-record.js';
import { OPEN_LABEL } from '../domain/codec/label.js';
import {
  eventBind,
  grantBind,
  grantBodyKey,
  prekeyId,
  releaseSetDigest,
} from '../domain/codec/release-keys.js';
import type { Credential } from '../domain/credential.js';
import type { Body, Event, EventPayload, KeyGrant, Parent, Precedence } from '../domain/event.js';
import type { EventType } from '../domain/event-types.js';
import type { ConfigDigest, Digest, EventId, Nation, Op, ReleaseKeyId } from '../domain/ids.js';
import { NATIONAL_OP, ZERO_32 } from '../domain/ids.js';
import type { DigestedLabel } from '../domain/label.js';
import { LIMITS } from '../domain/limits.js';
import type { Draft } from '../ports/event-log.js';
import type { Signer } from '../ports/signer.js';
import type { Directory } from './directory.js';
import type { HeldKey, Keyring } from './keyring.js';
import type { LabelBook } from './label-book.js';
import { KeyedMutex } from './mutex.js';
import type { NationalLog } from './national-log.js';
import type { Operations } from './operations.js';
import type { AppConfig, AppPorts } from './parts.js';
import { RefusedError, refuse } from './refusals.js';

/** Who signs: a key with its credential. The key may be in a person's hand. */
export interface Author {
  readonly credential: Credential;
  readonly signer: Pick<Signer, 'kid' | 'sign'>;
}

export interface PublishSpec {
  readonly author: Author;
  readonly op: Op;
  readonly type: EventType;
  readonly label: DigestedLabel;
  readonly content: Uint8Array;
  readonly contentType: string;
  readonly parents?: readonly Parent[];
  readonly precedence?: Precedence;
  readonly notAfterMs?: number;
}

/** What was published, for its distribution. */
export interface Published {
  readonly admitted: Verified<AdmittedEvent>;
  readonly box?: Uint8Array;
  readonly label: DigestedLabel;
  /** The key that seals it, or that it grants; absent for an inline event. */
  readonly held?: HeldKey;
}

type Sealing = { readonly body: Body; readonly box?: Uint8Array; readonly grant?: KeyGrant };

interface Parts {
  readonly config: AppConfig;
  readonly ports: AppPorts;
  readonly directory: Directory;
  readonly operations: Operations;
  readonly keyring: Keyring;
  readonly labels: LabelBook;
  readonly log: NationalLog;
  readonly view: AdmissionView;
  published(event: Published): Promise<void>;
}

/**
 * From content to the own log: decide the release set, seal (granting the key first when the set
 * has none), store the payload, sign it, pass the own door, append, distribute.
 */
export class Publisher {
  readonly #parts: Parts;
  readonly #streams = new KeyedMutex();
  readonly #sets = new KeyedMutex();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Nations that a label releases to within an operation, or among the trusted ones. */
  audience(op: Op, label: DigestedLabel): readonly Nation[] {
    const { config, directory, ports } = this.#parts;
    const parties = this.#parties(op).map((nation) => directory.newestNode(nation));
    return releaseSet(label.label, config.nation, parties, {
      ...config.policy,
      nowMs: ports.clock.nowMs(),
    });
  }

  async publish(spec: PublishSpec): Promise<Published> {
    if (spec.content.length > LIMITS.plaintextBytesMax) {
      refuse('TOO_LARGE', 'content', {
        rule: `is at most ${String(LIMITS.plaintextBytesMax)} bytes`,
        detail: `${String(spec.content.length)} bytes`,
        remedy: 'split the content over several events',
      });
    }
    if (spec.label.digest === OPEN_LABEL.digest) {
      const { content: bytes, contentType } = spec;
      return this.#append(spec, 'open', undefined, () =>
        Promise.resolve({ body: { form: 'inline', bytes, contentType } }),
      );
    }
    const held = await this.#keyFor(spec.op, spec.label);
    const sealing = await this.#append(spec, held.releaseSet, held, (place) => {
      const { content, contentType, label, op } = spec;
      const bind = eventBind({ op, author: place.author, seq: place.seq, label: label.digest });
      const key = this.#parts.keyring.contentKey(held, place.author, place.seq);
      const { box, boxHash, commitment, bucket } = this.#parts.ports.sealer.seal(
        key,
        bind,
        content,
      );
      const body: Body = {
        form: 'sealed',
        commitment,
        boxHash,
        contentType,
        bucket,
        releaseKey: held.id,
      };
      return Promise.resolve({ body, box });
    });
    this.#parts.keyring.countSealed(held.id);
    return sealing;
  }

  /**
   * Finishes what a crash interrupted: the stored payload is signed as it stands, so that no position
   * is lost and none is used twice. A person's act is left to the person, who has to act again.
   */
  async recover(): Promise<void> {
    const { config, ports } = this.#parts;
    for await (const draft of ports.log.drafts()) {
      const author = [config.node, config.release].find(
        ({ credential }) => credential.subject === draft.subject,
      );
      const head = await ports.log.streamHead(draft.subject);
      if (author === undefined || (head?.seq ?? -1) + 1 !== draft.seq) continue;
      try {
        await this.#finish(draft, author);
      } catch (error) {
        // Nobody has seen it: what may not be said any more leaves its position to the next event.
        if (!(error instanceof RefusedError)) throw error;
        const { code, detail } = error.refusal;
        ports.logger.warn('an interrupted event is dropped', { code, detail });
      }
    }
  }

  async #finish(draft: Draft, author: Author): Promise<void> {
    const { keyring, labels, log, ports } = this.#parts;
    const { kid } = author.signer;
    const signature = await author.signer.sign(eventTbs(kid, draft.payload));
    const event = decodeStep(assembleEvent(kid, draft.payload, signature));
    const label = event.ok ? await labels.get(event.value.payload.label.digest) : undefined;
    if (!event.ok || label === undefined) return;
    const { body, grant } = event.value.payload;
    const sealed = body.form === 'sealed';
    const keyId = sealed
      ? (body.releaseKey ?? (grant?.target as ReleaseKeyId | undefined))
      : undefined;
    const held = keyId && keyring.get(keyId);
    // A grant whose key was never stored would give others what this node itself cannot open.
    if (sealed && (held === undefined || draft.box === undefined)) return;
    const admitted = await this.#admit(event.value);
    await log.append({
      admitted,
      classKey: held?.releaseSet ?? 'open',
      label,
      ...(sealed && draft.box !== undefined ? { box: { hash: body.boxHash, box: draft.box } } : {}),
    });
    ports.logger.info('an interrupted event was finished', { event: event.value.id });
    await this.#parts.published({
      admitted,
      label,
      ...(draft.box === undefined ? {} : { box: draft.box }),
      ...(held === undefined ? {} : { held }),
    });
  }

  #parties(op: Op): readonly Nation[] {
    const { directory, operations } = this.#parts;
    if (op === NATIONAL_OP) return directory.trustedNations();
    const operation = operations.get(op);
    if (operation === undefined) return [];
    return operations.current(operation).configuration.participants.map(({ nation }) => nation);
  }

  /** The release key of a label's audience; a set without one gets one, and its grant, first. */
  #keyFor(op: Op, label: DigestedLabel): Promise<HeldKey> {
    const nations = this.audience(op, label);
    return this.#sets.run(`${op}/${releaseSetDigest(nations)}`, async () => {
      const current = this.#parts.keyring.current(op, nations);
      if (current !== undefined) return current;
      const held = this.#parts.keyring.generate(op, nations, label.digest);
      if (nations.length > 1) await this.#grant(held, label);
      // The key counts once its grant is in the log: each disclosure is recorded before it matters.
      await this.#parts.keyring.store(held);
      return held;
    });
  }

  async #grant(held: HeldKey, label: DigestedLabel): Promise<void> {
    const { config, directory, ports } = this.#parts;
    const target = held.id as unknown as Digest;
    const recipients = held.nations
      .filter((nation) => nation !== config.nation)
      .map((nation) => directory.newestNode(nation))
      .filter((credential): credential is Credential => credential?.hpkeKey !== undefined);
    const spec: PublishSpec = {
      author: config.release,
      op: held.op,
      type: 'key-grant',
      label,
      content: new Uint8Array(0),
      contentType: 'application/x-entente-grant+cbor',
      precedence: 'immediate',
    };
    await this.#append(spec, held.releaseSet, held, async ({ seq, author }) => {
      const bind = grantBind({ op: held.op, author, seq, label: label.digest }, 0, target);
      const keys = recipients.map((c) => c.hpkeKey).filter((key) => key !== undefined);
      const { wraps, indexes } = await ports.sealer.wrap(held.key, keys, bind);
      const record = encodeGrantRecord({
        scope: 0,
        recipients: recipients.map((credential, i) => ({
          wrapIndex: indexes[i] ?? 0,
          nation: credential.issuer,
          node: credential.kid,
          prekey: prekeyId(keys[i]?.kem ?? 0, keys[i]?.publicKey ?? new Uint8Array(0)),
          fallback: true,
        })),
        releaseSet: held.nations,
        purpose: 'standing release by label',
        authorityEvent: null,
        label: label.digest,
        keyEpoch: held.keyEpoch,
        policySet: policySetDigest(config.policy),
        cause: 'standing',
      });
      const bodyKey = grantBodyKey(held.key, target, author, seq);
      const { box, boxHash, commitment, bucket } = ports.sealer.seal(bodyKey, bind, record);
      const { keyEpoch, notBeforeMs, notAfterMs } = held;
      return {
        body: { form: 'sealed', commitment, boxHash, contentType: spec.contentType, bucket },
        box,
        grant: {
          scope: 'release-key',
          target,
          wraps,
          validity: { keyEpoch, notBeforeMs, notAfterMs },
          kem: keys[0]?.kem ?? 0x0020,
        },
      };
    });
  }

  async #append(
    spec: PublishSpec,
    classKey: HeldKey['releaseSet'] | 'open',
    held: HeldKey | undefined,
    seal: (place: { seq: number; author: EventPayload['author'] }) => Promise<Sealing>,
  ): Promise<Published> {
    const { log, ports } = this.#parts;
    const { subject } = spec.author.credential;
    const published = await this.#streams.run(subject, async () => {
      const head = await ports.log.streamHead(subject);
      const seq = head === undefined ? 0 : head.seq + 1;
      const author = spec.author.signer.kid;
      const sealing = await seal({ seq, author });
      const payload = this.#payload(spec, { seq, prev: head?.id ?? null }, sealing);
      const event = await this.#sign(spec, payload, sealing.box);
      const admitted = await this.#admit(event);
      const { body } = sealing;
      await log.append({
        admitted,
        classKey,
        label: spec.label,
        ...(sealing.box !== undefined && body.form === 'sealed'
          ? { box: { hash: body.boxHash, box: sealing.box } }
          : {}),
      });
      return {
        admitted,
        label: spec.label,
        ...(sealing.box === undefined ? {} : { box: sealing.box }),
        ...(held === undefined ? {} : { held }),
      };
    });
    await this.#parts.published(published);
    return published;
  }

  #payload(
    spec: PublishSpec,
    place: { readonly seq: number; readonly prev: EventId | null },
    sealing: Sealing,
  ): EventPayload {
    const { config, operations, ports } = this.#parts;
    const operation = operations.get(spec.op);
    const current = operation && operations.current(operation);
    const participant = operation && operations.participant(operation, config.nation);
    if (spec.op !== NATIONAL_OP && participant === undefined) {
      refuse('UNKNOWN_OP', 'op', {
        rule: 'is an operation that this nation takes part in',
        detail: spec.op,
        remedy: 'entente op join',
      });
    }
    return {
      op: spec.op,
      nation: config.nation,
      author: spec.author.signer.kid,
      ...place,
      time: { ms: ports.clock.nowMs(), uncertaintyMs: 50, source: 'unknown' },
      type: spec.type,
      role: participant?.role ?? 'observing',
      label: { digest: spec.label.digest },
      body: sealing.body,
      parents: spec.parents ?? [],
      credential: spec.author.credential.digest,
      epoch: {
        number: current?.number ?? 0,
        config: current?.digest ?? (ZERO_32 as string as ConfigDigest),
      },
      precedence: spec.precedence ?? 'routine',
      ...(spec.notAfterMs === undefined ? {} : { notAfterMs: spec.notAfterMs }),
      ...(sealing.grant === undefined ? {} : { grant: sealing.grant }),
    };
  }

  async #sign(spec: PublishSpec, payload: EventPayload, box?: Uint8Array): Promise<Event> {
    const bytes = encodePayload(payload);
    const { author, label } = spec;
    // Refused before anybody signs: a signed act outside a role is evidence against its author.
    const unsigned = decodeStep(assembleEvent(author.signer.kid, bytes, new Uint8Array(64)));
    if (!unsigned.ok) throw new RefusedError(unsigned.error);
    const candidate = examine(unsigned.value, this.#parts.view);
    if (!candidate.ok) throw new RefusedError(candidate.error);
    const draft = { subject: author.credential.subject, seq: payload.seq, payload: bytes };
    await this.#parts.ports.log.append({
      drafts: [box === undefined ? draft : { ...draft, box }],
      labels: [label],
    });
    const signature = await author.signer.sign(eventTbs(author.signer.kid, bytes));
    const event = decodeStep(assembleEvent(author.signer.kid, bytes, signature));
    if (!event.ok) throw new RefusedError(event.error);
    return event.value;
  }

  async #admit(event: Event): Promise<Verified<AdmittedEvent>> {
    const { ports, view } = this.#parts;
    const candidate = examine(event, view);
    if (!candidate.ok) throw new RefusedError(candidate.error);
    const { credential } = candidate.value;
    const good = await ports.verifier.verifyAsync(credential.publicKey, event.tbs, event.signature);
    const { prev } = event.payload;
    const conclusion = conclude(candidate.value, good, {
      atSeq: undefined,
      before: prev ?? undefined,
      parents: new Map(),
      nowMs: ports.clock.nowMs(),
    });
    if (conclusion.kind === 'admitted') return conclusion.admitted;
    if (conclusion.kind === 'refused') throw new RefusedError(conclusion.refusal);
    return refuse('EXISTS', 'event', {
      rule: 'is new',
      detail: event.id,
      remedy: 'nothing to do: the event is held',
    });
  }
}
