import { equalBytes } from '../../base/bytes.js';
import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { Cbor } from './dcbor.js';
import { decodeCbor } from './dcbor.js';
import { SchemaError } from './reader.js';

/** Why bytes are not a document of the expected form: which field, and what it must be. */
export interface FormRefusal {
  readonly field: string;
  readonly rule: string;
}

/** How one kind of document is read and written. */
export interface DocumentCodec<T> {
  /** Name of the document in refusals. */
  readonly name: string;
  readonly from: (value: Cbor) => T;
  readonly encode: (value: T) => Uint8Array;
}

/**
 * Strict decode of a whole document: canonical CBOR, the schema, and the same bytes when the value
 * is written again. The last rule leaves one spelling for each value, so a digest names one value.
 */
export function decodeDocument<T>(
  bytes: Uint8Array,
  codec: DocumentCodec<T>,
): Result<T, FormRefusal> {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return err({ field: codec.name, rule: 'is canonical CBOR' });
  try {
    const value = codec.from(decoded.value);
    if (equalBytes(codec.encode(value), bytes)) return ok(value);
    return err({ field: codec.name, rule: 'equals its own encoding' });
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return err({ field: error.field, rule: error.rule });
  }
}
