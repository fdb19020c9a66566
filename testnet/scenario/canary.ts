import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The ways in which words may lie in a file: as they are, in hex, in base64 at each offset. */
function spellings(canary: string): readonly Buffer[] {
  const bytes = Buffer.from(canary, 'utf8');
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // The outermost digits also depend on the neighbours.
    return Buffer.from(text.slice(4, -6), 'ascii');
  });
  return [bytes, Buffer.from(bytes.toString('hex'), 'ascii'), ...base64];
}

/** A file itself, or every file below a folder. */
function filesAt(path: string): readonly string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    // A running node compacts its store: a file may be gone by now.
    return Buffer.alloc(0);
  }
}

/** Files at or below these places in which the canary stands, and how many were searched. */
export function findCanary(
  canary: string,
  places: readonly string[],
): { readonly searched: number; readonly found: readonly string[] } {
  const wanted = spellings(canary);
  const files = places.flatMap(filesAt);
  const found = files.filter((file) => {
    const bytes = bytesOf(file);
    return wanted.some((one) => bytes.includes(one));
  });
  return { searched: files.length, found };
}
