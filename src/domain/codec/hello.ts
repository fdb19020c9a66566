import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { toHex } from '../../base/bytes.js';
import type { CredentialDigest, EventId, Kid, Nation } from '../ids.js';
import { idBytes, idFromBytes, isNation } from '../ids.js';
import { LIMITS } from '../limits.js';
import type { Refusal } from '../refusal.js';
import type { Cbor, CborMap } from './dcbor.js';
import { cborMap, decodeCbor, encodeCbor } from './dcbor.js';
import {
  SchemaError,
  asArray,
  asBytes,
  asMap,
  asNamed,
  asText,
  asTuple,
  asUint,
} from './reader.js';

/** Link profiles, in wire order. */
export const LINK_PROFILES = ['lan', 'tactical'] as const;
export type LinkProfile = (typeof LINK_PROFILES)[number];

/** Newest status list a node holds of one nation. */
export interface StatusHead {
  readonly nation: Nation;
  /** 8 bytes, lower-case hex. */
  readonly list: string;
  readonly seq: number;
  readonly event: EventId;
}

/** Messages of `/entente/hello/1`: how two nodes show each other their credential chains. */
export type HelloMessage =
  | {
      readonly type: 'hello';
      /** Own chain by digest, leaf first, without the root. */
      readonly chain: readonly CredentialDigest[];
      readonly statusHeads: readonly StatusHead[];
      /** Unix milliseconds. */
      readonly timeMs: number;
      readonly profile: LinkProfile;
      readonly capabilities: readonly string[];
    }
  | { readonly type: 'need'; readonly digests: readonly CredentialDigest[] }
  | { readonly type: 'creds'; readonly credentials: readonly Uint8Array[] }
  | { readonly type: 'ok'; readonly node: Kid }
  | { readonly type: 'refuse'; readonly code: string };

export type HelloStep = Exclude<HelloMessage['type'], 'refuse'>;
/** What may stand at a step: the awaited message, or a refusal instead of it. */
export type HelloAnswer<S extends HelloStep> = Extract<HelloMessage, { type: S | 'refuse' }>;

export type HelloFormRefusal = Refusal<'HELLO_FORM'>;

const VERSION = 1;
const STATUS_HEADS_MAX = 64;
const CAPABILITIES_MAX = 32;
const REFUSAL_CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

function bodyOf(message: HelloMessage): CborMap {
  switch (message.type) {
    case 'hello':
      return cborMap(
        [0, VERSION],
        [1, message.chain.map(idBytes)],
        [2, message.statusHeads.map((h) => [h.nation, hexBytes(h.list), h.seq, idBytes(h.event)])],
        [3, message.timeMs],
        [4, LINK_PROFILES.indexOf(message.profile)],
        [5, message.capabilities],
      );
    case 'need':
      return cborMap([0, VERSION], [1, message.digests.map(idBytes)]);
    case 'creds':
      return cborMap([0, VERSION], [1, message.credentials]);
    case 'ok':
      return cborMap([0, VERSION], [1, idBytes(message.node)]);
    case 'refuse':
      return cborMap([0, VERSION], [1, message.code]);
  }
}

function hexBytes(hex: string): Uint8Array {
  return idBytes(hex as Kid);
}

/** Canonical bytes of one hello message, without its length prefix. */
export function encodeHello(message: HelloMessage): Uint8Array {
  return encodeCbor(bodyOf(message));
}

function chainOf(value: Cbor | undefined, field: string): readonly CredentialDigest[] {
  return asArray(value, field, LIMITS.chainDepthMax).map((item) =>
    idFromBytes<CredentialDigest>(asBytes(item, field, 32)),
  );
}

function statusHeadOf(value: Cbor): StatusHead {
  const [nation, list, seq, event] = asTuple(value, 'statusHeads', 4);
  const code = asText(nation, 'statusHeads.nation', 3);
  if (!isNation(code)) throw new SchemaError('statusHeads.nation', 'is a nation code');
  return {
    nation: code,
    list: toHex(asBytes(list, 'statusHeads.list', 8)),
    seq: asUint(seq, 'statusHeads.seq'),
    event: idFromBytes<EventId>(asBytes(event, 'statusHeads.event', 32)),
  };
}

function keysAre(map: CborMap, count: number): void {
  for (let key = 0; key < count; key++) {
    if (!map.has(key)) throw new SchemaError(String(key), 'is present');
  }
  if (map.size !== count) throw new SchemaError('message', `has ${String(count)} keys`);
}

function helloOf(map: CborMap): HelloMessage {
  keysAre(map, 6);
  const chain = chainOf(map.get(1), 'chain');
  if (chain.length === 0) throw new SchemaError('chain', 'is not empty');
  return {
    type: 'hello',
    chain,
    statusHeads: asArray(map.get(2), 'statusHeads', STATUS_HEADS_MAX).map(statusHeadOf),
    timeMs: asUint(map.get(3), 'time'),
    profile: asNamed(map.get(4), 'profile', LINK_PROFILES),
    capabilities: asArray(map.get(5), 'capabilities', CAPABILITIES_MAX).map((item) =>
      asText(item, 'capabilities', 64),
    ),
  };
}

function messageOf(step: HelloStep, map: CborMap): HelloMessage {
  if (map.get(0) !== VERSION) throw new SchemaError('version', 'is 1');
  const body = map.get(1);
  if (map.size === 2 && typeof body === 'string') {
    if (!REFUSAL_CODE.test(body)) throw new SchemaError('code', 'is a refusal code');
    return { type: 'refuse', code: body };
  }
  if (step === 'hello') return helloOf(map);
  keysAre(map, 2);
  if (step === 'need') return { type: 'need', digests: chainOf(body, 'digests') };
  if (step === 'ok') return { type: 'ok', node: idFromBytes<Kid>(asBytes(body, 'node', 32)) };
  const credentials = asArray(body, 'credentials', LIMITS.chainDepthMax);
  return { type: 'creds', credentials: credentials.map((item) => asBytes(item, 'credentials')) };
}

function refusal(field: string, rule: string): HelloFormRefusal {
  return {
    code: 'HELLO_FORM',
    field,
    rule,
    authority: 'protocol /entente/hello/1',
    detail: `${field}: ${rule}`,
    remedy: 'speak version 1 of the hello protocol',
  };
}

/**
 * Strict decode of the message that is due at `step`, or of a refusal in its place. The messages
 * carry no type of their own: the step decides.
 */
export function decodeHello<S extends HelloStep>(
  step: S,
  bytes: Uint8Array,
): Result<HelloAnswer<S>, HelloFormRefusal> {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return err(refusal('message', 'is canonical CBOR'));
  try {
    return ok(messageOf(step, asMap(decoded.value, 'message')) as HelloAnswer<S>);
  } catch (error) {
    if (error instanceof SchemaError) return err(refusal(error.field, error.rule));
    throw error;
  }
}
