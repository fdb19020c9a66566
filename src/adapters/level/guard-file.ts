import type { FileHandle } from 'node:fs/promises';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { assert } from '../../base/assert.js';
import { concatBytes, equalBytes, u16be } from '../../base/bytes.js';
import { StoreError } from './store-error.js';

/**
 * A small file beside the database that remembers how far its newest record was. LevelDB may drop a
 * damaged tail of its journal without a word; the guard shows that something is missing.
 *
 * Two slots are written in turn, so that a torn write leaves the other whole. They stand in
 * different pages, so that no disk tears both at once.
 */

const SLOT_BYTES = 4096;
const SLOTS = 2;
const CHECKSUM_BYTES = 32;
const CONTENT_BYTES_MAX = SLOT_BYTES - 2 - CHECKSUM_BYTES;

/** Length, content and SHA-256 of both, padded to the slot. */
function slotOf(content: Uint8Array): Uint8Array {
  assert(content.length > 0 && content.length <= CONTENT_BYTES_MAX, 'a guard fits its slot');
  const framed = concatBytes(u16be(content.length), content);
  const slot = new Uint8Array(SLOT_BYTES);
  slot.set(concatBytes(framed, sha256(framed)));
  return slot;
}

/** The content of a slot, or undefined when it is empty, torn or short. */
function contentOf(slot: Uint8Array): Uint8Array | undefined {
  const length = ((slot[0] ?? 0) << 8) | (slot[1] ?? 0);
  if (length === 0 || 2 + length + CHECKSUM_BYTES > slot.length) return undefined;
  const framed = slot.subarray(0, 2 + length);
  const checksum = slot.subarray(2 + length, 2 + length + CHECKSUM_BYTES);
  return equalBytes(sha256(framed), checksum) ? framed.slice(2) : undefined;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** The name of a new file is durable only when its directory is synced. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export interface GuardContent {
  /** The slots that could be read. */
  readonly slots: readonly Uint8Array[];
  /** Nothing was ever written: both slots are as they were created. */
  readonly pristine: boolean;
}

export class GuardFile {
  readonly #handle: FileHandle;
  readonly #path: string;

  private constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  /** The guard at this path, or undefined when there is none. */
  static async open(path: string): Promise<GuardFile | undefined> {
    try {
      return new GuardFile(await open(path, 'r+'), path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new StoreError('STORE_READ_FAILED', `open guard ${path}`, { cause: error });
    }
  }

  /** A new guard with both slots empty, durable when the promise resolves. */
  static async create(path: string): Promise<GuardFile> {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const handle = await open(path, 'wx+', 0o600);
      await writeAll(handle, new Uint8Array(SLOTS * SLOT_BYTES), 0);
      await handle.sync();
      await syncDirectory(path);
      return new GuardFile(handle, path);
    } catch (error) {
      throw new StoreError('STORE_WRITE_FAILED', `create guard ${path}`, { cause: error });
    }
  }

  async read(): Promise<GuardContent> {
    const file = new Uint8Array(SLOTS * SLOT_BYTES);
    try {
      await this.#handle.read(file, 0, file.length, 0);
    } catch (error) {
      throw new StoreError('STORE_READ_FAILED', `read guard ${this.#path}`, { cause: error });
    }
    const slots: Uint8Array[] = [];
    for (let slot = 0; slot < SLOTS; slot++) {
      const content = contentOf(file.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES));
      if (content !== undefined) slots.push(content);
    }
    return { slots, pristine: file.every((byte) => byte === 0) };
  }

  /** Writes one slot, durable when the promise resolves. */
  async write(slot: 0 | 1, content: Uint8Array): Promise<void> {
    try {
      await writeAll(this.#handle, slotOf(content), slot * SLOT_BYTES);
      await this.#handle.datasync();
    } catch (error) {
      throw new StoreError('STORE_WRITE_FAILED', `write guard ${this.#path}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** A full disk may show first as a short write without an error. */
async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  const { bytesWritten } = await handle.write(bytes, 0, bytes.length, position);
  if (bytesWritten !== bytes.length) {
    throw new Error(`wrote ${String(bytesWritten)} of ${String(bytes.length)} bytes`);
  }
}
