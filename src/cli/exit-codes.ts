import type { RefusalClass } from '../domain/refusal-class.js';
import { refusalClass } from '../domain/refusal-class.js';
import type { Refusal } from '../domain/refusal.js';

/** Exit codes: part of the contract with scripts. */
export const EXIT = {
  done: 0,
  denied: 1,
  usage: 2,
  cannotVerify: 3,
  integrity: 4,
  notAvailable: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const OF_CLASS: Readonly<Record<RefusalClass, ExitCode>> = {
  denied: EXIT.denied,
  usage: EXIT.usage,
  'cannot-verify': EXIT.cannotVerify,
  integrity: EXIT.integrity,
  'not-available': EXIT.notAvailable,
};

export function exitCodeOf(refusal: Refusal): ExitCode {
  return OF_CLASS[refusalClass(refusal)];
}
