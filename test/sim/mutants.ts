import type { SafetyRules } from '../../src/core/consensus/index.js';
import { SAFETY_RULES } from '../../src/core/consensus/safety-rules.js';
import { newerQC } from '../../src/core/consensus/certificates.js';

/** Deliberately broken safety rules: a suite that does not catch them proves nothing. */

/** Forgets every earlier statement before it judges a vote (V1 and C's memory of votes). */
export const WITHOUT_V1: SafetyRules = {
  ...SAFETY_RULES,
  vote(state, request) {
    const never = { view: 0, block: state.committed.block };
    const blank = { ...state, lastVote: never, lastCommit: never, lastTimeout: { view: 0 } };
    const ruling = SAFETY_RULES.vote(blank, request);
    if (!ruling.ok) return ruling;
    const { lastVote } = ruling.state;
    return {
      ...ruling,
      state: { ...state, lastVote, highQC: newerQC(state.highQC, request.justify) },
    };
  },
};

/** Commit-votes although it has given up on the view, and whatever it voted for. */
export const WITHOUT_C_MEMORY: SafetyRules = {
  ...SAFETY_RULES,
  commit(state, request) {
    const { lastCommit } = state;
    const { view, block } = request.qc;
    const blank = { ...state, lastTimeout: { view: 0 }, lastVote: { view: 0, block } };
    const ruling = SAFETY_RULES.commit(blank, request);
    if (!ruling.ok) return ruling;
    const next = { ...state, highQC: newerQC(state.highQC, request.qc) };
    return {
      ...ruling,
      state: { ...next, lastCommit: ruling.again ? lastCommit : { view, block } },
    };
  },
};
