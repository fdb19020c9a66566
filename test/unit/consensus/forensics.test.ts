import { describe, expect, test } from 'vitest';
import type { Accusation, Conflict } from '../../../src/core/consensus/index.js';
import { accuse, provesMisuse } from '../../../src/core/consensus/index.js';
import { anchorCertificate } from '../../../src/core/consensus/certificates.js';
import { blockPreimage, timeoutPreimage } from '../../../src/domain/codec/consensus.js';
import type {
  BlockRecord,
  Certificate,
  Header,
  TimeoutCertificate,
} from '../../../src/domain/consensus.js';
import type { BlockId } from '../../../src/domain/ids.js';
import { blockId, entryId, Fixture } from './fixtures.js';

const at = new Fixture(4);
const { epoch } = at;
const { verify } = at.keys;

/** n = 4, q = 3: members 1 and 2 lie, 0 and 3 are honest and never sign both sides. */
const LEFT = [0, 1, 2];
const RIGHT = [1, 2, 3];
const LIARS = [1, 2];

function cert(
  kind: 'vote' | 'commit',
  record: BlockRecord,
  signers: readonly number[],
): Certificate {
  const { view } = record.header;
  const block = blockId(record.header);
  const signatures = signers.map((m) => at.keys.sign(m, blockPreimage(epoch, kind, view, block)));
  return { kind, epoch: epoch.epoch, view, block, signers, signatures };
}

function timeouts(view: number, highQC: Certificate): TimeoutCertificate {
  const highQcViews = RIGHT.map((m) => (m === 3 ? highQC.view : 0));
  const signatures = RIGHT.map((m, i) =>
    at.keys.sign(m, timeoutPreimage(epoch, view, highQcViews[i]!)),
  );
  return { epoch: epoch.epoch, view, highQC, signers: RIGHT, highQcViews, signatures };
}

interface Place {
  readonly view: number;
  readonly entry: number;
  readonly parent?: BlockRecord;
  readonly justify?: Certificate;
  readonly tc?: TimeoutCertificate;
}

function block({ view, entry, parent, justify, tc }: Place): BlockRecord {
  const qc = justify ?? (parent ? cert('vote', parent, RIGHT) : anchorCertificate(epoch));
  const change: Partial<Header> = {
    height: (parent?.header.height ?? 0) + 1,
    justifyView: qc.view,
    parent: qc.block,
    ...(tc && { tcView: tc.view, tcHighView: tc.highQC.view }),
  };
  return { ...at.record(view, [entryId(entry)], change), justify: qc, ...(tc && { tc }) };
}

function ask(change: Omit<Conflict, 'epoch' | 'verify'>): ReturnType<typeof accuse> {
  return accuse({ epoch, verify, ...change });
}

function named(change: Omit<Conflict, 'epoch' | 'verify'>): Accusation {
  const result = ask(change);
  if (!result.ok) throw new Error(result.error.code);
  for (const evidence of result.value.evidence) {
    expect(provesMisuse(epoch, evidence, verify)).toBe(true);
  }
  return result.value;
}

/** B in view 2; a rival chain that starts before B, by one timeout certificate, and goes on. */
function buried() {
  const base = block({ view: 1, entry: 1 });
  const committed = block({ view: 2, entry: 2, parent: base });
  const x = block({ view: 4, entry: 4, parent: base, tc: timeouts(3, cert('vote', base, RIGHT)) });
  const tip = block({ view: 5, entry: 5, parent: x });
  return { base, committed, x, tip, first: cert('commit', committed, LEFT) };
}

describe('two conflicting commit certificates', () => {
  test('of one view: the common signers committed twice', () => {
    const first = cert('commit', block({ view: 1, entry: 1 }), LEFT);
    const second = cert('commit', block({ view: 1, entry: 2 }), RIGHT);
    const found = named({ first, second, records: [] });
    expect(found).toMatchObject({ rule: 'E2', culprits: LIARS });
    expect(found.evidence.every(({ other }) => 'kind' in other && other.kind === 'commit')).toBe(
      true,
    );
  });

  test('over a rival parent of the same view: the common signers of its certificate', () => {
    const committed = block({
      view: 2,
      entry: 1,
      justify: cert('vote', block({ view: 1, entry: 9 }), LEFT),
    });
    const rival = block({ view: 2, entry: 2, justify: committed.justify });
    const x = block({ view: 3, entry: 3, parent: rival });
    const tip = block({ view: 4, entry: 4, parent: x });
    const second = cert('commit', tip, RIGHT);
    const first = cert('commit', committed, LEFT);
    const found = named({ first, second, records: [tip, x] });
    expect(found).toMatchObject({ rule: 'E2', culprits: LIARS });
    expect(found.evidence[0]?.other).toMatchObject({ kind: 'vote', block: blockId(rival.header) });
  });

  test('over an older parent: the common signers of the timeout certificate', () => {
    const { x, tip, first } = buried();
    const second = cert('commit', tip, RIGHT);
    const found = named({ first, second, records: [x, tip] });
    expect(found).toMatchObject({ rule: 'E3', culprits: LIARS });
    expect(found.evidence.map(({ other }) => other.view)).toEqual([3, 3]);
  });

  test('the rival block itself may be the one that skipped the view', () => {
    const { x, first } = buried();
    const found = named({ first, second: cert('commit', x, RIGHT), records: [x] });
    expect(found).toMatchObject({ rule: 'E3', culprits: LIARS });
  });

  test('whatever quorums are met, at least 2q − n are named, and only common signers', () => {
    const quorums = [
      [0, 1, 2],
      [0, 1, 3],
      [0, 2, 3],
      [1, 2, 3],
    ];
    for (const left of quorums) {
      for (const right of quorums) {
        const first = cert('commit', block({ view: 1, entry: 1 }), left);
        const second = cert('commit', block({ view: 1, entry: 2 }), right);
        const { culprits } = named({ first, second, records: [] });
        expect(culprits).toEqual(left.filter((member) => right.includes(member)));
        expect(culprits.length).toBeGreaterThanOrEqual(2 * epoch.q - epoch.members.length);
      }
    }
  });
});

describe('nobody is accused', () => {
  const { base, committed, x, tip, first } = buried();
  const second = cert('commit', tip, RIGHT);
  const refusal = (change: Partial<Omit<Conflict, 'epoch' | 'verify'>>): unknown => {
    const result = ask({ first, second, records: [x, tip], ...change });
    return result.ok ? undefined : result.error;
  };

  test('when a record is missing: its block is named', () => {
    const missing = (record: BlockRecord): unknown => ({
      code: 'RECORD_MISSING',
      block: blockId(record.header),
    });
    expect(refusal({ records: [] })).toEqual(missing(tip));
    expect(refusal({ records: [tip] })).toEqual(missing(x));
    expect(refusal({ records: [x, base] })).toEqual(missing(tip));
  });

  test('when the first block is an ancestor of the second', () => {
    const child = block({ view: 3, entry: 3, parent: committed });
    expect(refusal({ second: first })).toEqual({ code: 'NO_CONFLICT' });
    expect(refusal({ second: cert('commit', child, RIGHT), records: [child] })).toEqual({
      code: 'NO_CONFLICT',
    });
    const anchor = anchorCertificate(epoch);
    expect(refusal({ first: anchor, records: [base, x, tip] })).toEqual({ code: 'NO_CONFLICT' });
  });

  test('when the certificates come in the wrong order', () => {
    expect(refusal({ first: second, second: first })).toEqual({ code: 'ORDER_REVERSED' });
  });

  test('when a certificate is no commit certificate, or a signature is not its signer’s', () => {
    const invalid = (which: 'first' | 'second'): unknown => ({
      code: 'CERTIFICATE_INVALID',
      which,
    });
    expect(refusal({ first: cert('vote', committed, LEFT) })).toEqual(invalid('first'));
    const [a, b] = second.signatures as [Uint8Array, Uint8Array];
    const swapped = { ...second, signatures: [b, a, ...second.signatures.slice(2)] };
    expect(refusal({ second: swapped })).toEqual(invalid('second'));
    expect(refusal({ second: { ...second, epoch: 2 } })).toEqual(invalid('second'));
    // Were a member counted in whose signature is missing, an honest one could be framed.
    expect(refusal({ first: { ...first, signers: [0, 1, 3] } })).toEqual(invalid('first'));
  });

  test('when a record does not carry what its block was allowed by', () => {
    const { tc, ...bare } = x;
    const invalid = (detail: RegExp): unknown =>
      expect.objectContaining({
        code: 'RECORD_INVALID',
        block: blockId(x.header),
        detail: expect.stringMatching(detail) as string,
      });
    const forged = { ...tc!, highQcViews: [0, 0, 0] };
    expect(refusal({ records: [tip, bare] })).toEqual(invalid(/without a timeout/));
    expect(refusal({ records: [tip, { ...x, tc: forged }] })).toEqual(invalid(/timeout .* valid/));
    const other = timeouts(2, cert('vote', base, RIGHT));
    expect(refusal({ records: [tip, { ...x, tc: other }] })).toEqual(invalid(/view before/));
    const older = timeouts(3, anchorCertificate(epoch));
    expect(refusal({ records: [tip, { ...x, tc: older }] })).toEqual(invalid(/older/));
    const stranger = cert('vote', committed, RIGHT);
    expect(refusal({ records: [tip, { ...x, justify: stranger }] })).toEqual(invalid(/parent/));
    const short = { ...x.justify, signatures: x.justify.signatures.toReversed() };
    expect(refusal({ records: [tip, { ...x, justify: short }] })).toEqual(invalid(/not valid/));
  });

  test('when a chain is of another epoch, runs backwards, or was certified in another view', () => {
    const detail = (record: BlockRecord, view = record.header.view): unknown => {
      const voted = { ...record, header: { ...record.header, view } };
      const id: BlockId = blockId(record.header);
      const signatures = RIGHT.map((m) =>
        at.keys.sign(m, blockPreimage(epoch, 'commit', view, id)),
      );
      const odd: Certificate = { ...cert('commit', voted, RIGHT), block: id, signatures };
      return refusal({ second: odd, records: [record] });
    };
    const foreign = { ...tip, header: { ...tip.header, epoch: 2 } };
    expect(detail(foreign)).toMatchObject({ detail: 'it belongs to another epoch' });
    const back = block({ view: 4, entry: 8, justify: second });
    expect(detail(back)).toMatchObject({ detail: 'its parent is not of an earlier view' });
    expect(detail(x, 7)).toMatchObject({ detail: 'it was certified in another view' });
  });
});

describe('evidence speaks for itself', () => {
  const { x, first } = buried();
  const [e3] = named({ first, second: cert('commit', x, RIGHT), records: [x] }).evidence;
  const one = cert('commit', block({ view: 1, entry: 1 }), LEFT);
  const two = cert('commit', block({ view: 1, entry: 2 }), RIGHT);
  const [e2] = named({ first: one, second: two, records: [] }).evidence;

  test('and only as it was signed', () => {
    if (e2?.rule !== 'E2' || e3?.rule !== 'E3') throw new Error('one of each');
    const proven = (evidence: Parameters<typeof provesMisuse>[1]): boolean =>
      provesMisuse(epoch, evidence, verify);
    expect(proven({ ...e2, member: 3 })).toBe(false);
    expect(proven({ ...e2, member: 9 })).toBe(false);
    expect(proven({ ...e2, other: e2.commit })).toBe(false);
    expect(proven({ ...e2, other: { ...e2.other, view: 2 } })).toBe(false);
    expect(proven({ ...e2, commit: { ...e2.commit, kind: 'vote' } })).toBe(false);
    expect(proven({ ...e2, commit: { ...e2.commit, epoch: 2 } })).toBe(false);
    expect(proven({ ...e2, other: { ...e2.other, author: 3 } })).toBe(false);
    expect(proven({ ...e3, commit: { ...e3.commit, signature: e3.other.signature } })).toBe(false);
    expect(proven({ ...e3, other: { ...e3.other, highQcView: 2 } })).toBe(false);
    expect(proven({ ...e3, other: { ...e3.other, view: 1 } })).toBe(false);
  });
});
