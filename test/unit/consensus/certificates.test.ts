import { describe, expect, test } from 'vitest';
import { anchorCertificate, CertificateChecker } from '../../../src/core/consensus/certificates.js';
import { VoteCollector } from '../../../src/core/consensus/vote-collector.js';
import { quorumOf } from '../../../src/domain/quorum.js';
import type { Timeout } from '../../../src/domain/consensus.js';
import { Fixture, id } from './fixtures.js';

const fixture = new Fixture();
const qc = fixture.certificate('vote', 3, id(3));
const tc = fixture.timeoutCertificate(4, qc);
const timeout: Timeout = {
  epoch: 1,
  view: 4,
  author: 1,
  signature: new Uint8Array(64),
  committedView: 0,
  highQC: fixture.certificate('vote', 2, id(2)),
};

describe('quorum', () => {
  test('q = n − f, and two quorums share more than f members', () => {
    for (let n = 1; n <= 31; n++) {
      const { f, q, g } = quorumOf(n);
      expect(2 * q - n).toBeGreaterThan(f);
      expect(g).toBe(n - q + 1);
    }
    expect([1, 2, 3, 4, 5, 6, 7, 10, 15, 31].map((n) => quorumOf(n).q)).toEqual([
      1, 2, 3, 3, 4, 5, 5, 7, 11, 21,
    ]);
    expect(quorumOf(3, 'cft').q).toBe(2);
    expect(() => quorumOf(4, 'cft')).toThrow();
  });
});

describe('certificates', () => {
  let verified = 0;
  const checker = new CertificateChecker(
    fixture.epoch,
    (key, message, signature) => {
      verified++;
      return fixture.keys.verify(key, message, signature);
    },
    100,
  );

  test('are valid with exactly q distinct members, and verified once', () => {
    expect(checker.certificate(qc)).toBe(true);
    expect(checker.timeoutCertificate(tc)).toBe(true);
    const before = verified;
    expect(before).toBe(2 * fixture.epoch.q);
    expect(checker.timeoutCertificate(tc) && checker.certificate(qc)).toBe(true);
    expect(verified).toBe(before);
    expect(checker.certificate(anchorCertificate(fixture.epoch))).toBe(true);
  });

  test('a signature that held for one block does not hold for another', () => {
    expect(checker.certificate({ ...qc, block: id(9) })).toBe(false);
    expect(checker.certificate({ ...qc, kind: 'commit' })).toBe(false);
    expect(checker.certificate({ ...qc, view: 4 })).toBe(false);
    expect(checker.certificate({ ...qc, signers: [1, 2, 3] })).toBe(false);
  });

  test('fewer, more or repeated members are refused', () => {
    const [a, b] = qc.signatures;
    expect(checker.certificate({ ...qc, signers: [0, 1], signatures: [a!, b!] })).toBe(false);
    expect(checker.certificate({ ...qc, signers: [0, 0, 1], signatures: [a!, a!, b!] })).toBe(
      false,
    );
    expect(checker.certificate({ ...qc, epoch: 2 })).toBe(false);
    expect(checker.certificate({ ...anchorCertificate(fixture.epoch), block: id(1) })).toBe(false);
  });

  test('a TC carries the highest view that was reported, no other', () => {
    const lower = fixture.certificate('vote', 2, id(2));
    expect(checker.timeoutCertificate({ ...tc, highQC: lower })).toBe(false);
    expect(checker.timeoutCertificate({ ...tc, highQcViews: [3, 3, 0] })).toBe(false);
    const high = fixture.certificate('vote', 4, id(4));
    expect(checker.timeoutCertificate(fixture.timeoutCertificate(4, high))).toBe(false);
  });
});

describe('collector', () => {
  test('certifies a block once q members spoke for it', () => {
    const collector = new VoteCollector(1, fixture.epoch.q);
    for (const author of [3, 0]) collector.addBallot(fixture.vote('vote', 3, id(3), author));
    collector.addBallot(fixture.vote('vote', 3, id(9), 2));
    expect(collector.certificate('vote', 3, id(3))).toBeUndefined();
    collector.addBallot(fixture.vote('vote', 3, id(3), 1));
    expect(collector.certificate('vote', 3, id(3))?.signers).toEqual([0, 1, 3]);
  });

  test('E1, E2 and E3 are reported once, and count for nothing else', () => {
    const collector = new VoteCollector(1, fixture.epoch.q);
    const [x, y] = [id(1), id(2)];
    expect(collector.addBallot(fixture.vote('vote', 3, x, 1))).toBeUndefined();
    expect(collector.addBallot(fixture.vote('vote', 3, y, 1))).toMatchObject({
      rule: 'E1',
      member: 1,
    });
    expect(collector.addBallot(fixture.vote('vote', 3, y, 1))).toBeUndefined();
    expect(collector.addBallot(fixture.vote('commit', 3, y, 1))).toMatchObject({
      rule: 'E2',
      first: { kind: 'commit' },
      second: { kind: 'vote' },
    });
    expect(collector.addTimeout(timeout)).toMatchObject({ rule: 'E3', member: 1 });
    const other = new VoteCollector(1, fixture.epoch.q);
    other.addTimeout(timeout);
    expect(other.addBallot(fixture.vote('commit', 3, x, 1))).toMatchObject({ rule: 'E3' });
  });

  test('honest sequences are no evidence', () => {
    const collector = new VoteCollector(1, fixture.epoch.q);
    const all = [
      collector.addBallot(fixture.vote('vote', 3, id(3), 1)),
      collector.addBallot(fixture.vote('commit', 3, id(3), 1)),
      collector.addTimeout({ ...timeout, highQC: qc }),
      collector.addTimeout({ ...timeout, view: 5, highQC: qc }),
      collector.addTimeout({ ...timeout, view: 5, highQC: qc, committedView: 1 }),
    ];
    expect(all).toEqual(all.map(() => undefined));
  });
});
