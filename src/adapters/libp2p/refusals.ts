import type { Refusal } from '../../domain/refusal.js';

/** Carries a refusal through asynchronous code to the place that closes the connection. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refusal: Refusal;
  /** The peer refused us; otherwise we refuse the peer. */
  readonly byPeer: boolean;

  constructor(refusal: Refusal, byPeer = false) {
    super(`${refusal.code}: ${refusal.detail}`);
    this.refusal = refusal;
    this.byPeer = byPeer;
  }
}

type HelloCode =
  | 'HELLO_TOO_LARGE'
  | 'HELLO_TIMEOUT'
  | 'HELLO_PROFILE'
  | 'HELLO_KEY_TYPE'
  | 'HELLO_DIGEST'
  | 'HELLO_ENDED'
  | 'HELLO_EXPIRED';

type LinkCode = 'LINK_CREDIT' | 'LINK_DEAD' | 'LINK_BEFORE_HELLO' | 'LINK_HANDLER';

const RULES: Readonly<Record<HelloCode | LinkCode, readonly [string, string]>> = {
  HELLO_TOO_LARGE: ['a hello is at most 16 KiB in all', 'shorten the credential chain'],
  HELLO_TIMEOUT: ['a hello ends within the time of the link profile', 'check the link profile'],
  HELLO_PROFILE: ['both ends use the same link profile', 'dial the port of the same profile'],
  HELLO_KEY_TYPE: ['a transport key is an Ed25519 key', 'use an Ed25519 transport key'],
  HELLO_DIGEST: ['credentials are those that were named', 'send the named credentials in order'],
  HELLO_ENDED: ['a hello ends with OK', 'retry'],
  HELLO_EXPIRED: ['admission ends with the credential', 'renew the node credential'],
  LINK_CREDIT: ['a sender stays within the granted credit', 'wait for credit'],
  LINK_DEAD: ['sent bytes are acknowledged in time', 'check the link'],
  LINK_BEFORE_HELLO: ['nothing but the hello before it has ended', 'finish the hello first'],
  LINK_HANDLER: ['a frame is handled without a fault', 'read the log of the refusing node'],
};

export function meshRefusal(code: HelloCode | LinkCode, detail: string): Refusal {
  const [rule, remedy] = RULES[code];
  const protocol = code.startsWith('HELLO') ? 'hello' : 'link';
  const authority = `protocol /entente/${protocol}/1`;
  return { code, field: protocol, rule, authority, detail, remedy };
}

/** The refusal that a peer sent us: only its code crosses the wire. */
export function refusalOfPeer(code: string): Refusal {
  return {
    code,
    field: 'hello',
    rule: 'the peer admits our credential chain',
    authority: 'the peer',
    detail: `the peer refused the hello: ${code}`,
    remedy: 'compare roots, trust lists and expiry with the peer',
  };
}
