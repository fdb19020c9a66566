import CoT from '@tak-ps/node-cot/dist/index.js';
import { markupOf } from './markup.js';
import type { CotReport, CotSkipReason } from './report.js';

/** What an event says, without where it stood. */
export type EventContent = Omit<CotReport, 'index' | 'line' | 'raw'>;

export type EventResult =
  | { readonly ok: true; readonly content: EventContent }
  | { readonly ok: false; readonly reason: CotSkipReason };

/** "Unknown" for height and errors (CoT base schema). */
const UNKNOWN = 9_999_999;

const startTag = /^<event((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*\/?>/;
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;
const required = ['version', 'uid', 'type', 'time', 'start', 'stale'];

/** Reads one event's XML. */
export function parseEvent(xml: string): EventResult {
  const attributes = startTag.exec(xml)?.[1];
  if (attributes === undefined) return refuse('BAD_XML');
  // The library makes up a missing uid, and writes a line to stderr per attribute it misses.
  const given = new Map(
    [...attributes.matchAll(attribute)].map(([, name, a, b]) => [name, a ?? b ?? '']),
  );
  if (required.some((name) => (given.get(name) ?? '').trim() === '')) return refuse('BAD_SCHEMA');
  const event = readXml(xml);
  if (typeof event === 'string') return refuse(event);
  return contentOf(event);
}

function readXml(xml: string): CoT['raw']['event'] | CotSkipReason {
  try {
    return new CoT(withPlainText(xml)).raw.event;
  } catch (error) {
    return error instanceof Error && error.name === 'PublicError' ? 'BAD_SCHEMA' : 'BAD_XML';
  }
}

/**
 * The same XML with character data written as text and without comments: the library's schema takes
 * a `remarks` that is cut up by either for a missing one.
 */
function withPlainText(xml: string): string {
  let plain = '';
  let done = 0;
  for (const { kind, start, end } of markupOf(xml)) {
    if (kind !== 'passive' && kind !== 'cdata') continue;
    plain += xml.slice(done, start);
    if (kind === 'cdata') plain += escaped(xml.slice(start + '<![CDATA['.length, end - 3));
    done = end;
  }
  return plain + xml.slice(done);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function contentOf({ _attributes, point, detail }: CoT['raw']['event']): EventResult {
  const { uid, type, how = '' } = _attributes;
  if (!/^[A-Za-z0-9]+(?:[-._+*][A-Za-z0-9*]+)*$/.test(type)) return refuse('BAD_TYPE');
  const timeMs = instant(_attributes.time);
  const startMs = instant(_attributes.start);
  const staleMs = instant(_attributes.stale);
  if (timeMs === undefined || startMs === undefined || staleMs === undefined) {
    return refuse('BAD_TIME');
  }
  if (staleMs < startMs) return refuse('BAD_TIME');
  const { lat, lon, hae, ce, le } = point._attributes;
  const latitude = decimal(lat);
  const longitude = decimal(lon);
  if (latitude === undefined || longitude === undefined) return refuse('BAD_POINT');
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return refuse('BAD_POINT');
  const callsign = detail?.contact?._attributes.callsign;
  const remarks = detail?.remarks?._text;
  return {
    ok: true,
    content: {
      uid,
      cotType: type,
      how,
      timeMs,
      startMs,
      staleMs,
      latitude,
      longitude,
      ...known('hae', hae),
      ...known('ce', ce),
      ...known('le', le),
      ...(callsign === undefined ? {} : { callsign }),
      ...(remarks === undefined ? {} : { remarks }),
    },
  };
}

function known<K extends string>(key: K, text: string | number): Partial<Record<K, number>> {
  const value = decimal(text);
  if (value === undefined || Math.abs(value) >= UNKNOWN) return {};
  return { [key]: value } as Partial<Record<K, number>>;
}

function decimal(text: string | number): number | undefined {
  const trimmed = String(text).trim();
  return /^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?$/.test(trimmed) ? Number(trimmed) : undefined;
}

const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** An XML Schema dateTime with its zone, which CoT requires, in Unix milliseconds. */
function instant(text: string): number | undefined {
  if (!dateTime.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

function refuse(reason: CotSkipReason): EventResult {
  return { ok: false, reason };
}
