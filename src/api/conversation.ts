import type { ActSigner, NodeService } from '../app/service.js';
import type { Kid } from '../domain/ids.js';
import type { ActView } from '../domain/views.js';
import { toHex } from '../base/bytes.js';
import { assert } from '../base/assert.js';

type ActRequest = Parameters<NodeService['act']>[0];

/** One signature that the act waits for. */
interface Parked {
  readonly message: Uint8Array;
  readonly statement: readonly string[];
  resolve(signature: Uint8Array): void;
  reject(reason: Error): void;
}

/** Raised into an act whose person went away: nothing more is signed for it. */
export class ActAbandoned extends Error {
  override readonly name = 'ActAbandoned';
}

/**
 * A human act as a conversation: the act runs in the node, each signature it asks for is parked
 * until the person's side posts it. The key itself never comes here.
 */
export class Conversation {
  readonly #act: ActRequest['act'];
  readonly #kid: Kid;
  readonly #parked: Parked[] = [];
  #finished: ActView | undefined;
  #failure: Error | undefined;
  #waiter: (() => void) | undefined;
  #abandoned = false;

  constructor(service: NodeService, request: ActRequest, kid: Kid) {
    this.#act = request.act;
    this.#kid = kid;
    void this.#run(service, request);
  }

  get waiting(): boolean {
    return this.#parked.length > 0;
  }

  async #run(service: NodeService, request: ActRequest): Promise<void> {
    try {
      const result = await service.act(request, this.#signer());
      this.#finished = result.ok
        ? { state: 'done', act: this.#act, result: result.value }
        : { state: 'refused', act: this.#act, refusal: result.error };
    } catch (error) {
      // An abandoned act ends by the rejection that abandoned it; any other throw is a fault.
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
    this.#wake();
  }

  #signer(): ActSigner {
    return {
      kid: this.#kid,
      sign: (message, statement) =>
        new Promise((resolve, reject) => {
          if (this.#abandoned) {
            reject(new ActAbandoned('the act was abandoned'));
            return;
          }
          this.#parked.push({ message, statement, resolve, reject });
          this.#wake();
        }),
    };
  }

  #wake(): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.();
  }

  /** The next step: a signature to give, or how the act ended. One caller at a time. */
  async next(): Promise<ActView> {
    assert(this.#waiter === undefined, 'one step of an act is awaited at a time');
    while (!this.waiting && this.#finished === undefined && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#waiter = resolve;
      });
    }
    const first = this.#parked[0];
    if (first !== undefined) {
      const { message, statement } = first;
      return { state: 'sign', act: this.#act, kid: this.#kid, statement, message: toHex(message) };
    }
    if (this.#finished !== undefined) return this.#finished;
    throw this.#failure ?? new ActAbandoned('the act was abandoned');
  }

  /** Hands a signature to the act; false when none is awaited. */
  answer(signature: Uint8Array): boolean {
    const first = this.#parked.shift();
    first?.resolve(signature);
    return first !== undefined;
  }

  /** Ends the act at its next signature. */
  abandon(): void {
    this.#abandoned = true;
    for (const parked of this.#parked.splice(0)) {
      parked.reject(new ActAbandoned('the act was abandoned'));
    }
  }
}
