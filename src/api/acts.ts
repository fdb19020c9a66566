import type { NodeService } from '../app/service.js';
import { toHex } from '../base/bytes.js';
import type { Kid } from '../domain/ids.js';
import type { ActView } from '../domain/views.js';
import type { Timers } from '../ports/clock.js';
import type { Entropy } from '../ports/entropy.js';
import { ActAbandoned, Conversation } from './conversation.js';
import { apiRefusal, ProblemError } from './problem.js';

type ActRequest = Parameters<NodeService['act']>[0];

/** Acts under way at once: people sign one by one, so more is a fault or an attack. */
export const ACTS_MAX = 16;
/** How long a parked signature waits for its person. */
export const ACT_EXPIRY_MS = 5 * 60 * 1000;

export type ActStep = ActView & { readonly id: string };

interface Running {
  readonly conversation: Conversation;
  /** True while a caller awaits the next step: a second answer for the same step is refused. */
  busy: boolean;
  cancelExpiry: () => void;
}

export interface ActsParts {
  readonly service: NodeService;
  readonly timers: Timers;
  readonly entropy: Entropy;
}

function unknownAct(id: string): ProblemError {
  return new ProblemError(
    apiRefusal('NOT_FOUND', 'id', {
      rule: `a parked act waits ${String(ACT_EXPIRY_MS / 60_000)} minutes for its signature`,
      detail: `no act ${id} waits for a signature here`,
      remedy: 'start the act again',
    }),
  );
}

function busy(detail: string, remedy: string): ProblemError {
  return new ProblemError(
    apiRefusal('ACTS_BUSY', 'act', {
      rule: `at most ${String(ACTS_MAX)} acts are under way, each with one answer at a time`,
      detail,
      remedy,
    }),
  );
}

/** The acts under way on this node, by a random id that only their starter knows. */
export class Acts {
  readonly #parts: ActsParts;
  readonly #running = new Map<string, Running>();

  constructor(parts: ActsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#running.size;
  }

  async start(request: ActRequest, kid: Kid): Promise<ActStep> {
    if (this.#running.size >= ACTS_MAX) {
      throw busy('too many acts are under way', 'finish or abandon one, or wait until one expires');
    }
    const id = toHex(this.#parts.entropy.bytes(16));
    const conversation = new Conversation(this.#parts.service, request, kid);
    const running: Running = { conversation, busy: false, cancelExpiry: () => undefined };
    this.#running.set(id, running);
    return this.#step(id, running);
  }

  async answer(id: string, signature: Uint8Array): Promise<ActStep> {
    const running = this.#running.get(id);
    if (running === undefined) throw unknownAct(id);
    if (running.busy || !running.conversation.waiting) {
      throw busy('this act does not wait for a signature now', 'await the answer to the last one');
    }
    running.cancelExpiry();
    running.conversation.answer(signature);
    return this.#step(id, running);
  }

  /** Ends an act whose person declined. */
  abandon(id: string): void {
    const running = this.#running.get(id);
    if (running === undefined) throw unknownAct(id);
    this.#drop(id, running);
  }

  /** Ends all acts: the node stops. */
  close(): void {
    for (const [id, running] of [...this.#running]) this.#drop(id, running);
  }

  #drop(id: string, running: Running): void {
    running.cancelExpiry();
    running.conversation.abandon();
    this.#running.delete(id);
  }

  async #step(id: string, running: Running): Promise<ActStep> {
    running.busy = true;
    try {
      const view = await running.conversation.next();
      if (view.state !== 'sign') this.#running.delete(id);
      else this.#park(id, running);
      return { id, ...view };
    } catch (error) {
      this.#running.delete(id);
      if (error instanceof ActAbandoned) throw unknownAct(id);
      throw error;
    } finally {
      running.busy = false;
    }
  }

  #park(id: string, running: Running): void {
    running.cancelExpiry = this.#parts.timers.after(ACT_EXPIRY_MS, () => this.#drop(id, running));
  }
}
