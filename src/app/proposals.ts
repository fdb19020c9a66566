import { fromHex } from '../base/bytes.js';
import { authoritiesFor, roleOf } from '../core/settlement/index.js';
import { coreIdOf, encodeCore } from '../domain/codec/entry.js';
import type { Extension } from '../domain/codec/entry-extension.js';
import { decisionSlot, encodeExtension } from '../domain/codec/entry-extension.js';
import { blindOf } from '../domain/codec/release-keys.js';
import type { BodyContent, Opening } from '../domain/body.js';
import type { Credential } from '../domain/credential.js';
import type { Parent } from '../domain/event.js';
import type { EventId, Nation, Op } from '../domain/ids.js';
import type { DigestedLabel } from '../domain/label.js';
import type { EntryInput, SettlementCore } from '../domain/settlement.js';
import type { ActResult } from '../domain/views.js';
import type { StoredEvent } from '../ports/event-log.js';
import type { SettlementActParts } from './act-parts.js';
import { authorOf, runningSettlement } from './act-parts.js';
import { encodeChecked } from './content-input.js';
import { RefusedError, refuse } from './refusals.js';
import type { ActSigner, ProposeRequest } from './service.js';
import type { OperationSettlement } from './settlement.js';

/** An input as the proposer holds it. */
interface Cited {
  readonly stored: StoredEvent;
  readonly content: BodyContent | undefined;
  readonly input: EntryInput;
  readonly opening: Opening;
}

/** Heights until an entry lapses when nothing is said. */
const EXPIRES_IN_HEIGHTS = 1000;

/** Proposals of settlements: the outcome event, its openings, and the core that all members see. */
export class Proposals {
  readonly #parts: SettlementActParts;

  constructor(parts: SettlementActParts) {
    this.#parts = parts;
  }

  /** Writes the outcome event with its openings, then shows the core to every member. */
  async propose(
    request: ProposeRequest,
    signer: ActSigner,
    authority: Credential,
  ): Promise<ActResult> {
    const settlement = runningSettlement(this.#parts, this.#parts.operationFor(request.op).op);
    const { operation } = settlement;
    const label = this.#parts.labels.fromText(request.label, this.#parts.ports.clock.nowMs());
    const cited: Cited[] = [];
    for (const input of request.inputs) cited.push(await this.#cite(input));
    const drafted = this.#draft(request);
    this.#checkRole(request, settlement);
    const audience = this.#parts.publisher.audience(operation.op, label);
    const { inside, apart } = await this.#split(cited, audience, operation.op);
    const outcome = await this.#parts.publisher.publish({
      author: authorOf(authority, signer, [
        `Propose a ${request.kind} under ${request.label}`,
        request.reason,
        ...cited.map(
          ({ stored }) =>
            `uses ${stored.event.payload.nation} ${stored.event.payload.type} ${stored.event.id}`,
        ),
      ]),
      op: operation.op,
      type: request.kind === 'decision' ? 'decision-record' : 'tasking',
      label,
      ...encodeChecked(drafted.body(inside.map(({ opening }) => opening))),
      parents: cited.map(parentOf),
      precedence: 'immediate',
    });
    const openings = await this.#publishOpenings(apart, operation.op);
    const event = outcome.admitted.value.event;
    const core = this.#core(request, settlement, {
      cited,
      extension: drafted.extension,
      outcome: { originator: this.#parts.config.nation, blind: blindOf(drafted.salt, event.id) },
      prefer: [signer.kid],
    });
    const shown = await settlement.show(encodeCore(core), this.#parts.config.nation);
    if (shown === undefined) {
      return refuse('BUSY', 'settlement', {
        rule: 'is one of a bounded number that wait',
        detail: 'too many proposals of this nation are neither settled nor refused',
        authority: 'node',
        remedy: 'let those that wait be approved or refused first',
      });
    }
    return { events: [event.id, ...openings], settlement: coreIdOf(core) };
  }

  #checkRole(request: ProposeRequest, settlement: OperationSettlement): void {
    const { nation } = this.#parts.config;
    const role = roleOf(settlement.state, nation);
    if (role === 'lead') return;
    refuse('OUT_OF_ROLE', 'kind', {
      rule: `a ${request.kind} is proposed by the lead`,
      detail: `${nation} is ${role ?? 'no participant'}`,
      authority: 'operation',
      remedy: 'the lead proposes, or a role change is settled',
    });
  }

  async #cite(asked: ProposeRequest['inputs'][number]): Promise<Cited> {
    const { ports, contents } = this.#parts;
    const stored = await ports.log.event(asked.event);
    if (stored === undefined) {
      return refuse('NOT_FOUND', 'inputs', {
        rule: 'are events that this node holds',
        detail: asked.event,
        remedy: 'entente events list',
      });
    }
    const content = await contents.content(stored.event);
    const salt = asked.mode === 'cites' ? ports.entropy.bytes(32) : slotOf(asked.event, content);
    const blind = blindOf(salt, stored.event.id);
    return {
      stored,
      content,
      input: { originator: stored.event.payload.nation, mode: asked.mode, blind },
      opening: { blind, event: stored.event.id, salt },
    };
  }

  #draft(request: ProposeRequest): {
    readonly salt: Uint8Array;
    readonly extension: Extension;
    body(openings: readonly Opening[]): BodyContent;
  } {
    const { entropy } = this.#parts.ports;
    const salt = entropy.bytes(32);
    if (request.kind === 'decision') {
      const run = request.run === undefined ? entropy.bytes(16) : fromHex(request.run);
      const pathway = request.pathway ?? null;
      const step = request.step ?? 'decision';
      return {
        salt,
        extension: { kind: 'decision', slot: decisionSlot(pathway, run, step), levels: [] },
        body: (openings) => ({
          type: 'decision-record',
          pathway,
          run,
          step,
          reason: request.reason,
          outcomeSalt: salt,
          openings,
        }),
      };
    }
    if (request.kind === 'tasking') {
      const asset =
        request.asset ??
        refuse('SCHEMA', 'asset', {
          rule: 'names what is tasked',
          detail: 'no asset was given',
          remedy: 'give --asset',
        });
      return {
        salt,
        extension: { kind: 'tasking', levels: [] },
        body: (openings) => ({
          type: 'tasking',
          asset,
          task: request.reason,
          outcomeSalt: salt,
          openings,
        }),
      };
    }
    return refuse('BAD_KIND', 'kind', {
      rule: 'is decision or tasking',
      detail: request.kind,
      remedy: 'propose a decision or a tasking',
    });
  }

  /** Inputs that every reader of the outcome may read are opened inside it, the others apart. */
  async #split(
    cited: readonly Cited[],
    audience: readonly Nation[],
    op: Op,
  ): Promise<{ inside: readonly Cited[]; apart: readonly Cited[] }> {
    const inside: Cited[] = [];
    const apart: Cited[] = [];
    for (const item of cited) {
      const { payload } = item.stored.event;
      const label = await this.#parts.labels.get(payload.label.digest);
      const readers = label && this.#readers(item, label, op);
      const all = readers !== undefined && audience.every((nation) => readers.includes(nation));
      (all ? inside : apart).push(item);
    }
    return { inside, apart };
  }

  /** Who may read an input: its release set as this node would compute it, with its originator. */
  #readers({ stored }: Cited, label: DigestedLabel, op: Op): readonly Nation[] {
    const set = this.#parts.publisher.audience(op, label);
    const own = this.#parts.config.nation;
    const { nation } = stored.event.payload;
    const named = label.label.categories.some(
      ({ tag, values }) => tag === 'Release' && values.includes(own),
    );
    // The own nation is in every set it computes; in a foreign one only if the label names it.
    const others = set.filter((code) => code !== own || named || nation === own);
    return [...new Set([...others, nation])].sort();
  }

  /** One opening per release set, under the input's own label: who may read it learns the blind. */
  async #publishOpenings(apart: readonly Cited[], op: Op): Promise<readonly EventId[]> {
    const { config, labels, publisher } = this.#parts;
    const groups = new Map<string, Cited[]>();
    for (const item of apart) {
      const { digest } = item.stored.event.payload.label;
      groups.set(digest, [...(groups.get(digest) ?? []), item]);
    }
    const ids: EventId[] = [];
    for (const group of groups.values()) {
      const label = group[0] && (await labels.get(group[0].stored.event.payload.label.digest));
      if (label === undefined) continue;
      const published = await publisher.publish({
        author: config.node,
        op: op,
        type: 'opening',
        label,
        ...encodeChecked({ type: 'opening', openings: group.map(({ opening }) => opening) }),
        precedence: 'immediate',
      });
      ids.push(published.admitted.value.event.id);
    }
    return ids;
  }

  #core(
    request: ProposeRequest,
    settlement: OperationSettlement,
    parts: {
      readonly cited: readonly Cited[];
      readonly extension: Extension;
      readonly outcome: NonNullable<SettlementCore['outcome']>;
      readonly prefer: readonly ActSigner['kid'][];
    },
  ): SettlementCore {
    const inputs = parts.cited.map(({ input }) => input);
    const { extension, outcome, prefer } = parts;
    const authorities = authoritiesFor({ extension, inputs, outcome }, settlement.state, prefer);
    if (!authorities.ok) throw new RefusedError(authorities.error);
    const lapse = request.expiresInHeights ?? EXPIRES_IN_HEIGHTS;
    return {
      kind: request.kind,
      opId: settlement.operation.opId,
      inputs,
      authorities: authorities.value,
      outcome,
      expiresAtHeight: settlement.state.height + lapse,
      extension: encodeExtension(extension),
    };
  }
}

function parentOf({ input }: Cited): Parent {
  return {
    form: 'blinded',
    blind: input.blind,
    relation: input.mode === 'cites' ? 'derived-from' : 'supports',
    nation: input.originator,
  };
}

/** The salt under which an offered right is consumed: only a contribution that was opened has one. */
function slotOf(id: EventId, content: BodyContent | undefined): Uint8Array {
  if (content?.type === 'contribution') return content.slotSalt;
  return refuse('BAD_INPUT', 'inputs', {
    rule: 'a consumed input is a contribution that this node can open',
    detail: id,
    remedy: 'cite it, or consume a contribution',
  });
}
