import type { Refusal } from '../domain/refusal.js';

/** A named answer of the application itself. */
export function appRefusal(
  code: string,
  field: string,
  parts: {
    readonly rule: string;
    readonly detail: string;
    readonly remedy: string;
    readonly authority?: string;
  },
): Refusal {
  return { authority: 'node', ...parts, code, field };
}

/** Carries a refusal out of nested work to the door of a service call. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.code}: ${refusal.field} ${refusal.rule}: ${refusal.detail}`);
    this.refusal = refusal;
  }
}

export function refuse(...parts: Parameters<typeof appRefusal>): never {
  throw new RefusedError(appRefusal(...parts));
}

export function badAddress(address: string): Refusal {
  return appRefusal('BAD_ADDRESS', 'address', {
    rule: 'a peer is dialled at /ip4, /ip6 or /dns, its /tcp port, and optionally its /p2p id',
    detail: `cannot be dialled: ${address}`,
    remedy: 'correct the address, such as /ip4/192.0.2.1/tcp/4101',
  });
}

export function noMesh(): Refusal {
  return appRefusal('NOT_READY', 'node', {
    rule: 'peers are dialled by a node that takes part in the mesh',
    detail: 'this node has not joined the mesh',
    remedy: 'run the node',
  });
}
