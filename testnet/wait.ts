import { setTimeout as delay } from 'node:timers/promises';
import { type FailureCode, messageOf, TestnetFailure } from './failure.js';

export interface WaitOptions {
  /** What is awaited, for the message when it does not come. */
  readonly what: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Between two looks; default 100. */
  readonly everyMs?: number;
}

/** What a probe saw: the value awaited, or why it is not there yet. */
export type Seen<T> = { readonly is: T } | { readonly notYet: string };

/** Why a signal was aborted: the cause is what is told. Undefined while it is not. */
export function reasonOf(signal: AbortSignal): Error | undefined {
  if (!signal.aborted) return undefined;
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}

function throwIfAborted(signal: AbortSignal): void {
  const reason = reasonOf(signal);
  if (reason !== undefined) throw reason;
}

/** Failures that no waiting cures. */
const FINAL: readonly FailureCode[] = ['COMMAND_FAILED', 'NODE_DIED', 'PORT_TAKEN', 'STOPPED'];

async function look<T>(probe: () => Promise<Seen<T>>): Promise<Seen<T>> {
  try {
    return await probe();
  } catch (error) {
    if (error instanceof TestnetFailure && FINAL.includes(error.code)) throw error;
    // A node that starts, or is cut off, answers with refusals: that is "not yet".
    return { notYet: messageOf(error) };
  }
}

/**
 * Looks again and again until the probe sees what is awaited.
 *
 * @throws TestnetFailure DEADLINE with the last thing seen, or the signal's reason.
 */
export async function until<T>(options: WaitOptions, probe: () => Promise<Seen<T>>): Promise<T> {
  const { what, deadlineMs, signal, everyMs = 100 } = options;
  const end = performance.now() + deadlineMs;
  for (;;) {
    throwIfAborted(signal);
    const seen = await look(probe);
    throwIfAborted(signal);
    if ('is' in seen) return seen.is;
    if (performance.now() >= end) {
      const seconds = String(Math.round(deadlineMs / 1000));
      throw new TestnetFailure(
        'DEADLINE',
        `${what}: not within ${seconds} s; last: ${seen.notYet}`,
      );
    }
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
