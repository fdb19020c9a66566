import type { ActResult, EventView, ExplainView, SettlementView } from '../../src/domain/views.js';
import { refusalOf } from '../entente.js';
import { TestnetFailure } from '../failure.js';
import type { Narrator } from '../narrator.js';
import { type Code, CODES } from '../nations.js';
import type { Testnet } from '../testnet.js';
import { type Seen, until } from '../wait.js';
import type { Checks } from './checks.js';

const DEADLINE_MS = 60_000;

/** Refusals of an approval whose proposal or inputs have not arrived yet. */
const ON_ITS_WAY: ReadonlySet<string> = new Set([
  'NOT_FOUND',
  'NOT_AVAILABLE',
  'NOT_READY',
  'OUTCOME_MISSING',
  'CONTRIBUTION',
]);

export interface Emission {
  readonly type: string;
  readonly label: string;
  readonly content: { readonly text: string } | { readonly fields: Record<string, unknown> };
  /** `id` or `id:relation`. */
  readonly parents?: readonly string[];
}

export interface Proposal {
  readonly kind: 'decision' | 'tasking';
  /** `id:cites` or `id:consumes`. */
  readonly inputs: readonly string[];
  readonly label: string;
  readonly reason: string;
  readonly run?: string;
  readonly pathway?: string;
  readonly step?: string;
  readonly asset?: string;
}

/** What the acts of the scenario are performed with: the CLI to act, the API to look. */
export class Stage {
  readonly testnet: Testnet;
  readonly narrator: Narrator;
  readonly checks: Checks;
  readonly signal: AbortSignal;

  constructor(parts: {
    readonly testnet: Testnet;
    readonly narrator: Narrator;
    readonly checks: Checks;
    readonly signal: AbortSignal;
  }) {
    this.testnet = parts.testnet;
    this.narrator = parts.narrator;
    this.checks = parts.checks;
    this.signal = parts.signal;
  }

  until<T>(what: string, probe: () => Promise<Seen<T>>, deadlineMs = DEADLINE_MS): Promise<T> {
    return until({ what, deadlineMs, signal: this.signal }, probe);
  }

  /** Publishes an event under the key of this nation's node. */
  async emit(code: Code, emission: Emission): Promise<string> {
    const { type, label, content, parents = [] } = emission;
    const body =
      'text' in content ? ['--text', content.text] : ['--fields', JSON.stringify(content.fields)];
    const related = parents.flatMap((parent) => ['--parent', parent]);
    const args = ['emit', '--type', type, '--label', label, ...body, ...related];
    return (await this.testnet.run<EventView>(code, args)).id;
  }

  /** The scripted officer of the lead proposes; answers the settlement id. */
  async propose(code: Code, proposal: Proposal): Promise<string> {
    const { kind, inputs, label, reason } = proposal;
    const named = (['pathway', 'run', 'step', 'asset'] as const).flatMap((name) => {
      const value = proposal[name];
      return value === undefined ? [] : [`--${name}`, value];
    });
    const used = inputs.flatMap((input) => ['--input', input]);
    const args = ['settle', 'propose', '--kind', kind, '--label', label, '--reason', reason];
    const result = await this.testnet.run<ActResult>(code, [...args, ...used, ...named]);
    if (result.settlement === undefined) throw new Error('a proposal names its settlement');
    return result.settlement;
  }

  /**
   * The scripted officer of a nation unlocks its key for this one approval, once its node can show
   * what is to be approved.
   */
  async approve(code: Code, settlement: string): Promise<void> {
    const what = `${code} approves settlement ${settlement.slice(0, 12)}`;
    await this.until(what, async () => {
      const answer = await this.testnet.attempt(code, ['settle', 'approve', settlement]);
      if (answer.code === 0) return { is: true };
      const why = refusalOf(answer)?.['detail'] ?? answer.stderr;
      if (ON_ITS_WAY.has(refusalOf(answer)?.['code'] ?? '')) return { notYet: why };
      throw new TestnetFailure('COMMAND_FAILED', `${what}: exit ${String(answer.code)}: ${why}`);
    });
  }

  async approveAll(codes: readonly Code[], settlement: string): Promise<void> {
    await Promise.all(codes.map((code) => this.approve(code, settlement)));
  }

  /** Until every one of these nodes holds the event. */
  async held(event: string, by: readonly Code[], deadlineMs?: number): Promise<void> {
    const probe = async (): Promise<Seen<true>> => {
      const missing: Code[] = [];
      for (const code of by) if (!(await this.#holds(code, event))) missing.push(code);
      return missing.length === 0 ? { is: true } : { notYet: `not at ${missing.join(', ')}` };
    };
    await this.until(`event ${event.slice(0, 12)} is held by ${by.join(', ')}`, probe, deadlineMs);
  }

  /** Until each of these nodes reports the settlement as settled; answers what they report. */
  async settled(id: string, at: readonly Code[] = CODES): Promise<readonly SettlementView[]> {
    const name = id.slice(0, 12);
    return this.until(`settlement ${name} is settled at ${at.join(', ')}`, async () => {
      const views = await Promise.all(at.map((code) => this.#settlement(code, id)));
      const waiting = at.filter((_, i) => views[i]?.state !== 'settled');
      if (waiting.length === 0) return { is: views.filter((view) => view !== undefined) };
      const first = views.find((view) => view !== undefined && view.state !== 'settled');
      return { notYet: `not at ${waiting.join(', ')}: ${first?.stateText ?? 'not known there'}` };
    });
  }

  explain(code: Code, id: string, nation?: Code): Promise<ExplainView> {
    return this.testnet.api(code).explain(id, nation);
  }

  async #holds(code: Code, event: string): Promise<boolean> {
    try {
      await this.testnet.api(code).event(event);
      return true;
    } catch {
      return false;
    }
  }

  async #settlement(code: Code, id: string): Promise<SettlementView | undefined> {
    try {
      return await this.testnet.api(code).settlement(id);
    } catch {
      return undefined;
    }
  }
}
