import type { AdmissionRefusal, AdmissionView } from '../core/admission/index.js';
import { admissionRefusal, conclude, decodeStep, examine } from '../core/admission/index.js';
import type { StreamFacts } from '../core/admission/index.js';
import type { Verified } from '../core/identity/index.js';
import { decide } from '../core/policy/index.js';
import { hashHex } from '../domain/codec/hash.js';
import { OPEN_LABEL } from '../domain/codec/label.js';
import type { AdmittedEvent } from '../domain/admitted.js';
import type { Event } from '../domain/event.js';
import type { EventId, LabelDigest } from '../domain/ids.js';
import type { DigestedLabel } from '../domain/label.js';
import type { Refusal } from '../domain/refusal.js';
import type { Directory } from './directory.js';
import type { Keyring } from './keyring.js';
import type { LabelBook } from './label-book.js';
import { KeyedMutex } from './mutex.js';
import type { AppConfig, AppPorts } from './parts.js';

/** A record as a carrier brings it. */
export interface Incoming {
  readonly record: Uint8Array;
  readonly box?: Uint8Array;
}

export type InboundOutcome =
  | { readonly kind: 'stored' | 'known'; readonly id: EventId }
  /** It may become admissible when something else arrives. */
  | {
      readonly kind: 'held';
      readonly id: EventId;
      readonly label: LabelDigest;
      readonly refusal: Refusal;
    }
  | { readonly kind: 'refused'; readonly reject: boolean; readonly refusal: Refusal };

interface Parts {
  readonly config: AppConfig;
  readonly ports: AppPorts;
  readonly directory: Directory;
  readonly keyring: Keyring;
  readonly labels: LabelBook;
  readonly view: AdmissionView;
  admitted(admitted: Verified<AdmittedEvent>, box: Uint8Array | undefined): Promise<void>;
  equivocation(held: EventId, other: Event): void;
}

/**
 * The single door: gossip, links and bundles all enter here. Nothing is written, forwarded or held
 * against anybody before the signature was checked.
 */
export class Inbound {
  readonly #parts: Parts;
  readonly #streams = new KeyedMutex();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes a record in, or says by name why not. */
  async receive(incoming: Incoming): Promise<InboundOutcome> {
    const outcome = await this.#judge(incoming);
    if (outcome.kind === 'refused') {
      const { code, field, detail } = outcome.refusal;
      this.#parts.ports.logger.warn('event refused', { code, field, detail });
    }
    return outcome;
  }

  async #judge(incoming: Incoming): Promise<InboundOutcome> {
    const decoded = decodeStep(incoming.record);
    if (!decoded.ok) return refused(decoded.error);
    const event = decoded.value;
    if (await this.#parts.ports.log.has(event.id)) return { kind: 'known', id: event.id };
    this.#offerCredential(event);
    const candidate = examine(event, this.#parts.view);
    if (!candidate.ok) return answer(event, candidate.error);
    const { credential } = candidate.value;
    const { verifier } = this.#parts.ports;
    const good = await verifier.verifyAsync(credential.publicKey, event.tbs, event.signature);
    return this.#streams.run(credential.subject, async () => {
      const facts = await this.#facts(event, credential.subject);
      const conclusion = conclude(candidate.value, good, facts);
      switch (conclusion.kind) {
        case 'known':
          return { kind: 'known', id: conclusion.id };
        case 'refused':
          return answer(event, conclusion.refusal);
        case 'equivocation':
          this.#parts.equivocation(conclusion.held, event);
          return refused(equivocationRefusal(event, conclusion.held));
        case 'admitted':
          return this.#take(conclusion.admitted, incoming.box);
      }
    });
  }

  /** A credential event may carry the very credential that signed it: the chain decides. */
  #offerCredential({ payload }: Event): void {
    if (payload.type === 'credential' && payload.body.form === 'inline') {
      this.#parts.directory.addBytes(payload.body.bytes);
    }
  }

  async #facts(event: Event, subject: string): Promise<StreamFacts> {
    const { log, clock } = this.#parts.ports;
    const { seq, parents } = event.payload;
    const atSeq = await log.streamAt(subject, seq);
    const before = seq === 0 ? undefined : await log.streamAt(subject, seq - 1);
    const beforeEvent = before === undefined ? undefined : await log.event(before);
    const held = new Map<EventId, Event>();
    for (const parent of parents) {
      if (parent.form !== 'clear') continue;
      const stored = await log.event(parent.id);
      if (stored !== undefined) held.set(parent.id, stored.event);
    }
    const atSeqEvent = atSeq === undefined ? undefined : await log.event(atSeq);
    return {
      atSeq,
      before,
      parents: held,
      nowMs: clock.nowMs(),
      ...(atSeqEvent === undefined ? {} : { atSeqAuthor: atSeqEvent.event.payload.author }),
      ...(beforeEvent === undefined ? {} : { beforeTime: beforeEvent.event.payload.time }),
    };
  }

  /** Steps 16 and 17, then the batch: box, label, the decision whether this node may hold it. */
  async #take(
    admitted: Verified<AdmittedEvent>,
    box: Uint8Array | undefined,
  ): Promise<InboundOutcome> {
    const { event } = admitted.value;
    const { ports } = this.#parts;
    const sealRefusal = this.#checkBox(event, box);
    if (sealRefusal !== undefined) return refused(sealRefusal);
    const label = await this.#parts.labels.get(event.payload.label.digest);
    if (label === undefined) return answer(event, unknownLabel(event));
    const denied = this.#deny(event, label);
    if (denied !== undefined) return { kind: 'refused', reject: false, refusal: denied };
    const { body } = event.payload;
    await ports.log.append({
      events: [{ admitted, receivedMs: ports.clock.nowMs() }],
      labels: [{ digest: label.digest, bytes: label.bytes }],
      ...(box !== undefined && body.form === 'sealed'
        ? { boxes: [{ hash: body.boxHash, box }] }
        : {}),
    });
    await this.#parts.admitted(admitted, box);
    return { kind: 'stored', id: event.id };
  }

  #checkBox(event: Event, box: Uint8Array | undefined): AdmissionRefusal | undefined {
    const { body } = event.payload;
    if (body.form === 'inline') return undefined;
    if (box === undefined) {
      // Taken without its box it would count as known, and the box would never be asked for.
      return admissionRefusal('BAD_SEAL', 'ignore', {
        field: 'box',
        rule: 'comes with the sealed event',
        authority: event.payload.nation,
        detail: event.id,
        remedy: 'send the event with its box',
      });
    }
    const opened = hashHex(box) === body.boxHash ? this.#parts.keyring.open(event, box) : undefined;
    if (hashHex(box) === body.boxHash && opened?.ok !== false) return undefined;
    return admissionRefusal('BAD_SEAL', 'reject', {
      field: 'box',
      rule: 'is the box that the event names, and opens to what it commits to',
      authority: event.payload.nation,
      detail: event.id,
    });
  }

  /** Whether this node may hold the item: the receiver decides for itself, on its own credential. */
  #deny(event: Event, label: DigestedLabel): Refusal | undefined {
    const { config, ports } = this.#parts;
    const inline = event.payload.body.form === 'inline';
    if (inline !== (label.digest === OPEN_LABEL.digest)) {
      return admissionRefusal('LABEL_INVALID', 'reject', {
        field: 'label',
        rule: 'is the open label exactly when the body is inline',
        authority: event.payload.nation,
        detail: event.id,
      });
    }
    const decision = decide({
      act: 'receive',
      label: label.label,
      party: config.node.credential,
      originator: event.payload.nation,
      ...config.policy,
      grantedTo: [],
      item: event.id,
      nowMs: ports.clock.nowMs(),
    });
    return decision.outcome === 'deny' ? decision.reasons[0] : undefined;
  }
}

function refused(refusal: AdmissionRefusal): InboundOutcome {
  return { kind: 'refused', reject: refusal.verdict === 'reject', refusal };
}

function answer(event: Event, refusal: AdmissionRefusal): InboundOutcome {
  if (refusal.verdict !== 'hold') return refused(refusal);
  return { kind: 'held', id: event.id, label: event.payload.label.digest, refusal };
}

function unknownLabel(event: Event): AdmissionRefusal {
  return admissionRefusal('LABEL_INVALID', 'hold', {
    field: 'label',
    rule: 'is held, or offered with the event',
    authority: event.payload.nation,
    detail: event.payload.label.digest,
    remedy: 'receive the label from the peer that offered the event',
  });
}

function equivocationRefusal(event: Event, held: EventId): AdmissionRefusal {
  return admissionRefusal('EQUIVOCATION', 'reject', {
    field: 'seq',
    rule: 'one author signs one event for one position',
    authority: event.payload.nation,
    detail: `held ${held}, offered ${event.id}`,
  });
}
