import type { Mutant } from './mutant.js';
import { swap } from './mutant.js';
import { tableMutants } from './table-mutants.js';

const file = 'src/core/consensus/safety-rules.ts';
const statements = 'test/unit/consensus/statements.test.ts';
const tests = ['test/unit/consensus/safety-rules.test.ts', statements];

const TABLES = ['VOTE_RULES', 'COMMIT_RULES', 'TIMEOUT_RULES'].flatMap((table) =>
  tableMutants({ group: 'safety', file, table, never: '() => true', tests, clause: 'true' }),
);

/** What the rules say of a repeat, and what they remember of a statement. */
const REST: readonly (readonly [id: string, what: string, find: string, replace: string])[] = [
  [
    'SEAL.after-reconfig',
    'lets no SEAL finish a RECONFIG',
    "r.header.kind === 'seal' || !r.afterReconfig",
    '!r.afterReconfig',
  ],
  [
    'SEAL.entries',
    'asks a SEAL for entries',
    "r.header.kind === 'seal' || (r.header.entryCount > 0 && r.entriesValid)",
    'r.header.entryCount > 0 && r.entriesValid',
  ],
  [
    'V.repeat-timeout',
    'repeats a vote after a timeout',
    "if (view <= lastTimeout.view) return { ok: false, rule: 'V1.last-timeout' };",
    '',
  ],
  [
    'V.repeat-commit',
    'repeats a vote after a commit vote',
    "if (view <= lastCommit.view) return { ok: false, rule: 'V1.last-commit' };",
    '',
  ],
  [
    'C.repeat-timeout',
    'repeats a commit vote after a timeout',
    "if (view <= state.lastTimeout.view) return { ok: false, rule: 'C.last-timeout' };",
    '',
  ],
  ['V.remember-vote', 'forgets its vote', 'lastVote: { view, block: request.id },', ''],
  [
    'V.remember-high-qc',
    'forgets the certificate it voted on',
    'highQC: newerQC(state.highQC, request.justify),',
    '',
  ],
  [
    'V.remember-high-tc',
    'forgets the timeout certificate it voted on',
    '...newerTC(state.highTC, request.tc),',
    '',
  ],
  ['C.remember-commit', 'forgets its commit vote', 'lastCommit: { view, block },', ''],
  [
    'C.remember-high-qc',
    'forgets the certificate it commit-voted on',
    'highQC: newerQC(state.highQC, request.qc),',
    '',
  ],
  [
    'T.remember-timeout',
    'forgets its timeout',
    'lastTimeout: { view, highQC, ...(proof && { proof }) },',
    '',
  ],
  [
    'T.remember-proof',
    'forgets by which certificate the view was entered',
    'lastTimeout: { view, highQC, ...(proof && { proof }) },',
    'lastTimeout: { view, highQC },',
  ],
  [
    'T.remember-high-qc',
    'forgets the certificate it reported',
    'highQC: newerQC(state.highQC, highQC),',
    '',
  ],
  [
    'T.remember-high-tc',
    'forgets the certificate it entered by as the highest',
    '...newerTC(state.highTC, proof),',
    '',
  ],
  [
    'T.repeat-unchanged',
    'reports what it has learnt since in a repeated timeout',
    'highQC: lastTimeout.highQC,\n',
    'highQC,\n',
  ],
];

const CERTIFICATES: readonly (readonly [id: string, what: string, find: string, by: string])[] = [
  [
    'TC.maximum',
    'takes a TC whose certificate is not of the greatest view reported',
    'Math.max(...tc.highQcViews) !== tc.highQC.view || ',
    '',
  ],
  [
    'TC.below-view',
    'takes a TC whose certificate is not below its view',
    ' || tc.highQC.view >= tc.view) return false;',
    ') return false;',
  ],
  [
    'TC.signatures',
    'takes a TC without looking at its signatures',
    'return signed && this.certificate(tc.highQC);',
    'return this.certificate(tc.highQC);',
  ],
  [
    'TC.high-qc',
    'takes a TC without looking at its certificate',
    'return signed && this.certificate(tc.highQC);',
    'return signed;',
  ],
  [
    'TC.epoch',
    'takes a TC of another epoch',
    'if (tc.epoch !== this.#epoch.epoch || tc.view < 1) return false;',
    'if (tc.view < 1) return false;',
  ],
  [
    'QC.quorum',
    'takes a certificate of fewer than q',
    'if (signers.length !== q || signatures.length !== q) return false;',
    'void q;',
  ],
  [
    'QC.distinct',
    'counts a member twice',
    'member < members.length && (i === 0 || member > (signers[i - 1] ?? 0))',
    'member < members.length || i < 0',
  ],
  [
    'QC.signatures',
    'takes a certificate without looking at its signatures',
    'if (!this.#verify(key, preimage, signature)) return false;',
    '',
  ],
  [
    'QC.epoch',
    'takes a certificate of another epoch',
    'if (cert.epoch !== this.#epoch.epoch) return false;',
    '',
  ],
];

export const SAFETY: readonly Mutant[] = [
  ...TABLES,
  ...REST.map(([id, what, find, replace]) => ({
    id: `safety/${id}`,
    what,
    file,
    tests,
    change: swap(find, replace),
  })),
  ...CERTIFICATES.map(([id, what, find, by]) => ({
    id: `certificate/${id}`,
    what,
    file: 'src/core/consensus/certificates.ts',
    tests: ['test/unit/consensus/certificates.test.ts', statements],
    change: swap(find, by),
  })),
];
