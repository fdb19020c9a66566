import type { OpenedInput, OpenedOutcome } from '../core/settlement/index.js';
import { checkContent, isSettled, openedBitmap } from '../core/settlement/index.js';
import { approvalPreimage } from '../domain/codec/consensus-preimage.js';
import type { Credential } from '../domain/credential.js';
import type { CoreId } from '../domain/ids.js';
import type { SettlementCore } from '../domain/settlement.js';
import type { ActResult } from '../domain/views.js';
import { authorOf, purposeLabel, resultOf, runningSettlement } from './act-parts.js';
import type { SettlementActParts } from './act-parts.js';
import { encodeChecked } from './content-input.js';
import { labelWithin } from './label-within.js';
import { originatorConsents } from './originator-consents.js';
import { RefusedError, refuse } from './refusals.js';
import type { ActRequest, ActSigner } from './service.js';
import type { OperationSettlement } from './settlement.js';

/** Approvals and refusals of settlements, after a look at everything that this node can open. */
export class Consents {
  readonly #parts: SettlementActParts;

  constructor(parts: SettlementActParts) {
    this.#parts = parts;
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
    this.#refuseDecided(id, settlement);
    if (settlement.approvalsOf(id).some(({ kid }) => kid === signer.kid)) {
      return refuse('EXISTS', 'settlement', {
        rule: 'a key approves a settlement once',
        detail: `${id} is approved under this key`,
        authority: authority.issuer,
        remedy: 'entente settle status says what is awaited',
      });
    }
    const inputs = await this.#opened(core);
    const outcome = await this.#outcome(core);
    const refusals = checkContent({
      core,
      inputs,
      outcome,
      consents: await originatorConsents(this.#parts, settlement.operation.op),
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
    const { core, settlement } = this.#shown(request.settlement);
    if (!core.authorities.some(({ nation }) => nation === authority.issuer)) {
      return refuse('WRONG_KEY', 'kid', {
        rule: 'is of a nation whose approval this settlement asks for',
        detail: `nothing of ${authority.issuer} is used`,
        authority: 'operation',
        remedy: `asked are: ${core.authorities.map(({ nation }) => nation).join(', ')}`,
      });
    }
    this.#refuseDecided(request.settlement, settlement);
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

  /** What is settled, or refused by this nation, stays so: a later consent would only mislead. */
  #refuseDecided(id: CoreId, settlement: OperationSettlement): void {
    if (isSettled(settlement.state, id)) {
      refuse('ALREADY_SETTLED', 'settlement', {
        rule: 'consent is given or refused before an entry is settled',
        detail: `${id} is settled`,
        authority: 'operation',
        remedy: 'what is settled is final; a later settlement may supersede it',
      });
    }
    const { nation } = this.#parts.config;
    const refused = settlement.refusalsOf(id).find((refusal) => refusal.nation === nation);
    if (refused === undefined) return;
    refuse('ALREADY_REFUSED', 'settlement', {
      rule: 'a refusal is for good',
      detail: `${nation} refused ${id}: ${refused.reason}`,
      authority: nation,
      remedy: 'propose anew',
    });
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
    return { core: shown.core, settlement: runningSettlement(this.#parts, shown.op) };
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
      await this.#parts.labels.get(stored.event.payload.label.digest);
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
    await this.#parts.labels.get(stored.event.payload.label.digest);
    return { admitted: { event: stored.event, credential }, content };
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
