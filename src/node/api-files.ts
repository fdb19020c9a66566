import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { z } from 'zod';
import type { Home } from './home.js';
import { assertPrivate, readIfThere, writePrivateFile } from './private-file.js';

/** Where the running node's API is, and since when. */
export interface ApiPlace {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  readonly startedMs: number;
}

const placeSchema = z.strictObject({
  pid: z.int().min(1),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  startedMs: z.int().min(0),
}) satisfies z.ZodType<ApiPlace>;

/** Makes the bearer token of this start: 32 random bytes in hex. */
export function newToken(home: Home): string {
  const token = randomBytes(32).toString('hex');
  writePrivateFile(home.tokenFile, `${token}\n`);
  return token;
}

export function writeApiPlace(home: Home, place: ApiPlace): void {
  writePrivateFile(home.apiFile, `${JSON.stringify(place)}\n`);
}

/** Says that no node runs here any more. */
export function removeApiFiles(home: Home): void {
  rmSync(home.apiFile, { force: true });
  rmSync(home.tokenFile, { force: true });
}

/** Place and token of the node that serves this home, or undefined when none wrote them. */
export function readApiAccess(home: Home): (ApiPlace & { readonly token: string }) | undefined {
  const place = readIfThere(home.apiFile);
  const token = readIfThere(home.tokenFile);
  if (place === undefined || token === undefined) return undefined;
  assertPrivate(home.tokenFile);
  try {
    const parsed = placeSchema.parse(JSON.parse(place.toString('utf8')));
    return { ...parsed, token: token.toString('utf8').trim() };
  } catch {
    return undefined;
  }
}
