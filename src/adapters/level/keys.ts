import { assert } from '../../base/assert.js';
import { toHex, utf8 } from '../../base/bytes.js';

/**
 * Keys are ASCII: a table, then fixed-width parts behind `!`. Numbers are 14 hex digits, so that
 * the order of keys is the order of numbers up to 2^53 − 1. Free text is hex of its UTF-8.
 */

const SEPARATOR = '!';
/** The character after the separator: the end of all keys that begin with a prefix. */
const AFTER_SEPARATOR = '"';
const NUMBER_DIGITS = 14;

export function numberKey(value: number): string {
  assert(Number.isSafeInteger(value) && value >= 0, 'a key number is a safe unsigned integer');
  return value.toString(16).padStart(NUMBER_DIGITS, '0');
}

export function numberOfKey(key: string): number {
  return Number.parseInt(key.slice(-NUMBER_DIGITS), 16);
}

export function textKey(text: string): string {
  return toHex(utf8(text));
}

export function keyOf(...parts: readonly string[]): string {
  return parts.join(SEPARATOR);
}

/** Last part of a key. */
export function tailOf(key: string): string {
  return key.slice(key.lastIndexOf(SEPARATOR) + 1);
}

export interface KeyRange {
  readonly gte: string;
  readonly lt: string;
}

/** All keys that go on behind these parts. */
export function below(...parts: readonly string[]): KeyRange {
  const prefix = keyOf(...parts);
  return { gte: prefix + SEPARATOR, lt: prefix + AFTER_SEPARATOR };
}
