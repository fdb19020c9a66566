/** What a run can fail with, by name. */
export type FailureCode =
  | 'USAGE'
  | 'INPUT_MISSING'
  | 'INPUT_EMPTY'
  | 'INPUT_UNUSABLE'
  | 'FOLDER_IN_USE'
  | 'FOLDER_NOT_OURS'
  | 'PORT_TAKEN'
  | 'NO_TESTNET'
  | 'COMMAND_FAILED'
  | 'NODE_DIED'
  | 'DEADLINE'
  | 'STOPPED';

const EXIT: Readonly<Partial<Record<FailureCode, number>>> = {
  USAGE: 2,
  INPUT_MISSING: 2,
  INPUT_EMPTY: 2,
  INPUT_UNUSABLE: 2,
  FOLDER_NOT_OURS: 2,
  FOLDER_IN_USE: 5,
  PORT_TAKEN: 5,
  NO_TESTNET: 5,
  STOPPED: 130,
};

/** A named end of a run or a verb; `message` says it to people, `remedy` what to do about it. */
export class TestnetFailure extends Error {
  override readonly name = 'TestnetFailure';
  readonly code: FailureCode;
  readonly remedy: string;

  constructor(code: FailureCode, message: string, remedy = '') {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }

  /** Exit code of a process that ends with this: 2 usage, 5 not available, 130 interrupted, else 1. */
  get exitCode(): number {
    return EXIT[this.code] ?? 1;
  }
}

/** The code of a system error, such as EADDRINUSE. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
