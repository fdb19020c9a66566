import { toHex } from '../../base/bytes.js';
import type { AdmittedEvent } from '../../domain/admitted.js';
import type { BodyContent, BodyOf } from '../../domain/body.js';
import { openingsOf, ownSaltOf } from '../../domain/codec/bodies.js';
import { coreIdOf } from '../../domain/codec/entry.js';
import { decisionSlot, decodeExtension } from '../../domain/codec/entry-extension.js';
import { blindOf } from '../../domain/codec/release-keys.js';
import type { EventType } from '../../domain/event-types.js';
import { opOf } from '../../domain/ids.js';
import type { Refusal } from '../../domain/refusal.js';
import type { SettlementCore, SettlementKind } from '../../domain/settlement.js';
import { settlementRefusal } from './refusals.js';

/** An input that this approver holds, with the salt that its blind was opened by. */
export interface OpenedInput {
  readonly admitted: AdmittedEvent;
  readonly salt: Uint8Array;
  /** Absent when only the event, not its body, is readable here. */
  readonly content?: BodyContent;
}

/** The outcome event with its body, opened. */
export interface OpenedOutcome {
  readonly admitted: AdmittedEvent;
  readonly content: BodyContent;
}

export interface OpenedConsent {
  readonly admitted: AdmittedEvent;
  readonly content: BodyOf<'originator-consent'>;
}

/** What an approver looks at before a person signs. */
export interface ContentCheck {
  readonly core: SettlementCore;
  /** By the order of the core's inputs; null for an input that is withheld from this approver. */
  readonly inputs: readonly (OpenedInput | null)[];
  readonly outcome: OpenedOutcome | null;
  readonly consents: readonly OpenedConsent[];
  /** Does the outcome's label dominate its inputs', or do consents let it go further? */
  readonly labelWithin: LabelWithin;
}

export type LabelWithin = (
  inputs: readonly OpenedInput[],
  outcome: OpenedOutcome,
  consents: readonly OpenedConsent[],
) => Refusal | undefined;

export type ContentCode =
  | 'BLIND'
  | 'ORIGINATOR'
  | 'OUTCOME_MISSING'
  | 'OUTCOME_BLIND'
  | 'OUTCOME_TYPE'
  | 'OUTCOME_OPERATION'
  | 'PARENTS'
  | 'OPENINGS'
  | 'CONTRIBUTION'
  | 'REASON'
  | 'SLOT'
  | 'SLOT_SALT';

const OUTCOME_TYPES: Partial<Record<SettlementKind, EventType>> = {
  decision: 'decision-record',
  tasking: 'tasking',
  release: 'release-grant',
  handoff: 'handoff-acceptance',
};

type Found = Refusal<ContentCode> | undefined;

function refuse(check: ContentCheck, code: ContentCode, field: string, rule: string): Found {
  const authority = check.core.outcome?.originator ?? 'the operation';
  const detail = `${check.core.kind} ${coreIdOf(check.core)}`;
  return settlementRefusal(code, { field, rule, authority, detail });
}

function checkInput(check: ContentCheck, i: number): readonly Found[] {
  const [input, opened] = [check.core.inputs[i], check.inputs[i]];
  if (input === undefined || opened === undefined || opened === null) return [];
  const field = `core.inputs.${String(i)}`;
  const { event } = opened.admitted;
  const own = opened.content && ownSaltOf(opened.content);
  return [
    blindOf(opened.salt, event.id) === input.blind
      ? undefined
      : refuse(check, 'BLIND', field, 'is the salted commitment to the event that was opened'),
    event.payload.nation === input.originator
      ? undefined
      : refuse(check, 'ORIGINATOR', field, 'names the nation of the event'),
    input.mode === 'cites' || (own !== undefined && toHex(own) === toHex(opened.salt))
      ? undefined
      : refuse(check, 'SLOT_SALT', field, 'a right is consumed under the salt of its own body'),
  ];
}

function parentsMatch({ core, outcome }: ContentCheck): boolean {
  const parents = outcome?.admitted.event.payload.parents ?? [];
  return (
    parents.length === core.inputs.length &&
    core.inputs.every(({ blind, originator }, i) => {
      const parent = parents[i];
      return parent?.form === 'blinded' && parent.blind === blind && parent.nation === originator;
    })
  );
}

function checkOutcome(check: ContentCheck): readonly Found[] {
  const { core, outcome } = check;
  if (core.outcome === null) return [];
  if (outcome === null) {
    return [refuse(check, 'OUTCOME_MISSING', 'core.outcome', 'is held and opened')];
  }
  const { id, payload } = outcome.admitted.event;
  const salt = ownSaltOf(outcome.content);
  const blinds = core.inputs.map(({ blind }) => blind);
  const fits = salt !== undefined && blindOf(salt, id) === core.outcome.blind;
  return [
    fits && payload.nation === core.outcome.originator
      ? undefined
      : refuse(check, 'OUTCOME_BLIND', 'core.outcome', 'commits to the outcome event'),
    payload.type === OUTCOME_TYPES[core.kind]
      ? undefined
      : refuse(check, 'OUTCOME_TYPE', 'outcome.type', 'is the type of this kind of settlement'),
    payload.op === opOf(core.opId)
      ? undefined
      : refuse(check, 'OUTCOME_OPERATION', 'outcome.op', 'is this operation'),
    parentsMatch(check)
      ? undefined
      : refuse(check, 'PARENTS', 'outcome.parents', "are the core's inputs in order"),
    openingsOf(outcome.content).every(
      ({ blind, event, salt: s }) => blinds.includes(blind) && blindOf(s, event) === blind,
    )
      ? undefined
      : refuse(check, 'OPENINGS', 'outcome.openings', 'open inputs of this core'),
    ...(outcome.content.type === 'decision-record' ? checkDecision(check, outcome.content) : []),
  ];
}

function checkDecision(check: ContentCheck, content: BodyOf<'decision-record'>): readonly Found[] {
  const extension = decodeExtension('decision', check.core.extension);
  const slot = decisionSlot(content.pathway, content.run, content.step);
  return [
    extension.ok && extension.value.slot === slot
      ? undefined
      : refuse(check, 'SLOT', 'core.extension.slot', 'is that of the pathway, run and step'),
    content.reason.trim() === ''
      ? refuse(check, 'REASON', 'outcome.reason', 'a decision gives its reason')
      : undefined,
  ];
}

/** Only who can open every input can say that none of them is a contribution. */
function citesContribution(check: ContentCheck): Found {
  const { core, inputs } = check;
  if (core.kind !== 'decision') return undefined;
  const withheld = core.inputs.some((_, i) => (inputs[i] ?? null) === null);
  const found = inputs.some((one) => one?.admitted.event.payload.type === 'contribution');
  return withheld || found
    ? undefined
    : refuse(check, 'CONTRIBUTION', 'core.inputs', 'a decision cites at least one contribution');
}

/**
 * What replicas cannot check because the references are blinded, checked by an approver on what it
 * can open. An empty list lets a person be asked to sign; it never signs.
 */
export function checkContent(check: ContentCheck): readonly Refusal[] {
  const { inputs, outcome, consents, labelWithin } = check;
  const opened = inputs.filter((input) => input !== null);
  const found: readonly (Refusal | undefined)[] = [
    ...check.core.inputs.flatMap((_, i) => checkInput(check, i)),
    ...checkOutcome(check),
    citesContribution(check),
    outcome === null ? undefined : labelWithin(opened, outcome, consents),
  ];
  return found.filter((refusal) => refusal !== undefined);
}

/** Bitmap of the inputs that were opened: what the approval states and signs. */
export function openedBitmap(inputs: readonly (OpenedInput | null)[]): number {
  return inputs.reduce((bits, input, i) => (input === null ? bits : bits + 2 ** i), 0);
}
