import { assert } from '../../base/assert.js';
import { blockId } from '../../domain/codec/consensus-parts.js';
import type { StoredReplica } from '../../domain/consensus-store.js';
import { BlockTree } from './block-tree.js';
import { anchorCertificate, CertificateChecker, newerQC, newerTC } from './certificates.js';
import type { ReplicaConfig } from './config.js';
import type { Effect } from './effect.js';
import { EntryPool } from './entry-pool.js';
import { endAwaiting } from './late-peers.js';
import type { Recovered } from './recovery.js';
import { initialSafety, judgeStored } from './recovery.js';
import { SAFETY_RULES } from './safety-rules.js';
import type { Life } from './state.js';
import { halt, persist } from './turn.js';
import { VoteCollector } from './vote-collector.js';

/** Begins a life from what is stored: with its past, as a learner without one, or for the first time. */
export function start<S>(
  config: ReplicaConfig<S>,
  stored: StoredReplica,
  settled: S,
  at: number,
): { readonly life: Life<S>; readonly effects: Effect[] } {
  const { epoch, self } = config;
  const judged = judgeStored(epoch, stored);
  const fresh: Recovered = { counter: 0, safety: initialSafety(epoch), signFromQcView: 0 };
  const past = judged.ok ? judged.value : fresh;
  const life = lifeOf(config, past, stored, settled);
  const turn = { life, at, effects: [] as Effect[] };
  restorePending(life, stored);
  if (!judged.ok && self !== undefined) {
    halt(turn, { code: 'SAFETY_RECORD_LOST', detail: judged.error });
    life.awaited = undefined;
    persist(turn, {});
  } else if (stored.record === undefined) {
    persist(turn, {});
  }
  endAwaiting(turn);
  return { life, effects: turn.effects };
}

function lifeOf<S>(
  config: ReplicaConfig<S>,
  past: Recovered,
  stored: StoredReplica,
  settled: S,
): Life<S> {
  const { epoch, self, limits } = config;
  const n = epoch.members.length;
  const anchor = anchorCertificate(epoch);
  const lastCC = stored.committed?.certificate ?? anchor;
  const tip = stored.committed ?? past.safety.committed;
  assert(stored.committed !== undefined || tip.view === 0, 'a committed tip has its certificate');
  const { lastTimeout, highTC } = past.safety;
  const highQC = newerQC(newerQC(past.safety.highQC, lastTimeout.highQC ?? anchor), lastCC);
  const tree = new BlockTree(
    config.rules,
    { block: tip.block, height: tip.height, view: tip.view },
    settled,
  );
  return {
    config,
    n,
    q: epoch.q,
    g: n - epoch.q + 1,
    self,
    rules: config.safetyRules ?? SAFETY_RULES,
    checker: new CertificateChecker(epoch, config.verify, limits.verifiedCacheMax),
    collector: new VoteCollector(epoch.epoch, epoch.q),
    pool: new EntryPool(config.rules, limits),
    tree,
    peers: new Map(),
    timers: new Map(),
    fetches: new Map(),
    pace: {
      armedView: undefined,
      repeats: 0,
      halfPassed: false,
      joinedAt: Number.NEGATIVE_INFINITY,
      baseMs: config.timing.baseMinMs,
      sendMs: 0,
      rttMs: [],
    },
    voting: self !== undefined,
    halted: undefined,
    awaited: self === undefined ? undefined : new Set(),
    signFromQcView: past.signFromQcView,
    safety: { ...past.safety, committed: tree.tip },
    counter: past.counter,
    durable: past.counter,
    highQC,
    highTC: newerTC(highTC, lastTimeout.proof).highTC,
    lastCC,
    servedCC: lastCC.block === tip.block ? lastCC : anchor,
    timerSeq: 0,
    fetchRound: 0,
    statusRound: 0,
    jitter: config.jitterSeed | 0,
    proposedOn: '',
  };
}

function restorePending<S>(life: Life<S>, stored: StoredReplica): void {
  for (const { record, entries } of stored.pending) {
    if (record.header.height <= life.tree.tip.height) continue;
    const node = life.tree.insert(blockId(record.header), record);
    for (const { bytes } of entries) {
      const identity = life.config.rules.identify(bytes);
      if (identity.ok) life.tree.fill(identity.value, bytes);
    }
    node.stored = node.missing === 0;
  }
}
