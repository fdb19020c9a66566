import type { Turn } from './turn.js';
import { broadcast, settledGround } from './turn.js';

/** A complete entry of this nation: into the own pool and to all members, each time it is given. */
export function onSubmitted<S>(turn: Turn<S>, bytes: Uint8Array): void {
  const { life, effects } = turn;
  const refuse = (code: 'MALFORMED' | 'TOO_LARGE' | 'POOL_FULL', detail: string): void => {
    effects.push({ kind: 'submission', outcome: 'refused', code, detail });
  };
  const max = life.config.limits.entryBytesMax;
  if (bytes.length === 0 || bytes.length > max) {
    refuse('TOO_LARGE', `an entry has 1 to ${String(max)} bytes`);
    return;
  }
  const identity = life.config.rules.identify(bytes);
  if (!identity.ok) {
    refuse('MALFORMED', identity.error);
    return;
  }
  const { entryId } = identity.value;
  life.tree.fill(identity.value, bytes);
  const added = life.voting
    ? life.pool.add(identity.value, bytes, 'self', settledGround(life))
    : 'added';
  if (added === 'full') {
    refuse('POOL_FULL', 'the entries that wait already must be settled first');
    return;
  }
  broadcast(turn, { type: 'entries', bodies: [bytes] });
  const outcome = added === 'known' ? 'known' : 'accepted';
  effects.push({ kind: 'submission', outcome, entryId });
}
