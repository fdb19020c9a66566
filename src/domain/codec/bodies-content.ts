import type {
  AttestedContent,
  ConsentContent,
  ContributionContent,
  ReceiptContent,
  TextContent,
  TrackContent,
} from '../body.js';
import type { Digest, EventId, LabelDigest, Nation } from '../ids.js';
import { idBytes, idFromBytes } from '../ids.js';
import { LIMITS } from '../limits.js';
import { trackFrom, trackPairs } from './bodies-track.js';
import type { CborMap } from './dcbor.js';
import { cborMap } from './dcbor.js';
import { nationFrom } from './event-body.js';
import { hashHex } from './hash.js';
import { SchemaError, asArray, asBytes, asMap, asText, asUint, onlyKeys } from './reader.js';

/** How the body of one type is written and read. Key 0 is the version, checked by the caller. */
export interface BodyCodec<C> {
  readonly toCbor: (content: C) => CborMap;
  readonly from: (map: CborMap) => C;
}

const TEXT_CHARS_MAX = LIMITS.plaintextBytesMax;
const LINE_CHARS_MAX = 1024;
const NATIONS_MAX = 256;
const RULES_MAX = 64;

export function textCodec<T extends TextContent['type']>(
  type: T,
): BodyCodec<TextContent & { readonly type: T }> {
  return {
    toCbor: (c) => cborMap([0, 1], [1, c.text], [2, c.contentType]),
    from: (map) => {
      onlyKeys(map, 'body', [0, 1, 2]);
      return {
        type,
        text: asText(map.get(1), 'text', TEXT_CHARS_MAX),
        contentType: asText(map.get(2), 'contentType', 128),
      };
    },
  };
}

export function trackCodec<T extends TrackContent['type']>(
  type: T,
): BodyCodec<TrackContent & { readonly type: T }> {
  return {
    toCbor: (c) => cborMap([0, 1], ...trackPairs(c)),
    from: (map) => {
      onlyKeys(map, 'body', [0, 1, 2, 3, 4]);
      return { type, ...trackFrom(map) };
    },
  };
}

export const contributionCodec: BodyCodec<ContributionContent> = {
  toCbor: (c) => cborMap([0, 1], [1, c.text], [2, c.asset], [3, c.offers], [4, c.slotSalt]),
  from: (map) => {
    onlyKeys(map, 'body', [0, 1, 2, 3, 4]);
    const [asset, offers] = [map.get(2), map.get(3)];
    return {
      type: 'contribution',
      text: asText(map.get(1), 'text', TEXT_CHARS_MAX),
      ...(asset === undefined ? {} : { asset: asText(asset, 'asset', LINE_CHARS_MAX) }),
      ...(offers === undefined ? {} : { offers: asText(offers, 'offers', LINE_CHARS_MAX) }),
      slotSalt: asBytes(map.get(4), 'slotSalt', 32),
    };
  },
};

export const receiptCodec: BodyCodec<ReceiptContent> = {
  toCbor: (c) => cborMap([0, 1], [1, idBytes(c.event)], [2, c.rules], [3, c.timeMs]),
  from: (map) => {
    onlyKeys(map, 'body', [0, 1, 2, 3]);
    return {
      type: 'consumption-receipt',
      event: idFromBytes<EventId>(asBytes(map.get(1), 'event', 32)),
      rules: asArray(map.get(2), 'rules', RULES_MAX).map((rule) => asText(rule, 'rules', 128)),
      timeMs: asUint(map.get(3), 'time'),
    };
  },
};

function recipientsFrom(map: CborMap): readonly Nation[] {
  const recipients = asArray(map.get(5), 'recipients', NATIONS_MAX).map((code) =>
    nationFrom(code, 'recipients'),
  );
  if (new Set(recipients).size !== recipients.length) {
    throw new SchemaError('recipients', 'are distinct');
  }
  return recipients;
}

export const consentCodec: BodyCodec<ConsentContent> = {
  toCbor: (c) =>
    cborMap(
      [0, 1],
      [1, idBytes(c.source)],
      [2, idBytes(c.sourceLabel)],
      [3, c.requester],
      [4, c.maxLabel],
      [5, c.recipients],
      [6, c.purpose],
      [7, c.notAfterMs],
      [8, c.nonce],
    ),
  from: (map) => {
    onlyKeys(map, 'body', [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const notAfter = map.get(7);
    return {
      type: 'originator-consent',
      source: idFromBytes<EventId>(asBytes(map.get(1), 'source', 32)),
      sourceLabel: idFromBytes<LabelDigest>(asBytes(map.get(2), 'sourceLabel', 32)),
      requester: nationFrom(map.get(3), 'requester'),
      maxLabel: asBytes(map.get(4), 'maxLabel'),
      recipients: recipientsFrom(map),
      purpose: asText(map.get(6), 'purpose', LINE_CHARS_MAX),
      notAfterMs: notAfter === null ? null : asUint(notAfter, 'notAfter'),
      nonce: asBytes(map.get(8), 'nonce', 16),
    };
  },
};

export const attestedCodec: BodyCodec<AttestedContent> = {
  toCbor: (c) =>
    cborMap(
      [0, 1],
      [1, c.partner],
      [2, c.channel],
      [3, c.authority],
      [4, idBytes(c.originalHash)],
      [5, c.original],
      [6, c.track && cborMap(...trackPairs(c.track))],
    ),
  from: (map) => {
    onlyKeys(map, 'body', [0, 1, 2, 3, 4, 5, 6]);
    const original = asBytes(map.get(5), 'original');
    const originalHash = idFromBytes<Digest>(asBytes(map.get(4), 'originalHash', 32));
    if (hashHex(original) !== originalHash) {
      throw new SchemaError('originalHash', 'is the SHA-256 of the original bytes');
    }
    const track = map.get(6);
    return {
      type: 'attested-for',
      partner: nationFrom(map.get(1), 'partner'),
      channel: asText(map.get(2), 'channel', LINE_CHARS_MAX),
      authority: asText(map.get(3), 'authority', LINE_CHARS_MAX),
      originalHash,
      original,
      ...(track === undefined ? {} : { track: attestedTrack(asMap(track, 'track')) }),
    };
  },
};

function attestedTrack(map: CborMap): NonNullable<AttestedContent['track']> {
  onlyKeys(map, 'track', [1, 2, 3, 4]);
  return trackFrom(map);
}
