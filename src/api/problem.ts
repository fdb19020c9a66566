import type { Refusal } from '../domain/refusal.js';
import type { RefusalClass } from '../domain/refusal-class.js';
import { refusalClass } from '../domain/refusal-class.js';
import type { Problem } from '../domain/requests.js';

const STATUS: Readonly<Record<RefusalClass, number>> = {
  denied: 403,
  usage: 400,
  'cannot-verify': 422,
  integrity: 422,
  'not-available': 503,
};

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  UNAUTHORIZED: 401,
  HOST: 421,
  NOT_FOUND: 404,
  TOO_LARGE: 413,
  ACTS_BUSY: 429,
};

/** A refusal on its way out of a route: thrown by handlers, answered as problem details. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

/** Problem details (RFC 9457) of a refusal. */
export function problemOf(refusal: Refusal): Problem {
  return {
    type: `urn:entente:problem:${refusal.code.toLowerCase().replaceAll('_', '-')}`,
    title: refusal.rule,
    status: STATUS_OF_CODE[refusal.code] ?? STATUS[refusalClass(refusal)],
    detail: refusal.detail,
    code: refusal.code,
    field: refusal.field,
    rule: refusal.rule,
    authority: refusal.authority,
    remedy: refusal.remedy,
  };
}

/** A refusal whose rule is the API's own. */
export function apiRefusal(
  code: string,
  field: string,
  text: { readonly rule: string; readonly detail: string; readonly remedy: string },
): Refusal {
  return { code, field, authority: 'this node', ...text };
}

export function notFound(what: string, id: string): ProblemError {
  return new ProblemError(
    apiRefusal('NOT_FOUND', 'id', {
      rule: 'the node answers about what it holds and may show',
      detail: `no ${what} ${id} is known here`,
      remedy: `check the id, or wait until the ${what} has arrived`,
    }),
  );
}
