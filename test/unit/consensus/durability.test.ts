import { describe, expect, test } from 'vitest';
import { guardOf } from '../../../src/core/consensus/recovery.js';
import {
  decodeSafetyRecord,
  encodeSafetyGuard,
} from '../../../src/domain/codec/consensus-safety.js';
import { toyEntry } from '../../sim/toy-rules.js';
import { idOf, Solo } from './solo.js';

describe('before a signature exists', () => {
  test('a vote is on disk with its block, its bodies and the certificates it stands on', () => {
    const solo = Solo.running();
    const a = solo.block(1, ['a']);
    solo.hearProposal(a, ['a']);
    const tc = solo.fixture.timeoutCertificate(2, solo.qc(a));
    const b = solo.block(3, ['b'], a, tc);
    solo.hearProposal(b, ['b']);
    const [first, commit, second] = solo.signed;
    expect(solo.spoken).toEqual(['vote', 'commit', 'vote']);
    expect(first).toMatchObject({
      safety: { lastVote: { view: 1, block: a.id } },
      guard: { voteView: 1 },
    });
    expect(first?.blocks.has(a.id) && first.entries.has(idOf(toyEntry('a')))).toBe(true);
    expect(commit).toMatchObject({
      safety: { lastCommit: { view: 1, block: a.id }, highQC: { view: 1, block: a.id } },
      guard: { commitView: 1, highQcView: 1 },
    });
    expect(second).toMatchObject({
      safety: { lastVote: { view: 3, block: b.id }, highTC: { view: 2 } },
    });
  });

  test('a timeout is on disk with its certificate and the proof of its view', () => {
    const solo = Solo.running();
    const a = solo.block(1, ['a']);
    solo.hearProposal(a, ['a']);
    const tc = solo.fixture.timeoutCertificate(2, solo.qc(a));
    solo.hear(solo.others[0]!, { type: 'timeout-certificate', tc });
    solo.fire('half');
    solo.fire('full');
    const last = solo.signed.at(-1);
    expect(last).toMatchObject({
      request: { statement: { kind: 'timeout', view: 3 } },
      safety: { lastTimeout: { view: 3, highQC: { view: 1 }, proof: { view: 2 } } },
      guard: { timeoutView: 3 },
    });
  });

  test('a commit is on disk with its certificate and moves the tip', () => {
    const solo = Solo.running();
    const a = solo.settleA();
    expect(solo.disk.commits).toMatchObject([{ height: 1, id: a.id, certificate: { view: 1 } }]);
    const record = decodeSafetyRecord(solo.disk.record!);
    expect(record.ok && record.value.safety.committed).toEqual({ block: a.id, height: 1, view: 1 });
  });
});

describe('after a restart the own word counts again', () => {
  test('its vote goes out and completes a certificate', () => {
    const solo = Solo.running();
    const a = solo.block(1, ['a']);
    solo.hearProposal(a, ['a']);
    solo.start();
    solo.forget();
    solo.hearStatuses();
    expect(solo.signed.map(({ request }) => request)).toMatchObject([
      { again: true, statement: { kind: 'vote', block: a.id } },
    ]);
    expect(solo.typesTo('all')).toEqual(['vote']);
    for (const author of solo.others.slice(0, 2)) solo.hearBallot('vote', a, author);
    expect(solo.spoken).toEqual(['vote', 'commit']);
  });

  test('its commit vote goes out and settles the block', () => {
    const solo = Solo.running();
    const a = solo.block(1, ['a']);
    solo.hearProposal(a, ['a']);
    solo.hearCertificate(solo.qc(a));
    solo.start();
    solo.forget();
    solo.hearStatuses();
    expect(solo.spoken).toEqual(['commit']);
    for (const author of solo.others.slice(0, 2)) solo.hearBallot('commit', a, author);
    expect(solo.status.tip.block).toBe(a.id);
  });

  test('its timeout goes out unchanged and completes a timeout certificate', () => {
    const solo = Solo.running();
    solo.submit('a');
    solo.fire('half');
    solo.fire('full');
    solo.start();
    solo.forget();
    solo.hearStatuses();
    expect(solo.spoken).toEqual(['timeout']);
    for (const author of solo.others.slice(0, 2)) solo.hearTimeout(author, 1);
    expect(solo.status.view).toBe(2);
  });

  test('in the view that a timeout certificate led to, though nobody else holds it', () => {
    const solo = Solo.running();
    solo.submit('a');
    const tc = solo.fixture.timeoutCertificate(1, solo.block(1, []).record.justify);
    solo.hear(solo.others[0]!, { type: 'timeout-certificate', tc });
    solo.fire('half');
    solo.fire('full');
    solo.start();
    expect(solo.status.view).toBe(2);
  });

  test('but not before the certificate that the guard knows of is held', () => {
    const solo = Solo.running();
    const a = solo.block(1, ['a']);
    solo.hearProposal(a, ['a']);
    const written = decodeSafetyRecord(solo.disk.record!);
    if (!written.ok) throw new Error(written.error.detail);
    const counter = written.value.counter + 1;
    const newer = { ...guardOf(counter, written.value.safety), commitView: 1, highQcView: 1 };
    solo.disk.guard[counter % 2] = encodeSafetyGuard(newer);
    solo.start();
    solo.forget();
    solo.hearStatuses();
    expect(solo.status.phase).toBe('awaiting-status');
    solo.hearCertificate(solo.qc(a));
    expect(solo.status.phase).toBe('running');
    // It commit-voted in that view, for a block that the guard does not name: never again.
    expect(solo.spoken).toEqual([]);
  });

  test('but not before q − 1 members were heard', () => {
    const solo = Solo.running();
    const a = solo.block(1, ['a']);
    solo.hearProposal(a, ['a']);
    solo.start();
    solo.forget();
    solo.hearBallot('vote', a, solo.others[0]!);
    expect(solo.spoken).toEqual([]);
    expect(solo.status.phase).toBe('awaiting-status');
  });
});

describe('what it has not got, or has found wrong, it does not sign for', () => {
  test('a block without its bodies', () => {
    const solo = Solo.running();
    const a = solo.block(1, ['a']);
    solo.hearProposal(a);
    solo.hearCertificate(solo.qc(a));
    expect(solo.spoken).toEqual([]);
    solo.hear(solo.others[0]!, { type: 'entries', bodies: [toyEntry('a')] });
    expect(solo.spoken).toEqual(['commit']);
  });

  test('a SEAL without its ancestor', () => {
    const solo = Solo.running();
    solo.hearProposal(solo.block(2, [], solo.block(1, ['a'])));
    expect(solo.spoken).toEqual([]);
  });

  test('a SEAL whose ancestor lacks its bodies', () => {
    const solo = Solo.running();
    const a = solo.block(1, ['a']);
    solo.hearProposal(a);
    solo.hearProposal(solo.block(2, [], a));
    expect(solo.status.view).toBe(2);
    expect(solo.spoken).toEqual([]);
  });

  test('an entry that an ancestor holds', () => {
    const solo = Solo.running();
    const a = solo.block(1, ['a']);
    solo.hearProposal(a, ['a']);
    solo.hearProposal(solo.block(2, ['a'], a), ['a']);
    expect(solo.spoken).toEqual(['vote', 'commit']);
  });

  test('entries behind a RECONFIG, a SEAL though', () => {
    for (const [keys, last] of [
      [['b'], 'commit'],
      [[], 'vote'],
    ] as const) {
      const solo = Solo.running();
      const change = solo.reconfig(1, 'a');
      solo.hearProposal(change, ['a']);
      solo.hearProposal(solo.block(2, keys, change), keys);
      expect(solo.spoken.at(-1)).toBe(last);
    }
  });
});

describe('what can only come of a broken quorum stops it for good', () => {
  test('a certificate beside the settled chain', () => {
    const solo = Solo.running();
    const a = solo.settleA();
    const tc = solo.fixture.timeoutCertificate(1, a.record.justify);
    const rival = solo.block(2, ['b'], undefined, tc);
    solo.hearCertificate(solo.qc(rival, 'commit'));
    solo.hear(solo.others[0]!, { type: 'blocks', records: [rival.record] });
    expect(solo.status.halted?.code).toBe('COMMIT_CONTRADICTED');
  });

  test('a committed entry that is not valid', () => {
    const solo = Solo.running();
    const a = solo.settleA();
    const again = solo.block(2, ['a'], a);
    solo.hearProposal(again, ['a']);
    solo.hearCertificate(solo.qc(again, 'commit'));
    expect(solo.status.halted?.code).toBe('COMMITTED_ENTRY_INVALID');
  });
});
