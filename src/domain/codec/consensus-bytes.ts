import { assert } from '../../base/assert.js';
import { fromHex, toHex } from '../../base/bytes.js';
import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';

/** Why fixed-width bytes were refused: which field, and what it must be. */
export interface BinaryRefusal {
  readonly code: 'MALFORMED';
  readonly field: string;
  readonly detail: string;
}

/** Raised inside the decoders only; `decodeWhole` turns it into a refusal. */
class FormError extends Error {
  override readonly name = 'FormError';
  readonly field: string;

  constructor(field: string, detail: string) {
    super(detail);
    this.field = field;
  }
}

/** Appends big-endian fields to a growing buffer. */
export class ByteWriter {
  #bytes = new Uint8Array(512);
  #at = 0;

  #room(size: number): number {
    const at = this.#at;
    this.#at += size;
    if (this.#at > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#at, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return at;
  }

  u8(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xff, 'fits one byte');
    const at = this.#room(1);
    this.#bytes[at] = value;
    return this;
  }

  u16(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff, 'fits two bytes');
    return this.u8(value >>> 8).u8(value & 0xff);
  }

  u32(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffffffff, 'fits four bytes');
    const at = this.#room(4);
    new DataView(this.#bytes.buffer).setUint32(at, value);
    return this;
  }

  u64(value: number): this {
    assert(Number.isSafeInteger(value) && value >= 0, 'is a safe unsigned integer');
    const at = this.#room(8);
    const view = new DataView(this.#bytes.buffer);
    view.setUint32(at, Math.floor(value / 2 ** 32));
    view.setUint32(at + 4, value % 2 ** 32);
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.#room(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  /** Exactly 32 bytes given as hex. */
  id(hex: string): this {
    assert(hex.length === 64, 'an id is 32 bytes');
    return this.bytes(fromHex(hex));
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }
}

/** Takes big-endian fields off a buffer; every shortfall names the field. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  #take(size: number, field: string): number {
    if (size > this.left) throw new FormError(field, `needs ${String(size)} bytes`);
    const at = this.#at;
    this.#at += size;
    return at;
  }

  u8(field: string): number {
    return this.#view.getUint8(this.#take(1, field));
  }

  u16(field: string): number {
    return this.#view.getUint16(this.#take(2, field));
  }

  u32(field: string): number {
    return this.#view.getUint32(this.#take(4, field));
  }

  /** Integers above 2^53 − 1 are refused. */
  u64(field: string): number {
    const at = this.#take(8, field);
    const high = this.#view.getUint32(at);
    if (high > 0x1fffff) throw new FormError(field, 'is at most 2^53 − 1');
    return high * 2 ** 32 + this.#view.getUint32(at + 4);
  }

  bytes(size: number, field: string): Uint8Array {
    const at = this.#take(size, field);
    return this.#bytes.slice(at, at + size);
  }

  /** 32 bytes as the hex id of the type the caller names. */
  id<T extends string>(field: string): T {
    const at = this.#take(32, field);
    return toHex(this.#bytes.subarray(at, at + 32)) as T;
  }

  /** The member of `names` that a wire number from 1 stands for. */
  named<T extends string>(names: readonly T[], field: string): T {
    const name = names[this.u8(field) - 1];
    if (name === undefined) throw new FormError(field, `is one of 1..${String(names.length)}`);
    return name;
  }

  require(condition: boolean, field: string, detail: string): void {
    if (!condition) throw new FormError(field, detail);
  }
}

/** Runs a decoder over all of `bytes`; bytes left over are refused like missing ones. */
export function decodeWhole<T>(
  bytes: Uint8Array,
  read: (reader: ByteReader) => T,
): Result<T, BinaryRefusal> {
  const reader = new ByteReader(bytes);
  try {
    const value = read(reader);
    reader.require(reader.left === 0, 'end', 'has no bytes behind it');
    return ok(value);
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    return err({ code: 'MALFORMED', field: error.field, detail: error.message });
  }
}
