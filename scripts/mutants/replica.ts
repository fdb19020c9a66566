import type { Mutant } from './mutant.js';
import type { Edit } from './replica-edits.js';
import { durability, edits, pacemaker, recovery } from './replica-edits.js';
import { PACE_AND_LATE } from './replica-pace.js';

/** A field of the safety record that is written as if nothing had been said. */
function unwritten(id: string, what: string, fields: string): Edit {
  const find = 'record: encodeSafetyRecord({ counter: life.counter, lost, safety: life.safety }),';
  const safety = `safety: { ...life.safety, ${fields} }`;
  return [
    `persist/${id}`,
    `does not write ${what}`,
    find,
    find.replace('safety: life.safety', safety),
  ];
}

const block = 'block: life.tree.tip.block';

const PERSISTED: readonly Mutant[] = [
  ...edits('turn.ts', durability, [
    unwritten('last-vote', 'lastVote', `lastVote: { view: 0, ${block} }`),
    unwritten('last-commit', 'lastCommit', `lastCommit: { view: 0, ${block} }`),
    unwritten('last-timeout', 'lastTimeout', 'lastTimeout: { view: 0 }'),
    unwritten(
      'last-timeout.high-qc',
      'the certificate of lastTimeout',
      'lastTimeout: { ...life.safety.lastTimeout, highQC: undefined }',
    ),
    unwritten(
      'last-timeout.proof',
      'by which certificate the view of lastTimeout was entered',
      'lastTimeout: { ...life.safety.lastTimeout, proof: undefined }',
    ),
    unwritten('high-qc', 'highQC', 'highQC: { ...life.safety.highQC, view: 0 }'),
    unwritten('high-tc', 'highTC', 'highTC: undefined'),
    unwritten('committed', 'the committed tip', `committed: { view: 0, height: 0, ${block} }`),
    [
      'persist/blocks',
      'does not write the block it speaks for',
      'blocks: blocks.map(({ id, record }) => ({ id, record })),',
      'blocks: [],',
    ],
    [
      'persist/entries',
      'does not write the bodies of the block it speaks for',
      'entries: blocks.flatMap((node) => life.tree.entriesOf(node)),',
      'entries: [],',
    ],
    [
      'persist/commits',
      'does not write what it delivers',
      'commits: changes.commits ?? [],',
      'commits: [],',
    ],
  ]),
  ...edits('recovery.ts', durability, [
    ['guard/vote', 'does not guard lastVote', 'voteView: safety.lastVote.view,', 'voteView: 0,'],
    [
      'guard/commit',
      'does not guard lastCommit',
      'commitView: safety.lastCommit.view,',
      'commitView: 0,',
    ],
    [
      'guard/timeout',
      'does not guard lastTimeout',
      'timeoutView: safety.lastTimeout.view,',
      'timeoutView: 0,',
    ],
    ['guard/high-qc', 'does not guard highQC', 'highQcView: safety.highQC.view,', 'highQcView: 0,'],
  ]),
  ...edits(
    'casting.ts',
    [...durability, ...recovery.slice(0, 1)],
    [
      [
        'persist/before-vote',
        'signs a vote that is not durable',
        'persist(turn, { safety: ruling.state, blocks: path.nodes });\n',
        'life.safety = ruling.state;\n',
      ],
      [
        'persist/before-commit',
        'signs a commit vote that is not durable',
        'persist(turn, { safety: ruling.state, blocks: nodes });',
        'life.safety = ruling.state;',
      ],
      [
        'persist/before-timeout',
        'signs a timeout that is not durable',
        'persist(turn, { safety: ruling.state });',
        'life.safety = ruling.state;',
      ],
      [
        'persist/before-signature',
        'takes a signature that came before its batch was durable',
        "assert(request.token <= life.durable, 'a statement is signed after its batch is durable');",
        '',
      ],
    ],
  ),
];

const RESTART: readonly Mutant[] = [
  ...edits('recovery.ts', recovery, [
    [
      'restart/guard-vote',
      'ignores a newer vote of the guard',
      'lastVote: larger(safety.lastVote, guard.voteView),',
      '',
    ],
    [
      'restart/guard-commit',
      'ignores a newer commit vote of the guard',
      'lastCommit: larger(safety.lastCommit, guard.commitView),',
      '',
    ],
    [
      'restart/guard-timeout',
      'ignores a newer timeout of the guard',
      'lastTimeout: guard.timeoutView > lastTimeout.view ? { view: guard.timeoutView } : lastTimeout,',
      'lastTimeout,',
    ],
    [
      'restart/out-of-step',
      'goes on when record and guard are out of step',
      "if (Math.abs(guard.counter - counter) > 1) return err('safety record and guard are out of step');",
      '',
    ],
    [
      'restart/lost-before',
      'goes on after a loss that was written down',
      "if (lost) return err('marked as lost before');",
      'void lost;',
    ],
    [
      'restart/epoch',
      'goes on with the record of another epoch',
      "if (safety.epoch !== epoch.epoch) return err('safety record of another epoch');",
      '',
    ],
    [
      'restart/no-record',
      'begins anew when the record is gone',
      'if (stored.firstStart && stored.guardSlots.length === 0) {',
      'if (stored.guardSlots.length >= 0) {',
    ],
    [
      'restart/first-start',
      'begins anew when both records are gone',
      'if (stored.firstStart && stored.guardSlots.length === 0) {',
      'if (stored.guardSlots.length === 0) {',
    ],
  ]),
  ...edits('late-peers.ts', recovery, [
    [
      'restart/await-status',
      'signs before it has heard q − 1 members',
      'if (awaited === undefined || awaited.size < life.q - 1) return;',
      'if (awaited === undefined) return;',
    ],
    [
      'restart/await-high-qc',
      "signs before it holds the certificate of the guard's view",
      'if (life.highQC.view < life.signFromQcView) return;',
      '',
    ],
    [
      'restart/own-past',
      'goes on though a peer shows a newer own statement',
      'if (status.yourNewest) checkOwnPast(turn, status.yourNewest);',
      '',
    ],
    [
      'restart/own-past-signed',
      'gives up its vote on a forged own statement',
      'if (!life.checker.signature(message.author, preimage, message.signature)) return;',
      'void preimage;',
    ],
  ]),
  ...edits('start.ts', recovery, [
    [
      'restart/high-qc-of-timeout',
      'forgets the certificate that its timeout reported',
      'newerQC(past.safety.highQC, lastTimeout.highQC ?? anchor)',
      'anchor',
    ],
    [
      'restart/proof-of-timeout',
      'forgets by which certificate it entered the view it gave up',
      'highTC: newerTC(highTC, lastTimeout.proof).highTC,',
      'highTC: undefined,',
    ],
    [
      'restart/pending',
      'forgets the blocks it spoke for',
      'restorePending(life, stored);\n  if',
      'void restorePending;\n  if',
    ],
  ]),
  ...edits('late-peers.ts', durability, [
    [
      'self-feeding/restart-vote',
      'does not repeat its vote after a restart',
      '  repeatVote(turn);\n  repeatCommit(turn);\n',
      '  repeatCommit(turn);\n',
    ],
    [
      'self-feeding/restart-commit',
      'does not repeat its commit vote after a restart',
      '  repeatVote(turn);\n  repeatCommit(turn);\n',
      '  repeatVote(turn);\n',
    ],
    [
      'self-feeding/restart-timeout',
      'does not repeat its timeout after a restart',
      'if (life.safety.lastTimeout.view === viewOf(life)) castTimeout(turn);',
      '',
    ],
  ]),
  ...edits('casting.ts', durability, [
    ['self-feeding/ballot', 'does not count its own votes', 'life.collector.addBallot(vote);', ''],
    [
      'self-feeding/timeout',
      'does not count its own timeouts',
      'life.collector.addTimeout(timeout);',
      '',
    ],
  ]),
];

const LEADER: readonly Mutant[] = edits('proposing.ts', pacemaker, [
  [
    'seal/exemption',
    'throttles a SEAL like a block with entries',
    "const unfinished = kinds.some((kind) => kind !== 'seal');",
    "const unfinished =\n    normals < life.config.limits.pipelineMax && kinds.some((kind) => kind !== 'seal');",
  ],
  [
    'seal/finish',
    'finishes nothing by a SEAL',
    "castVote(turn, build(life, branch, 'seal', []));",
    'void build;',
  ],
  [
    'pipeline/throttle',
    'adds entries to a full pipeline',
    'normals < life.config.limits.pipelineMax && ',
    'normals >= 0 && ',
  ],
]);

const DELIVERY: readonly Mutant[] = edits('delivery.ts', durability, [
  [
    'deliver/contradicted',
    'goes on signing beside a certificate that contradicts the settled chain',
    "halt(turn, { code: 'COMMIT_CONTRADICTED', detail });",
    'void detail;',
  ],
  [
    'deliver/invalid',
    'goes on signing after a committed entry that is not valid',
    "if (invalid !== undefined) halt(turn, { code: 'COMMITTED_ENTRY_INVALID', detail: invalid });",
    '',
  ],
]);

/** What the rules are told of a block that is not so. */
const FACTS: readonly Mutant[] = edits(
  'casting.ts',
  [...durability, ...pacemaker],
  [
    [
      'facts/entries',
      'calls every entry valid',
      "entriesValid: stored && 'state' in life.tree.fold(nodes),",
      'entriesValid: true,',
    ],
    [
      'facts/stored',
      'calls every block stored',
      '    stored,\n    entriesValid',
      '    stored: true,\n    entriesValid',
    ],
    [
      'facts/commit-stored',
      'calls every certified block stored',
      'qcValid: true, stored }',
      'qcValid: true, stored: true }',
    ],
    [
      'facts/unfinished',
      'calls every SEAL needed',
      "unfinishedAncestor: kinds.some((kind) => kind !== 'seal'),",
      'unfinishedAncestor: true,',
    ],
    [
      'facts/reconfig',
      'never sees a RECONFIG among the ancestors',
      "afterReconfig: kinds.includes('reconfig'),",
      'afterReconfig: false,',
    ],
  ],
);

/** What a replica writes, repeats, answers and waits for. */
export const REPLICA: readonly Mutant[] = [
  ...PERSISTED,
  ...RESTART,
  ...PACE_AND_LATE,
  ...LEADER,
  ...DELIVERY,
  ...FACTS,
];
