import type { Mutant } from './mutant.js';
import { durability, edits, pacemaker } from './replica-edits.js';

const reason = 'return unfinished(life) || life.pool.hasEligible(settledGround(life));';

const PACE: readonly Mutant[] = [
  ...edits(
    'state.ts',
    [...pacemaker, ...durability],
    [
      [
        'P1/high-qc',
        'does not move on by a certificate',
        'Math.max(life.highQC.view, life.highTC?.view ?? 0, life.lastCC.view)',
        'Math.max(life.highTC?.view ?? 0)',
      ],
      ['P1/high-tc', 'does not move on by a timeout certificate', 'life.highTC?.view ?? 0, ', ''],
    ],
  ),
  ...edits('pacemaker.ts', pacemaker, [
    [
      'P2/armed',
      'runs a timer without a reason',
      'return maySign(life) && hasReason(life);',
      'return maySign(life);',
    ],
    ['P2/entry', 'has no reason in an entry', reason, 'return unfinished(life);'],
    [
      'P2/eligible',
      'has a reason in an entry that cannot be settled',
      reason,
      'return unfinished(life) || life.pool.size > 0;',
    ],
    [
      'P2/unfinished',
      'has no reason in an uncommitted block',
      reason,
      'return life.pool.hasEligible(settledGround(life)) || life.n < 0;',
    ],
    [
      'P2/missing',
      'has no reason in a block that is not held',
      "if (path.kind === 'missing') return true;",
      "if (path.kind === 'missing') return false;",
    ],
    [
      'P2/seal',
      'has a reason in an uncommitted SEAL',
      "node.missing > 0 || node.record.header.kind !== 'seal'",
      'node.missing >= 0',
    ],
    [
      'P2/vote',
      'has a reason in its own vote',
      reason,
      'return life.safety.lastVote.view >= viewOf(life) || unfinished(life) || life.pool.hasEligible(settledGround(life));',
    ],
    [
      'P2/timeout',
      'has a reason in its own timeout',
      reason,
      'return life.safety.lastTimeout.view >= viewOf(life) - 1 && life.safety.lastTimeout.view > 0 || unfinished(life) || life.pool.hasEligible(settledGround(life));',
    ],
    ['P3/backoff', 'never waits longer', 'ms * BACKOFF **', 'ms * 1 **'],
    [
      'P4/repeat-vote',
      'does not repeat its vote',
      '  repeatVote(turn);\n  repeatCommit(turn);\n',
      '  repeatCommit(turn);\n',
    ],
    [
      'P4/repeat-commit',
      'does not repeat its commit vote',
      '  repeatVote(turn);\n  repeatCommit(turn);\n',
      '  repeatVote(turn);\n',
    ],
    [
      'P4/timeout',
      'never gives up on a view',
      '  castTimeout(turn);\n  const bodies',
      '  const bodies',
    ],
    ['P4/forward', 'does not forward what waits', 'if (bodies.length > 0) {', 'if (false) {'],
    [
      'P4/again',
      'repeats nothing after the first round',
      "  life.pace.repeats++;\n  setTimer(turn, 'half', viewLengthMs(life, viewOf(life)) / 2);",
      '  life.pace.repeats++;',
    ],
    [
      'P5/join',
      'never joins a view change',
      '    life.pace.joinedAt = at;\n  }\n  castTimeout(turn);',
      '    life.pace.joinedAt = at;\n  }',
    ],
    [
      'P5/threshold',
      'joins a view change that one member wants',
      'if (life.collector.timeoutCount(view) < life.g) return;',
      '',
    ],
    [
      'P5/rate',
      'joins as often as it is asked, without a reason',
      'if (at - life.pace.joinedAt < viewBaseMs(life)) return;',
      '',
    ],
    [
      'P5/reason',
      'joins once per view length, even with a reason',
      '  if (!hasReason(life)) {\n    if (at - life.pace',
      '  {\n    if (at - life.pace',
    ],
  ]),
];

const LATE: readonly Mutant[] = [
  ...edits('vote-intake.ts', pacemaker, [
    [
      'S1/repeated-vote',
      'does not answer a repeated vote for what is settled',
      'if (from === author && repeated && view <= life.servedCC.view) {',
      'if (author < 0 && repeated) {',
    ],
    [
      'S1/slow-vote',
      'answers a vote that is merely slow',
      'if (from === author && repeated && view <= life.servedCC.view) {',
      'void repeated;\n  if (from === author && view <= life.servedCC.view) {',
    ],
    [
      'S1/committed-view',
      'does not answer a timeout that shows a missed commit',
      'else if (certificates.length > 0) answerLate(turn, from, { certificates });\n',
      '',
    ],
    [
      'S1/older-view',
      'does not answer a timeout of an older view',
      'if (view < current) answerLate(turn, from, { certificates, view: true });\n  else if',
      'if',
    ],
    [
      'S1/repeated-timeout',
      'does not answer a repeated timeout by its own',
      '  else if (held !== undefined) answerRepeatedTimeout(turn, from);\n',
      '  void answerRepeatedTimeout;\n',
    ],
  ]),
  ...edits('late-peers.ts', pacemaker, [
    [
      'S1/rate',
      'answers as often as it is asked',
      'if (at - peer.answeredAt < viewBaseMs(life) / 4) return;',
      '',
    ],
    [
      'S1/repeated-timeout-rate',
      'answers a repeated timeout at once',
      'if (at - peer.timeoutSentAt < viewBaseMs(life)) return;',
      '',
    ],
    [
      'S1/status',
      'does not answer a status that is behind',
      'if (behind || behindCC) answerLate(turn, from, { certificates, view: behind });',
      '',
    ],
  ]),
  ...edits('replica.ts', pacemaker, [
    [
      'S1/seal',
      'does not answer a SEAL where nothing is left to finish',
      'answerLate(turn, node.record.header.author, { certificates: [life.servedCC] });',
      '',
    ],
  ]),
];

/** When a replica times out, repeats, joins, and answers those who are behind. */
export const PACE_AND_LATE: readonly Mutant[] = [...PACE, ...LATE];
