import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for one test, and its removal. */
export function tempFolder(): { readonly dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'entente-test-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
