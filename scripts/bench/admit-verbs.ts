/** What the admission bench asks of its worker. */
export interface AdmitArgs {
  /** Platforms that speak at once; each one's events are admitted one after the other. */
  readonly authors: number;
  readonly perAuthor: number;
}

/** Events and bare verifications per second, and the machine's synced write in microseconds. */
export interface AdmitResult {
  readonly door: number;
  readonly bare: number;
  readonly syncUs: readonly number[];
}
