import type { OpenedConsent, OpenedInput, OpenedOutcome } from '../core/settlement/index.js';
import { authoritiesFor, checkContent, openedBitmap, roleOf } from '../core/settlement/index.js';
import { approvalPreimage } from '../domain/codec/consensus-preimage.js';
import { coreIdOf, encodeCore } from '../domain/codec/entry.js';
import type { Extension } from '../domain/codec/entry-extension.js';
import { decisionSlot, encodeExtension } from '../domain/codec/entry-extension.js';
import { blindOf } from '../domain/codec/release-keys.js';
import type { BodyContent, Opening } from '../domain/body.js';
import type { Credential } from '../domain/credential.js';
import type { Parent } from '../domain/event.js';
import type { CoreId, EventId, Nation } from '../domain/ids.js';
import type { DigestedLabel } from '../domain/label.js';
import type { EntryInput, SettlementCore } from '../domain/settlement.js';
import type { ActResult } from '../domain/views.js';
import type { StoredEvent } from '../ports/event-log.js';
import { fromHex } from '../base/bytes.js';
import type { ActParts } from './act-parts.js';
import { authorOf, purposeLabel, resultOf } from './act-parts.js';
import { encodeChecked } from './content-input.js';
import { labelWithin } from './label-within.js';
import type { Cores } from './cores.js';
import { RefusedError, refuse } from './refusals.js';
import type { ActRequest, ActSigner, ProposeRequest } from './service.js';
import type { OperationSettlement } from './settlement.js';

interface Parts extends ActParts {
  readonly cores: Cores;
  settlementOf(op: string): OperationSettlement | undefined;
}

/** An input as the proposer holds it. */
interface Cited {
  readonly stored: StoredEvent;
  readonly content: BodyContent | undefined;
  readonly input: EntryInput;
  readonly opening: Opening;
}

/** Heights until an entry lapses when nothing is said. */
const EXPIRES_IN_HEIGHTS = 1000;

/** Proposals, approvals and refusals of settlements. */
export class SettlementActs {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Writes the outcome event with its openings, then shows the core to every member. */
  async propose(
    request: ProposeRequest,
    signer: ActSigner,
    authority: Credential,
  ): Promise<ActResult> {
    const settlement = this.#running(this.#parts.operationFor(request.op).op);
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
    await settlement.show(encodeCore(core), this.#parts.config.nation);
    return { events: [event.id, ...openings], settlement: coreIdOf(core) };
  }

  /** Checks what can be opened, then signs the consent and logs it. */
  async approve(id: CoreId, signer: ActSigner, authority: Credential): Promise<ActResult> {
    const { core, settlement } = this.#shown(id);
    const due = core.authorities.some(({ kid }) => kid === signer.kid);
    if (!due) {
      return refuse('WRONG_KEY', 'kid', {
        rule: 'is an authority whose approval this settlement asks for',
        detail: signer.kid,
        authority: 'operation',
        remedy: `asked are: ${core.authorities.map(({ nation }) => nation).join(', ')}`,
      });
    }
    const inputs = await this.#opened(core);
    const outcome = await this.#outcome(core);
    const refusals = checkContent({
      core,
      inputs,
      outcome,
      consents: await this.#consents(settlement.operation.op),
      labelWithin: (of, to, consents) =>
        labelWithin(
          { labels: this.#parts.labels, set: this.#parts.config.policy },
          of,
          to,
          consents,
        ),
    });
    const [first] = refusals;
    if (first !== undefined) throw new RefusedError(first);
    const opened = openedBitmap(inputs);
    const statement = this.#statement(id, core, inputs, outcome);
    const preimage = approvalPreimage(core.opId, id, opened);
    const signature = await signer.sign(preimage, statement);
    const published = await this.#parts.publisher.publish({
      author: authorOf(authority, signer, statement),
      op: settlement.operation.op,
      type: 'approval',
      label: purposeLabel(this.#parts.labels, settlement.operation),
      ...encodeChecked({ type: 'approval', coreId: id, opened, signature }),
      precedence: 'immediate',
    });
    return { ...resultOf(published), settlement: id };
  }

  async refuse(
    request: Extract<ActRequest, { act: 'refuse' }>,
    signer: ActSigner,
    authority: Credential,
  ): Promise<ActResult> {
    const { settlement } = this.#shown(request.settlement);
    const published = await this.#parts.publisher.publish({
      author: authorOf(authority, signer, [
        `Refuse settlement ${request.settlement}`,
        request.reason,
      ]),
      op: settlement.operation.op,
      type: 'refusal',
      label: purposeLabel(this.#parts.labels, settlement.operation),
      ...encodeChecked({ type: 'refusal', coreId: request.settlement, reason: request.reason }),
      precedence: 'immediate',
    });
    return { ...resultOf(published), settlement: request.settlement };
  }

  #running(op: string): OperationSettlement {
    return (
      this.#parts.settlementOf(op) ??
      refuse('NOT_READY', 'op', {
        rule: 'is an active operation: every participant has accepted it',
        detail: op,
        authority: 'operation',
        remedy: 'entente op status',
      })
    );
  }

  #shown(id: CoreId): { core: SettlementCore; settlement: OperationSettlement } {
    const shown = this.#parts.cores.get(id);
    if (shown === undefined) {
      return refuse('NOT_FOUND', 'settlement', {
        rule: 'is a settlement that this node was shown',
        detail: id,
        remedy: 'wait for its proposer, or see entente settle status',
      });
    }
    return { core: shown.core, settlement: this.#running(shown.op) };
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
    op: string,
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
  #readers({ stored }: Cited, label: DigestedLabel, op: string): readonly Nation[] {
    const set = this.#parts.publisher.audience(op as StoredEvent['event']['payload']['op'], label);
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
  async #publishOpenings(apart: readonly Cited[], op: string): Promise<readonly EventId[]> {
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
        op: op as StoredEvent['event']['payload']['op'],
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

  /** The core's inputs as far as this node can open them: null for what is withheld. */
  async #opened(core: SettlementCore): Promise<readonly (OpenedInput | null)[]> {
    const opened: (OpenedInput | null)[] = [];
    for (const { blind } of core.inputs) {
      const id = await this.#parts.contents.behind(blind);
      const stored = id && (await this.#parts.ports.log.event(id));
      const salt = id && (await this.#parts.contents.saltOf(blind));
      const credential = stored && this.#parts.directory.byDigest(stored.event.payload.credential);
      if (stored === undefined || salt === undefined || credential === undefined) {
        opened.push(null);
        continue;
      }
      const content = await this.#parts.contents.content(stored.event);
      const admitted = { event: stored.event, credential };
      opened.push({ admitted, salt, ...(content === undefined ? {} : { content }) });
    }
    return opened;
  }

  async #outcome(core: SettlementCore): Promise<OpenedOutcome | null> {
    const id = core.outcome && (await this.#parts.contents.behind(core.outcome.blind));
    const stored = id ? await this.#parts.ports.log.event(id) : undefined;
    const content = stored && (await this.#parts.contents.content(stored.event));
    const credential = stored && this.#parts.directory.byDigest(stored.event.payload.credential);
    if (stored === undefined || content === undefined || credential === undefined) return null;
    return { admitted: { event: stored.event, credential }, content };
  }

  async #consents(op: string): Promise<readonly OpenedConsent[]> {
    const { ports, contents, directory } = this.#parts;
    const consents: OpenedConsent[] = [];
    const query = {
      type: 'originator-consent',
      op: op as StoredEvent['event']['payload']['op'],
    } as const;
    for await (const { event } of ports.log.events(query)) {
      const content = await contents.content(event);
      const credential = directory.byDigest(event.payload.credential);
      if (content?.type === 'originator-consent' && credential !== undefined) {
        consents.push({ admitted: { event, credential }, content });
      }
    }
    return consents;
  }

  /** What the approval means, line by line, for the person who signs it. */
  #statement(
    id: CoreId,
    core: SettlementCore,
    inputs: readonly (OpenedInput | null)[],
    outcome: OpenedOutcome | null,
  ): readonly string[] {
    const what =
      outcome?.content.type === 'decision-record'
        ? outcome.content.reason
        : outcome?.content.type === 'tasking'
          ? `${outcome.content.asset}: ${outcome.content.task}`
          : 'outcome not readable here';
    return [
      `Approve ${core.kind} ${id}`,
      what,
      ...core.inputs.map(({ originator, mode }, i) => {
        const input = inputs[i];
        const shown = input
          ? `${input.admitted.event.payload.type} ${input.admitted.event.id}`
          : 'withheld here';
        return `${mode} ${originator}: ${shown}`;
      }),
    ];
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
