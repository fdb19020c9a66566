/** What the gossip bench asks of its workers. */
export type Carrier = 'entente' | 'bare';

export interface SendArgs {
  readonly carrier: Carrier;
  /** Place of the message in the prepared file. */
  readonly index: number;
}

/**
 * When a message left or came, by its place, in nanoseconds of the machine's monotonic clock.
 * `entente` is the moment it was admitted and stored, `arrival` the moment it reached the door.
 */
export interface Seen {
  readonly carrier: Carrier | 'arrival';
  readonly index: number;
  readonly atNs: bigint;
}
