import { fromHex } from '../base/bytes.js';
import { decodeCredential } from '../domain/codec/credential.js';
import type { Credential } from '../domain/credential.js';
import type { Nation } from '../domain/ids.js';
import { readApiAccess } from '../node/api-files.js';
import { homeCredentials } from '../node/credential-files.js';
import { homeRoots } from '../node/roots.js';
import type { Context } from './context.js';

/** Bytes of the credential that a credential event shows, in hex. */
function shownBytes(content: unknown): string | undefined {
  if (typeof content !== 'object' || content === null || !('credential' in content)) {
    return undefined;
  }
  const { credential } = content;
  return typeof credential === 'string' && /^([0-9a-f]{2})+$/.test(credential)
    ? credential
    : undefined;
}

/** What the home holds of a nation, and what the running node, if one runs, has received of it. */
export async function heldCredentials(
  context: Context,
  nation: Nation,
): Promise<readonly Credential[]> {
  const home = context.home();
  const own = [...homeRoots(home), ...homeCredentials(home)];
  const running = readApiAccess(home) !== undefined;
  const events = running ? await context.client().events({ type: 'credential', nation }) : [];
  const received = events.flatMap(({ content }) => {
    const bytes = shownBytes(content);
    const decoded = bytes === undefined ? undefined : decodeCredential(fromHex(bytes));
    return decoded?.ok === true ? [decoded.value] : [];
  });
  const byDigest = new Map<string, Credential>();
  for (const one of [...own, ...received]) {
    if (one.issuer === nation) byDigest.set(one.digest, one);
  }
  return [...byDigest.values()];
}
