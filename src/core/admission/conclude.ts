import type { AdmittedEvent } from '../../domain/admitted.js';
import type { Event, SignedTime } from '../../domain/event.js';
import type { EventId, Kid } from '../../domain/ids.js';
import { LIMITS } from '../../domain/limits.js';
import { Verified } from '../identity/verified.js';
import type { Candidate } from './examine.js';
import type { AdmissionRefusal } from './refusals.js';
import { admissionRefusal } from './refusals.js';

/** What this node holds around the candidate: its stream, its parents, and the time. */
export interface StreamFacts {
  /** The event held at the candidate's own position of its subject's stream. */
  readonly atSeq: EventId | undefined;
  /** Its author key, where it is not the candidate's: after a key change two keys may claim one position. */
  readonly atSeqAuthor?: Kid;
  /** The event held one position before it. */
  readonly before: EventId | undefined;
  /** The clock reading that event states. */
  readonly beforeTime?: SignedTime;
  /** Parents named in the clear that are held. */
  readonly parents: ReadonlyMap<EventId, Event>;
  readonly nowMs: number;
}

export type Conclusion =
  | {
      readonly kind: 'admitted';
      readonly admitted: Verified<AdmittedEvent>;
      /** The previous event of the stream is not held: the link stays open. */
      readonly openPrev: boolean;
      readonly missingParents: readonly EventId[];
      /** The stated time is before the previous event's by more than both uncertainties: a soft mark. */
      readonly timeBackwards: boolean;
    }
  | { readonly kind: 'known'; readonly id: EventId }
  /** Two signed events of one author for one position. Both are kept as evidence. */
  | { readonly kind: 'equivocation'; readonly held: EventId; readonly other: Candidate }
  | { readonly kind: 'refused'; readonly refusal: AdmissionRefusal };

function refused(refusal: AdmissionRefusal): Conclusion {
  return { kind: 'refused', refusal };
}

function signatureRefusal({ event, credential }: Candidate): AdmissionRefusal {
  return admissionRefusal('BAD_SIGNATURE', 'reject', {
    field: 'signature',
    rule: "is made by the author's key over these bytes",
    authority: credential.issuer,
    detail: `${event.id} by ${credential.subject}`,
  });
}

function prevRefusal(event: Event, facts: StreamFacts): AdmissionRefusal | undefined {
  const { prev, nation } = event.payload;
  if (facts.before === undefined || facts.before === prev) return undefined;
  // Whoever does not hold the previous event cannot see this: nothing is held against the sender.
  return admissionRefusal('PREV', 'ignore', {
    field: 'prev',
    rule: 'is the id of the previous event of the stream',
    authority: nation,
    detail: `held ${facts.before}, named ${String(prev)}`,
  });
}

function futureRefusal(event: Event, nowMs: number): AdmissionRefusal | undefined {
  const { ms, uncertaintyMs } = event.payload.time;
  if (ms - uncertaintyMs <= nowMs + LIMITS.futureMsMax) return undefined;
  return admissionRefusal('FUTURE', 'hold', {
    field: 'time',
    rule: 'is not more than five minutes ahead',
    authority: event.payload.nation,
    detail: `${String(ms)} at ${String(nowMs)}`,
    remedy: 'wait, or set the clocks right',
  });
}

function parentsRefusal(event: Event, facts: StreamFacts): AdmissionRefusal | undefined {
  for (const parent of event.payload.parents) {
    if (parent.form === 'blinded') continue;
    const held = facts.parents.get(parent.id)?.payload;
    if (held === undefined) continue;
    const same =
      held.nation === parent.nation &&
      held.role === parent.role &&
      held.label.digest === parent.label;
    if (!same) {
      return admissionRefusal('PARENTS', 'ignore', {
        field: 'parents',
        rule: 'say of a parent what the parent says of itself',
        authority: event.payload.nation,
        detail: parent.id,
      });
    }
  }
  return undefined;
}

/** Another key of the subject holds the position: the streams differ, but no key signed twice. */
function takenRefusal({ event, credential }: Candidate, facts: StreamFacts): AdmissionRefusal {
  return admissionRefusal('PREV', 'ignore', {
    field: 'seq',
    rule: 'is free in the stream of the subject',
    authority: credential.issuer,
    detail: `${credential.subject} ${String(event.payload.seq)} is ${String(facts.atSeq)}`,
  });
}

function runsBackwards({ ms, uncertaintyMs }: SignedTime, before: SignedTime | undefined): boolean {
  return before !== undefined && ms + uncertaintyMs < before.ms - before.uncertaintyMs;
}

/**
 * Steps 11 to 15, after the signature was checked. The only place that mints a verified event.
 */
export function conclude(
  candidate: Candidate,
  signatureOk: boolean,
  facts: StreamFacts,
): Conclusion {
  const { event, credential } = candidate;
  if (!signatureOk) return refused(signatureRefusal(candidate));
  if (facts.atSeq === event.id) return { kind: 'known', id: event.id };
  if (facts.atSeq !== undefined) {
    const author = facts.atSeqAuthor ?? event.payload.author;
    if (author !== event.payload.author) return refused(takenRefusal(candidate, facts));
    return { kind: 'equivocation', held: facts.atSeq, other: candidate };
  }
  const refusal =
    prevRefusal(event, facts) ?? futureRefusal(event, facts.nowMs) ?? parentsRefusal(event, facts);
  if (refusal !== undefined) return refused(refusal);
  const named = event.payload.parents.flatMap((p) => (p.form === 'clear' ? [p.id] : []));
  return {
    kind: 'admitted',
    admitted: new Verified({ event, credential }),
    openPrev: event.payload.prev !== null && facts.before === undefined,
    missingParents: named.filter((id) => !facts.parents.has(id)),
    timeBackwards: runsBackwards(event.payload.time, facts.beforeTime),
  };
}
