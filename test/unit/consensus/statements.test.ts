import { describe, expect, test } from 'vitest';
import { CertificateChecker } from '../../../src/core/consensus/certificates.js';
import { initialSafety } from '../../../src/core/consensus/recovery.js';
import type { VoteRequest } from '../../../src/core/consensus/safety-rules.js';
import { SAFETY_RULES } from '../../../src/core/consensus/safety-rules.js';
import { entryId, Fixture, id } from './fixtures.js';

const fixture = new Fixture();
const initial = initialSafety(fixture.epoch);
const qc4 = fixture.certificate('vote', 4, id(4));
const qc3 = fixture.certificate('vote', 3, id(3));
const tc4 = fixture.timeoutCertificate(4, qc3);

describe('what a statement rests on', () => {
  test('a vote: the view of the certificate is the one that the header names', () => {
    const head = { height: 5, justifyView: 4, parent: qc4.block };
    const request: VoteRequest = {
      id: id(5),
      header: fixture.record(5, [entryId(1)], head).header,
      justify: { ...qc4, view: 2 },
      justifyValid: true,
      tcValid: false,
      leader: fixture.leader(5),
      parentHeight: 4,
      descendsFromCommitted: true,
      stored: true,
      entriesValid: true,
      afterReconfig: false,
      unfinishedAncestor: false,
    };
    expect(SAFETY_RULES.vote(initial, request)).toEqual({ ok: false, rule: 'V3.parent' });
    expect(SAFETY_RULES.vote(initial, { ...request, justify: qc4 }).ok).toBe(true);
  });

  test('a commit vote: the last vote is of the same view as well as for the same block', () => {
    const later = { ...initial, lastVote: { view: 5, block: id(4) } };
    const request = { qc: qc4, qcValid: true, stored: true };
    expect(SAFETY_RULES.commit(later, request)).toEqual({ ok: false, rule: 'C.last-vote' });
  });

  test('a timeout: what it reports and entered by is remembered as the highest', () => {
    const request = { view: 5, currentView: 5, highQC: qc3, proof: tc4 };
    const ruling = SAFETY_RULES.timeout(initial, request);
    expect(ruling.ok && ruling.state.highQC).toBe(qc3);
    expect(ruling.ok && ruling.state.highTC).toBe(tc4);
  });
});

describe('a timeout certificate', () => {
  const { epoch, keys } = fixture;
  const checker = new CertificateChecker(epoch, keys.verify, 100);

  test('stands on a certificate that is itself valid', () => {
    const forged = { ...qc3, signatures: qc3.signatures.map(() => new Uint8Array(64)) };
    expect(checker.timeoutCertificate({ ...tc4, highQC: forged })).toBe(false);
    expect(checker.timeoutCertificate(tc4)).toBe(true);
  });

  test('counts in its own epoch and from view 1 on', () => {
    expect(checker.timeoutCertificate({ ...tc4, epoch: 2 })).toBe(false);
    const zero = { ...fixture.timeoutCertificate(1, initial.highQC), view: 0 };
    expect(checker.timeoutCertificate(zero)).toBe(false);
  });
});
