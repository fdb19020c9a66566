import { createHash, timingSafeEqual } from 'node:crypto';
import { apiRefusal, ProblemError } from './problem.js';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]', '::1']);

export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

/** Name of a Host or authority value, without its port; null when it has no such form. */
function hostName(value: string): string | null {
  return /^(\[[0-9a-fA-F:]+\]|[^:[\]/@]+)(?::\d{1,5})?$/.exec(value)?.[1]?.toLowerCase() ?? null;
}

/**
 * Refuses a request whose Host is not this machine: a page that rebinds its DNS name to loopback
 * still sends its own name.
 */
export function checkHost(host: string | undefined, allowed: readonly string[]): void {
  const name = host === undefined ? null : hostName(host);
  if (name !== null && (isLoopback(name) || allowed.includes(name))) return;
  throw new ProblemError(
    apiRefusal('HOST', 'Host', {
      rule: 'the API answers only to a loopback Host',
      detail: 'the Host header names another machine',
      remedy: 'call the API at 127.0.0.1',
    }),
  );
}

/** Refuses a browser's request that another site started. */
export function checkOrigin(origin: string | undefined, allowed: readonly string[]): void {
  if (origin === undefined) return;
  const name = URL.canParse(origin) ? new URL(origin).hostname : null;
  if (name !== null && (isLoopback(name) || allowed.includes(name))) return;
  throw new ProblemError(
    apiRefusal('HOST', 'Origin', {
      rule: 'the API serves no other site',
      detail: 'the Origin header names another site',
      remedy: 'call the API from this machine',
    }),
  );
}

/** Compares the bearer token in constant time: both sides are hashed to one length first. */
export function checkToken(authorization: string | undefined, token: string): void {
  const given = /^Bearer ([^\s]{1,256})$/.exec(authorization ?? '')?.[1];
  if (given !== undefined && timingSafeEqual(digestOf(given), digestOf(token))) return;
  throw new ProblemError(
    apiRefusal('UNAUTHORIZED', 'Authorization', {
      rule: 'every call carries the bearer token of this start of the node',
      detail: given === undefined ? 'no bearer token was given' : 'the bearer token is not valid',
      remedy: "read the token from api.token in the nation's home folder",
    }),
  );
}
