import { toHex } from '../base/bytes.js';
import type { BodyContent, TrackBody } from './body.js';

/** Contents for people and for plain JSON. */

const SUMMARY_CHARS_MAX = 120;

/** The first line, shortened: a summary is one line wherever it is shown. */
function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= SUMMARY_CHARS_MAX ? line : `${line.slice(0, SUMMARY_CHARS_MAX - 1)}…`;
}

function plural(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function trackSummary({ source, object, name, reports }: TrackBody): string {
  const who = name === undefined ? object : `${name} (${object})`;
  const positions = reports.filter(({ lat1e7 }) => lat1e7 !== undefined).length;
  return `${source.toUpperCase()} ${who}, ${plural(positions, 'position')}`;
}

/** One line that tells a person what the content says. */
export function bodySummary(content: BodyContent): string {
  switch (content.type) {
    case 'intelligence-product':
    case 'labelled-message':
    case 'assessment':
      return oneLine(content.text);
    case 'track':
    case 'observation':
      return oneLine(trackSummary(content));
    case 'contribution': {
      const { asset, offers, text } = content;
      const what = asset === undefined ? text : `${asset}: ${offers ?? text}`;
      return oneLine(what);
    }
    case 'decision-record':
      return oneLine(`step ${content.step}: ${content.reason}`);
    case 'tasking':
      return oneLine(`${content.asset}: ${content.task}`);
    case 'approval':
      return `approves ${content.coreId}`;
    case 'refusal':
      return oneLine(`refuses ${content.coreId}: ${content.reason}`);
    case 'opening':
      return `opens ${plural(content.openings.length, 'reference')}`;
    case 'settled-record':
      return `settled ${content.coreId} at height ${String(content.height)}`;
    case 'consumption-receipt':
      return `opened ${content.event}`;
    case 'originator-consent':
      return oneLine(
        `consent to ${content.requester} for ${content.recipients.join(', ')}: ${content.purpose}`,
      );
    case 'attested-for': {
      const { partner, channel, track, original } = content;
      const what = track === undefined ? plural(original.length, 'byte') : trackSummary(track);
      return oneLine(`received from ${partner} over ${channel}: ${what}`);
    }
  }
}

/** Fixed-point fields with the names and divisors of their plain form. */
const SCALED: Readonly<Record<string, readonly [name: string, divisor: number]>> = {
  lat1e7: ['latitude', 1e7],
  lon1e7: ['longitude', 1e7],
  speedMilliKnots: ['speedKnots', 1000],
  courseMilliDeg: ['courseDegrees', 1000],
};

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const scaled = SCALED[key];
      return scaled !== undefined && typeof item === 'number'
        ? [scaled[0], item / scaled[1]]
        : [key, plain(item)];
    }),
  );
}

/** Plain JSON: bytes as lower-case hex, positions and courses in degrees, speeds in knots. */
export function bodyToJson(content: BodyContent): unknown {
  return plain(content);
}
