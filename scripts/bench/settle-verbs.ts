/** What the settlement benches ask of their workers. */
export interface OpenArgs {
  /** Names the operation: a new tag is a new operation. */
  readonly tag: string;
  /** Prepared entries of that operation. */
  readonly file: string;
  readonly blockEntries: number;
  /** Whether the approvals count as verified before. */
  readonly verified: boolean;
}

export interface OpenResult {
  /** Strict decode of one entry and its two ids, in microseconds. */
  readonly identifyUs: number;
}

export interface SampleArgs {
  readonly from: number;
  readonly count: number;
}

export interface SampleResult {
  readonly settleMs: readonly number[];
  readonly linkUs: readonly number[];
  readonly syncUs: readonly number[];
  readonly signUs: readonly number[];
  readonly verifyUs: readonly number[];
  /** Synced writes of the submitter's safety state while the others write theirs. */
  readonly writeMs: readonly number[];
}

export interface PumpArgs extends SampleArgs {
  /** Entries that one member keeps open at once. */
  readonly window: number;
}

export interface PumpResult {
  readonly tookMs: number;
  readonly blocks: number;
  readonly writeMs: readonly number[];
}
