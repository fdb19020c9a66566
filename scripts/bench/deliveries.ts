import type { Seen } from './gossip-verbs.js';

export interface Delivery {
  /** Share of all deliveries that were due and came. */
  readonly ratio: number;
  readonly ms: readonly number[];
}

/**
 * What arrived of messages, from who saw them when; `seen[i]` is what node i noted, and message m
 * was sent by node m mod n.
 */
export function deliveriesOf(
  seen: readonly (readonly Seen[])[],
  carrier: Seen['carrier'],
  due: readonly number[],
): Delivery {
  const n = seen.length;
  const at = seen.map(
    (notes) =>
      new Map(notes.filter((one) => one.carrier === carrier).map((one) => [one.index, one.atNs])),
  );
  const ms = due.flatMap((message) => {
    const sent = at[message % n]?.get(message);
    if (sent === undefined) return [];
    return at.flatMap((notes, node) => {
      const came = notes.get(message);
      return node === message % n || came === undefined ? [] : [Number(came - sent) / 1e6];
    });
  });
  return { ratio: ms.length / (due.length * (n - 1)), ms };
}
