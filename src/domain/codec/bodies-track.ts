import { fromUtf8, utf8 } from '../../base/bytes.js';
import type { TrackBody, TrackReport } from '../body.js';
import type { Cbor, CborMap } from './dcbor.js';
import { cborMap } from './dcbor.js';
import {
  SchemaError,
  asArray,
  asBytes,
  asMap,
  asNamed,
  asText,
  asUint,
  onlyKeys,
} from './reader.js';

/** Codec of tracks and observations from feeds. */

const SOURCES = ['ais', 'cot'] as const;
const OBJECT_CHARS_MAX = 128;
const NAME_CHARS_MAX = 128;
const TYPE_CHARS_MAX = 64;
const RAW_LINES_MAX = 16;
const REPORTS_MAX = 2048;
const LAT_MAX = 900_000_000;
const LON_MAX = 1_800_000_000;

function intFrom(value: Cbor, field: string, max: number): number {
  if (typeof value !== 'number' || Math.abs(value) > max) {
    throw new SchemaError(field, `is an integer from -${String(max)} to ${String(max)}`);
  }
  return value;
}

function reportToCbor(r: TrackReport): Cbor {
  return cborMap(
    [0, r.timeMs],
    [1, r.lat1e7],
    [2, r.lon1e7],
    [3, r.speedMilliKnots],
    [4, r.courseMilliDeg],
    [5, r.reportType],
    [6, r.raw.map(utf8)],
  );
}

/** Bytes on the wire: what a feed sent stays as it was, whatever its normal form. */
function rawFrom(value: Cbor): string {
  try {
    return fromUtf8(asBytes(value, 'reports.raw'));
  } catch (error) {
    if (error instanceof SchemaError) throw error;
    throw new SchemaError('reports.raw', 'is UTF-8');
  }
}

function reportFrom(value: Cbor): TrackReport {
  const map = asMap(value, 'reports');
  onlyKeys(map, 'reports', [0, 1, 2, 3, 4, 5, 6]);
  const [time, lat, lon, speed, course] = [0, 1, 2, 3, 4].map((key) => map.get(key));
  if ((lat === undefined) !== (lon === undefined)) {
    throw new SchemaError('reports.position', 'has both coordinates or neither');
  }
  return {
    ...(time === undefined ? {} : { timeMs: asUint(time, 'reports.time') }),
    ...(lat === undefined ? {} : { lat1e7: intFrom(lat, 'reports.lat', LAT_MAX) }),
    ...(lon === undefined ? {} : { lon1e7: intFrom(lon, 'reports.lon', LON_MAX) }),
    ...(speed === undefined ? {} : { speedMilliKnots: asUint(speed, 'reports.speed') }),
    ...(course === undefined ? {} : { courseMilliDeg: asUint(course, 'reports.course', 360_000) }),
    reportType: asText(map.get(5), 'reports.type', TYPE_CHARS_MAX),
    raw: asArray(map.get(6), 'reports.raw', RAW_LINES_MAX).map(rawFrom),
  };
}

/** Keys 1 to 4 of a body map. */
export function trackPairs(t: TrackBody): readonly (readonly [number, Cbor | undefined])[] {
  return [
    [1, SOURCES.indexOf(t.source)],
    [2, t.object],
    [3, t.name],
    [4, t.reports.map(reportToCbor)],
  ];
}

export function trackFrom(map: CborMap): TrackBody {
  const name = map.get(3);
  return {
    source: asNamed(map.get(1), 'source', SOURCES),
    object: asText(map.get(2), 'object', OBJECT_CHARS_MAX),
    ...(name === undefined ? {} : { name: asText(name, 'name', NAME_CHARS_MAX) }),
    reports: asArray(map.get(4), 'reports', REPORTS_MAX).map(reportFrom),
  };
}
