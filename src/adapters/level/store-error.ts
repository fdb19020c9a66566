import type { Nation } from '../../domain/ids.js';

export type StoreErrorCode =
  /** Another process, or another store of this process, has the database open. */
  | 'STORE_LOCKED'
  /** Files or rows are not what was written. */
  | 'STORE_DAMAGED'
  /** A write contradicts what is stored: nothing was written. */
  | 'STORE_CONFLICT'
  /** Written by a version with another layout. */
  | 'STORE_FORMAT'
  | 'STORE_CLOSED'
  | 'STORE_READ_FAILED'
  /** Nothing of the batch may be relied on; the database takes no further writes until it is reopened. */
  | 'STORE_WRITE_FAILED';

/** Which row is meant, as far as it can be told. */
export interface StorePlace {
  readonly table: string;
  readonly nation?: Nation;
  /** Position of a leaf, or size of a checkpoint. */
  readonly index?: number;
}

/** A fault of the database or the disk below it. The library's own error is the cause. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly table?: string;
  readonly nation?: Nation;
  readonly index?: number;

  constructor(
    code: StoreErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly place?: StorePlace } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    const { table, nation, index } = options.place ?? {};
    if (table !== undefined) this.table = table;
    if (nation !== undefined) this.nation = nation;
    if (index !== undefined) this.index = index;
  }
}

/** The error of a row that cannot be read. */
export function damaged(place: StorePlace, detail: string): StoreError {
  const at = place.index === undefined ? '' : ` ${place.nation ?? ''}/${String(place.index)}`;
  return new StoreError('STORE_DAMAGED', `row of ${place.table}${at} ${detail}`, { place });
}

function codesOf(error: unknown): readonly string[] {
  const codes: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') codes.push(at.code);
  }
  return codes;
}

function messagesOf(error: unknown): string {
  const messages: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) messages.push(at.message);
  return messages.join(': ');
}

/** Names what the database library threw. `fallback` says what was being done. */
export function storeError(error: unknown, fallback: StoreErrorCode, what: string): StoreError {
  if (error instanceof StoreError) return error;
  const codes = codesOf(error);
  const detail = messagesOf(error);
  const named = (code: StoreErrorCode) =>
    new StoreError(code, `${what}: ${detail}`, { cause: error });
  if (codes.includes('LEVEL_LOCKED')) return named('STORE_LOCKED');
  if (codes.includes('LEVEL_CORRUPTION')) return named('STORE_DAMAGED');
  // A file that the manifest names and the directory lacks.
  if (/no such file/i.test(detail) && fallback === 'STORE_READ_FAILED')
    return named('STORE_DAMAGED');
  const closed = ['LEVEL_DATABASE_NOT_OPEN', 'LEVEL_ITERATOR_NOT_OPEN', 'LEVEL_SNAPSHOT_NOT_OPEN'];
  if (what !== 'open' && codes.some((code) => closed.includes(code))) return named('STORE_CLOSED');
  return named(fallback);
}
