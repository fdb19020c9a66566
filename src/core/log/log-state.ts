import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { Cbor } from '../../domain/codec/dcbor.js';
import { decodeCbor, encodeCbor } from '../../domain/codec/dcbor.js';
import {
  SchemaError,
  asArray,
  asBytes,
  asText,
  asTuple,
  asUint,
} from '../../domain/codec/reader.js';
import type { Digest, ReleaseSetDigest } from '../../domain/ids.js';
import { ZERO_32, idBytes, idFromBytes, isNation } from '../../domain/ids.js';
import type { ForeignLog, SeenClass } from './foreign-log.js';
import type { ClassHead } from './label-classes.js';
import { peakCount } from './merkle.js';
import type { OwnLog, Tree } from './own-log.js';
import type { LogRefusal } from './refusals.js';
import { logRefusal } from './refusals.js';

/** Durable form of a log's state: canonical bytes, written in the batch of the leaves they count. */

const VERSION = 1;
const KINDS = { own: 0, foreign: 1 } as const;

function treeFields(tree: Tree): readonly Cbor[] {
  return [tree.nation, tree.logNumber, tree.size, tree.peaks];
}

export function encodeLogState(log: OwnLog | ForeignLog): Uint8Array {
  const head = [VERSION, KINDS[log.kind], ...treeFields(log)];
  if (log.kind === 'own') {
    const classes = log.classes.map(({ key, count, head: last }) => [
      key === 'open' ? null : idBytes(key),
      count,
      idBytes(last),
    ]);
    return encodeCbor([...head, classes]);
  }
  const classes = [...log.classes]
    .sort(([a], [b]) => a - b)
    .map(([cls, { count, held, head: last }]) => [cls, count, held, idBytes(last)]);
  return encodeCbor([...head, log.withheld, classes]);
}

function require(condition: boolean, field: string, rule: string): asserts condition {
  if (!condition) throw new SchemaError(field, rule);
}

function readTree([code, logNumber, size, peaks]: readonly Cbor[]): Tree {
  const nation = asText(code, 'state.nation', 3);
  require(isNation(nation), 'state.nation', 'is a nation code');
  const tree = {
    nation,
    logNumber: asUint(logNumber, 'state.logNumber'),
    size: asUint(size, 'state.size'),
    peaks: asArray(peaks, 'state.peaks', 53).map((peak) => asBytes(peak, 'state.peaks', 32)),
  };
  require(tree.peaks.length === peakCount(tree.size), 'state.peaks', 'fit the size');
  return tree;
}

function readHead(count: Cbor | undefined, head: Cbor | undefined): ClassHead {
  const read = {
    count: asUint(count, 'state.classes.count'),
    head: idFromBytes<Digest>(asBytes(head, 'state.classes.head', 32)),
  };
  require((read.count === 0) === (read.head === ZERO_32), 'state.classes.head', 'fits the count');
  return read;
}

function readOwn(tree: Tree, list: Cbor | undefined): OwnLog {
  const classes = asArray(list, 'state.classes').map((value, cls) => {
    const [key, count, head] = asTuple(value, 'state.classes', 3);
    require((key === null) === (cls === 0), 'state.classes.key', 'is absent for class 0 only');
    const set = key === null ? null : idFromBytes<ReleaseSetDigest>(asBytes(key, 'key', 32));
    return { key: set ?? ('open' as const), ...readHead(count, head) };
  });
  const total = classes.reduce((sum, { count }) => sum + count, 0);
  require(classes.length > 0 && total === tree.size, 'state.classes', 'count every leaf once');
  require(new Set(classes.map(({ key }) => key)).size ===
    classes.length, 'state.classes', 'differ');
  return { kind: 'own', ...tree, classes };
}

function readForeign(
  tree: Tree,
  withheldCount: Cbor | undefined,
  list: Cbor | undefined,
): ForeignLog {
  const withheld = asUint(withheldCount, 'state.withheld', tree.size);
  const classes = new Map<number, SeenClass>();
  let held = 0;
  let last = -1;
  for (const value of asArray(list, 'state.classes')) {
    const [number, count, heldCount, head] = asTuple(value, 'state.classes', 4);
    const cls = asUint(number, 'state.classes.class');
    require(cls > last, 'state.classes.class', 'ascends');
    last = cls;
    const seen = { ...readHead(count, head), held: asUint(heldCount, 'state.classes.held') };
    require(seen.held <= seen.count, 'state.classes.held', 'is at most the count');
    held += seen.held;
    classes.set(cls, seen);
  }
  require(held + withheld === tree.size, 'state.classes', 'count every leaf once');
  return { kind: 'foreign', ...tree, withheld, classes };
}

/** The state, or why its bytes are not one: then the log is checked and its state built anew. */
export function decodeLogState(
  bytes: Uint8Array,
): Result<OwnLog | ForeignLog, LogRefusal<'LOG_STATE'>> {
  const bad = (detail: string) =>
    err(
      logRefusal('LOG_STATE', {
        field: 'state',
        rule: 'a log state is canonical and consistent',
        detail,
      }),
    );
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return bad('is not canonical CBOR');
  try {
    const [version, kind, ...rest] = asArray(decoded.value, 'state');
    require(version === VERSION, 'state.version', 'is 1');
    const tree = readTree(rest);
    if (kind === KINDS.own && rest.length === 5) return ok(readOwn(tree, rest[4]));
    require(kind === KINDS.foreign && rest.length === 6, 'state.kind', 'is 0 or 1');
    return ok(readForeign(tree, rest[4], rest[5]));
  } catch (error) {
    if (error instanceof SchemaError) return bad(error.message);
    throw error;
  }
}
