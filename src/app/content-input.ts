import { bodyContentType, encodeBodyChecked } from '../domain/codec/bodies.js';
import { hashHex } from '../domain/codec/hash.js';
import type { AttestedContent, BodyContent, TrackBody, TrackReport } from '../domain/body.js';
import type { EventType } from '../domain/event-types.js';
import type { Digest } from '../domain/ids.js';
import type { Entropy } from '../ports/entropy.js';
import type { FeedReport } from '../ports/feed-reader.js';
import { refuse } from './refusals.js';
import type { ContentInput, IngestRequest } from './service.js';

/** What people give, turned into the body of an event type; refuses what has no form. */

const TEXT_TYPES = ['intelligence-product', 'labelled-message', 'assessment'] as const;
type TextType = (typeof TEXT_TYPES)[number];

function isTextType(type: EventType): type is TextType {
  return (TEXT_TYPES as readonly string[]).includes(type);
}

type Fields = Readonly<Record<string, unknown>>;

function badField(field: string, rule: string): never {
  return refuse('SCHEMA', `content.${field}`, {
    rule,
    detail: `content.${field} ${rule}`,
    remedy: 'correct the content',
  });
}

function onlyFields(fields: Fields, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) badField(unknown, `is one of ${known.join(', ')}`);
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : badField(name, 'is text');
}

function optionalText(fields: Fields, name: string): string | undefined {
  return fields[name] === undefined ? undefined : text(fields, name);
}

function scaled(fields: Fields, name: string, unit: number, max: number): number | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > max) {
    return badField(name, `is a number of at most ${String(max)}`);
  }
  return Math.round(value * unit);
}

function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

const TRACK_FIELDS = [
  'object',
  'name',
  'latitude',
  'longitude',
  'speedKnots',
  'courseDegrees',
  'timeMs',
] as const;

function trackFrom(type: 'track' | 'observation', fields: Fields): BodyContent {
  onlyFields(fields, TRACK_FIELDS);
  const report: TrackReport = {
    reportType: 'manual',
    raw: [],
    ...defined({
      timeMs: scaled(fields, 'timeMs', 1, Number.MAX_SAFE_INTEGER),
      lat1e7: scaled(fields, 'latitude', 1e7, 90),
      lon1e7: scaled(fields, 'longitude', 1e7, 180),
      speedMilliKnots: scaled(fields, 'speedKnots', 1000, 2000),
      courseMilliDeg: scaled(fields, 'courseDegrees', 1000, 360),
    }),
  };
  const name = optionalText(fields, 'name');
  const object = text(fields, 'object');
  return { type, source: 'cot', object, reports: [report], ...(name && { name }) };
}

function contributionFrom(input: ContentInput, entropy: Entropy): BodyContent {
  const slotSalt = entropy.bytes(32);
  if (input.kind === 'text') return { type: 'contribution', text: input.text, slotSalt };
  onlyFields(input.fields, ['text', 'asset', 'offers']);
  const asset = optionalText(input.fields, 'asset');
  const offers = optionalText(input.fields, 'offers');
  return {
    type: 'contribution',
    text: text(input.fields, 'text'),
    slotSalt,
    ...defined({ asset, offers }),
  };
}

function contentFrom(type: EventType, input: ContentInput, entropy: Entropy): BodyContent {
  if (isTextType(type)) {
    if (input.kind === 'text') {
      return { type, text: input.text, contentType: input.contentType ?? 'text/plain' };
    }
    onlyFields(input.fields, ['text', 'contentType']);
    const contentType = optionalText(input.fields, 'contentType') ?? 'text/plain';
    return { type, text: text(input.fields, 'text'), contentType };
  }
  if (type === 'contribution') return contributionFrom(input, entropy);
  if (type === 'track' || type === 'observation') {
    if (input.kind === 'fields') return trackFrom(type, input.fields);
    return refuse('SCHEMA', 'content', {
      rule: `${type} has fields: ${TRACK_FIELDS.join(', ')}`,
      detail: 'plain text was given',
      remedy: 'give the content as fields',
    });
  }
  return refuse('BAD_TYPE', 'type', {
    rule: `is content that a node publishes: ${[...TEXT_TYPES, 'contribution', 'track', 'observation'].join(', ')}`,
    detail: type,
    remedy: 'other types come of their own verbs',
  });
}

/** Bytes and media type of the body of an event. */
export function encodeContent(
  type: EventType,
  input: ContentInput,
  entropy: Entropy,
): { readonly content: Uint8Array; readonly contentType: string } {
  return encodeChecked(contentFrom(type, input, entropy));
}

/** Canonical bytes of a content with its media type; refuses what does not fit its schema. */
export function encodeChecked(content: BodyContent): {
  readonly content: Uint8Array;
  readonly contentType: string;
} {
  const encoded = encodeBodyChecked(content);
  if (encoded.ok) return { content: encoded.value, contentType: bodyContentType(content.type) };
  const { field, rule } = encoded.error;
  return refuse('SCHEMA', field, {
    rule,
    detail: `${field} ${rule}`,
    remedy: 'correct the content',
  });
}

/** Originals of one track event: half of what a box holds, so that framing never overflows it. */
const RAW_BYTES_MAX = 24 * 1024;
const REPORTS_MAX = 64;

function reportFrom(report: FeedReport): TrackReport {
  const { reportType, raw, timeMs, latitude, longitude, speedKnots, courseDegrees } = report;
  const units = (value: number | undefined, unit: number): number | undefined =>
    value === undefined ? undefined : Math.round(value * unit);
  return {
    reportType,
    raw,
    ...defined({
      timeMs,
      lat1e7: units(latitude, 1e7),
      lon1e7: units(longitude, 1e7),
      speedMilliKnots: units(speedKnots, 1000),
      courseMilliDeg: units(courseDegrees, 1000),
    }),
  };
}

/** Groups a feed's reports into tracks by object, in order of first sight, cut to fit an event. */
export function tracksOf(
  source: 'ais' | 'cot',
  reports: readonly FeedReport[],
): readonly TrackBody[] {
  const byObject = new Map<string, FeedReport[]>();
  for (const report of reports) {
    const group = byObject.get(report.object);
    if (group === undefined) byObject.set(report.object, [report]);
    else group.push(report);
  }
  return [...byObject].flatMap(([object, group]) => {
    const name = group.find((report) => report.name !== undefined)?.name;
    return cut(group).map((part) => ({
      source,
      object,
      reports: part.map(reportFrom),
      ...(name === undefined ? {} : { name }),
    }));
  });
}

function cut(group: readonly FeedReport[]): readonly (readonly FeedReport[])[] {
  const parts: FeedReport[][] = [];
  let bytes = 0;
  for (const report of group) {
    const size = report.raw.reduce((sum, line) => sum + line.length * 3, 0);
    const last = parts[parts.length - 1];
    if (last === undefined || last.length >= REPORTS_MAX || bytes + size > RAW_BYTES_MAX) {
      parts.push([report]);
      bytes = size;
    } else {
      last.push(report);
      bytes += size;
    }
  }
  return parts;
}

/** The content of one track of an ingested feed: authored, or attested for a partner without a node. */
export function trackContent(track: TrackBody, request: IngestRequest): BodyContent {
  if (request.attestedFor === undefined) return { type: 'track', ...track };
  const original = new TextEncoder().encode(track.reports.flatMap(({ raw }) => raw).join('\n'));
  const originalHash = hashHex(original) as Digest;
  const bare = { ...track, reports: track.reports.map((report) => ({ ...report, raw: [] })) };
  const attested: AttestedContent = {
    type: 'attested-for',
    ...request.attestedFor,
    originalHash,
    original,
    track: bare,
  };
  return attested;
}
