/** What one direction of a link does to the bytes that cross it. */
export interface LinkShape {
  /** One-way delay, milliseconds. */
  readonly delayMs: number;
  /** Most that chance adds to the delay of a chunk, milliseconds. Order is kept. */
  readonly jitterMs: number;
  /** Rate that all connections share, bytes per second; 0 means no limit. */
  readonly bytesPerSecond: number;
  /**
   * How many bytes may wait in the link before it stops reading from the sender. What one read
   * gives (at most 64 KiB a connection) can exceed it.
   */
  readonly queueBytesMax: number;
}

export const openShape: LinkShape = {
  delayMs: 0,
  jitterMs: 0,
  bytesPerSecond: 0,
  queueBytesMax: 1_048_576,
};

/** The shape with changes; refuses what no link can be. */
export function reshape(shape: LinkShape, changes: Partial<LinkShape>): LinkShape {
  const next = { ...shape, ...changes };
  for (const [key, value] of Object.entries(next)) {
    if (!Number.isFinite(value) || value < 0) throw new RangeError(`${key} must be 0 or more`);
  }
  if (next.queueBytesMax < 1) throw new RangeError('queueBytesMax must be 1 or more');
  return next;
}
