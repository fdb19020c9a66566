import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../src/base/bytes.js';
import { leafHash } from '../../../src/domain/codec/leaf.js';
import type { Digest } from '../../../src/domain/ids.js';
import { ZERO_32, idBytes } from '../../../src/domain/ids.js';
import type { ForeignLog } from '../../../src/core/log/index.js';
import {
  checkClassProof,
  checkLeafFields,
  checkpointHead,
  classProof,
  classSalt,
  decodeLogState,
  emptyForeignLog,
  emptyOwnLog,
  encodeLogState,
  extend,
  labelRootOf,
  leafFieldsOf,
  rootOf,
  treeRoot,
} from '../../../src/core/log/index.js';
import { GBR, LOG_SECRET, bytesOf, writeLog } from '../../support/log-world.js';

const classesOf = fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 60 });

describe('own log', () => {
  it('chains each class, numbers classes by first use and hashes to the brute-force root', () => {
    fc.assert(
      fc.property(classesOf, (classes) => {
        const { log, leaves } = writeLog(classes);
        const last = new Map<number, { seq: number; hash: Digest }>();
        leaves.forEach(({ header, hash }, i) => {
          const before = last.get(header.class);
          expect(header.index).toBe(i);
          expect(header.classSeq).toBe((before?.seq ?? -1) + 1);
          expect(header.classPrev).toBe(before?.hash ?? ZERO_32);
          expect(hash).toBe(leafHash(header));
          last.set(header.class, { seq: header.classSeq, hash });
        });
        const seen = [...new Set(leaves.map(({ header }) => header.class).filter((c) => c > 0))];
        expect(seen).toEqual(seen.map((_, i) => i + 1));
        expect(fromHex(rootOf(log))).toEqual(treeRoot(leaves.map(({ hash }) => idBytes(hash))));
      }),
    );
  });

  it('keeps its state through bytes, at every size', () => {
    const { states } = writeLog([0, 3, 3, 1, 0, 2, 5, 5, 1]);
    for (const state of states) {
      expect(decodeLogState(encodeLogState(state))).toEqual({ ok: true, value: state });
    }
  });

  it('refuses state bytes with any byte changed, or gives another state', () => {
    const bytes = encodeLogState(writeLog([0, 1, 1, 2]).log);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 0x01;
      const read = decodeLogState(changed);
      if (read.ok) expect(encodeLogState(read.value)).toEqual(changed);
    }
    expect(decodeLogState(bytes.subarray(1))).toMatchObject({ error: { code: 'LOG_STATE' } });
  });
});

describe('label root', () => {
  it('is fixed by the size, hides which class grew and pads to a power of two', () => {
    const { states } = writeLog([1, 2, 0, 1]);
    const before = states[3]!;
    expect(labelRootOf(before.classes, LOG_SECRET, 3)).toBe(
      labelRootOf(before.classes, LOG_SECRET, 3),
    );
    expect(classSalt(LOG_SECRET, 2, 3)).not.toEqual(classSalt(LOG_SECRET, 2, 4));
    expect(classSalt(LOG_SECRET, 2, 3)).toHaveLength(16);
    const padded = [...before.classes, { count: 0, head: ZERO_32 }];
    expect(labelRootOf(padded, LOG_SECRET, 3)).toBe(labelRootOf(before.classes, LOG_SECRET, 3));
    expect(labelRootOf(before.classes, bytesOf('other secret'), 3)).not.toBe(
      labelRootOf(before.classes, LOG_SECRET, 3),
    );
  });

  it('exists for a log without leaves', () => {
    const head = checkpointHead(emptyOwnLog(GBR), LOG_SECRET, 1);
    expect(head).toMatchObject({ size: 0, nation: GBR, time: 1 });
    expect(head.labelRoot).not.toBe(ZERO_32);
  });
});

describe('class proof', () => {
  it('shows that no event of a readable class is held back, for any classes and readers', () => {
    fc.assert(
      fc.property(
        classesOf,
        fc.uniqueArray(fc.nat({ max: 6 }), { maxLength: 6 }),
        (classes, more) => {
          const { log, leaves, checkpointAt } = writeLog(classes);
          const readable = new Set([0, ...more]);
          const proof = classProof(log.classes, { secret: LOG_SECRET, size: log.size }, readable);
          const items = leaves.map(({ header, hash, record }) =>
            readable.has(header.class)
              ? ({ kind: 'event', header, record } as const)
              : ({ kind: 'withheld', hash } as const),
          );
          const checkpoint = checkpointAt(log.size);
          const extended = extend(emptyForeignLog(GBR), { from: 0, items, checkpoint });
          expect(extended.ok).toBe(true);
          if (!extended.ok) return;
          const own = headsOf(extended.value.log);
          expect(checkClassProof(proof, own, checkpoint.labelRoot)).toEqual({ kind: 'complete' });
          expect(checkClassProof(proof, own, ZERO_32)).toEqual({ kind: 'wrong' });
          const cut = { ...proof, hidden: [...proof.hidden, bytesOf('x')] };
          expect(checkClassProof(cut, own, checkpoint.labelRoot)).toEqual({ kind: 'wrong' });
        },
      ),
    );
  });

  it('names the class whose last event was passed off as withheld', () => {
    const { log, leaves, checkpointAt } = writeLog([0, 1, 2, 1]);
    const items = leaves.map(({ header, hash, record }) =>
      header.index < 3 && header.class < 2
        ? ({ kind: 'event', header, record } as const)
        : ({ kind: 'withheld', hash } as const),
    );
    const extended = extend(emptyForeignLog(GBR), { from: 0, items, checkpoint: checkpointAt(4) });
    if (!extended.ok) throw new Error(extended.error.detail);
    const proof = classProof(log.classes, { secret: LOG_SECRET, size: 4 }, new Set([0, 1]));
    const verdict = checkClassProof(proof, headsOf(extended.value.log), checkpointAt(4).labelRoot);
    expect(verdict).toEqual({ kind: 'incomplete', classes: [{ class: 1, count: 2, held: 1 }] });
  });
});

function headsOf(log: ForeignLog) {
  return (cls: number) => log.classes.get(cls) ?? { count: 0, head: ZERO_32 };
}

describe('leaf fields', () => {
  const body = { form: 'inline', bytes: new Uint8Array(1), contentType: 'text/plain' } as const;
  const payload = { precedence: 'flash', notAfterMs: 1_500, body } as const;
  const header = { ...writeLog([0]).leaves[0]!.header, precedence: 'flash', expiry: 2 } as const;

  it('rounds expiry up to whole seconds; none is 0', () => {
    expect(leafFieldsOf(payload)).toEqual({ precedence: 'flash', expiryS: 2, open: true });
    expect(leafFieldsOf({ precedence: 'routine', body }).expiryS).toBe(0);
  });

  it('refuses a leaf that says otherwise', () => {
    expect(checkLeafFields(header, payload).ok).toBe(true);
    for (const change of [{ precedence: 'routine' as const }, { expiry: 1 }, { class: 1 }]) {
      expect(checkLeafFields({ ...header, ...change }, payload)).toMatchObject({
        error: { code: 'LEAF_MISMATCH' },
      });
    }
  });
});
