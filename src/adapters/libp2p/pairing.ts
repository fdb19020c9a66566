import type { Connection } from '@libp2p/interface';

/** Who dialled a connection, seen from one end: the lower or the higher PeerId of the pair. */
export function dialledByLower(connection: Connection, ownIsLower: boolean): boolean {
  return (connection.direction === 'outbound') === ownIsLower;
}

export type DuplicateRule =
  /** We dialled twice, or our connection loses to the lower peer's: close it. */
  | { readonly kind: 'close'; readonly connection: Connection }
  /** The peer must close its own; if it does not, it has lost the older one. */
  | { readonly kind: 'await-peer' };

/**
 * Which of two admitted connections of one pair goes. The connection that the lower PeerId dialled
 * wins, and its loser is closed by the end that dialled it. A peer that dials anew while we hold its
 * earlier connection has lost that one, whatever our own sockets still believe.
 */
export function duplicateRule(
  older: Connection,
  newer: Connection,
  ownIsLower: boolean,
): DuplicateRule {
  if (older.direction === newer.direction) {
    return { kind: 'close', connection: newer.direction === 'outbound' ? newer : older };
  }
  if (ownIsLower) return { kind: 'await-peer' };
  return { kind: 'close', connection: older.direction === 'outbound' ? older : newer };
}
