import { toHex } from '../base/bytes.js';
import type { Credential } from '../domain/credential.js';
import type { ActResult } from '../domain/views.js';
import type { Context } from './context.js';
import { performActs } from './sign-act.js';

/** Logs credentials for all peers to see, issuers first, in one session of the authority. */
export async function publishCredentials(
  context: Context,
  credentials: readonly Credential[],
): Promise<readonly ActResult[]> {
  if (credentials.length === 0) return [];
  const bodies = credentials.map(
    ({ bytes }) => ({ act: 'publish-credential', credential: toHex(bytes) }) as const,
  );
  return performActs(context, bodies, { offline: true });
}
