import type { PeerRef } from './effect.js';
import type { Certificate } from '../../domain/consensus.js';
import type { BlockId, EntryId } from '../../domain/ids.js';
import type { Path } from './block-tree.js';
import { backedOff } from './pacemaker.js';
import type { Life } from './state.js';
import { viewOf } from './state.js';
import type { Turn } from './turn.js';
import { cancelTimer, send, setTimer } from './turn.js';

/** S3: asks for blocks and bodies that a certificate or the current proposal needs. */

interface Need {
  readonly key: string;
  readonly candidates: readonly number[];
  readonly block?: BlockId;
  readonly ids?: readonly EntryId[];
  /** A proposal that no certificate stands behind is not worth asking for without end. */
  readonly attemptsMax: number;
}

function blockKey(digest: BlockId): string {
  return `block:${digest}`;
}

function needsOfPath<S>(
  life: Life<S>,
  path: Path<S>,
  candidates: readonly number[],
  attemptsMax: number,
): readonly Need[] {
  if (path.kind === 'beside') return [];
  if (path.kind === 'missing') {
    return [{ key: blockKey(path.digest), candidates, block: path.digest, attemptsMax }];
  }
  return path.nodes
    .filter((node) => node.missing > 0)
    .slice(0, life.config.limits.fetchesInFlightMax)
    .map((node) => ({
      key: `entries:${node.id}`,
      candidates: [node.record.header.author, ...candidates],
      ids: life.tree.missingOf(node).slice(0, life.config.limits.fetchIdsMax),
      attemptsMax,
    }));
}

function needsUnder<S>(life: Life<S>, cert: Certificate): readonly Need[] {
  if (cert.view <= life.tree.tip.view) return [];
  return needsOfPath(life, life.tree.path(cert.block), cert.signers, Infinity);
}

function needs<S>(life: Life<S>): readonly Need[] {
  const out = [...needsUnder(life, life.lastCC), ...needsUnder(life, life.highQC)];
  for (const proposal of life.tree.ofView(viewOf(life))) {
    const { author } = proposal.record.header;
    const candidates = [author, ...proposal.record.justify.signers];
    out.push(...needsOfPath(life, life.tree.path(proposal.id), candidates, 2 * life.n));
  }
  const distinct = new Map<string, Need>();
  for (const need of out) if (!distinct.has(need.key)) distinct.set(need.key, need);
  return [...distinct.values()].slice(0, life.config.limits.fetchesInFlightMax);
}

/** Signers first: one honest holder at least. Connected ones before the rest. */
function candidateOf<S>(life: Life<S>, need: Need, attempt: number): PeerRef | undefined {
  const all = [...new Set([...need.candidates, ...Array.from({ length: life.n }, (_, i) => i)])];
  const others = all.filter((member) => member !== life.self);
  const connected = others.filter((member) => life.peers.get(member)?.connected === true);
  const from = connected.length > 0 ? connected : others;
  return from[attempt % Math.max(1, from.length)];
}

function ask<S>(turn: Turn<S>, need: Need, attempt: number): void {
  const { life } = turn;
  const peer = candidateOf(life, need, attempt);
  if (peer === undefined) return;
  const { ids, block } = need;
  const firstId = ids?.[0];
  const attempts = attempt + 1;
  life.fetches.set(need.key, { peer, attempts, ...(firstId !== undefined && { firstId }) });
  if (ids !== undefined) send(turn, peer, { type: 'fetch-entries', ids });
  else if (block !== undefined) {
    const { height } = life.tree.tip;
    const maxBytes = life.config.limits.fetchBytesMax;
    const fetch = { fromDigest: block, downToHeight: height, maxBytes };
    send(turn, peer, { type: 'fetch', fetch });
  }
}

/** Asks for what is newly needed, forgets what is not needed any more. */
export function keepFetching<S>(turn: Turn<S>): void {
  const { life } = turn;
  const wanted = needs(life);
  const keys = new Set(wanted.map((need) => need.key));
  for (const key of [...life.fetches.keys()]) {
    if (!keys.has(key)) life.fetches.delete(key);
  }
  for (const need of wanted) {
    if (life.fetches.has(need.key)) continue;
    life.fetchRound = 0;
    ask(turn, need, 0);
  }
  const retry = wanted.some((need) => attemptsOf(life, need) < need.attemptsMax);
  if (!retry) cancelTimer(turn, 'fetch');
  else if (!life.timers.has('fetch')) setTimer(turn, 'fetch', retryMs(life));
}

function attemptsOf<S>(life: Life<S>, need: Need): number {
  return life.fetches.get(need.key)?.attempts ?? 0;
}

function retryMs<S>(life: Life<S>): number {
  return backedOff(life.pace.baseMs, life.fetchRound, life.config.timing.viewMaxMs);
}

/** The fetch timer ran out: the next candidate is asked. */
export function onFetchTimer<S>(turn: Turn<S>): void {
  const { life } = turn;
  life.fetchRound++;
  for (const need of needs(life)) {
    const attempts = attemptsOf(life, need);
    if (attempts < need.attemptsMax) ask(turn, need, attempts);
  }
}

/** Was this block asked for? An answer is taken from whoever sends it first. */
export function wasAsked<S>(life: Life<S>, digest: BlockId): boolean {
  return life.fetches.has(blockKey(digest));
}

/** An answer to this request came, complete or not: what is still missing is asked for again. */
export function answered<S>(life: Life<S>, digest: BlockId): void {
  life.fetches.delete(blockKey(digest));
}

/** Bodies came in: a request whose first body is among them has been answered. */
export function bodiesAnswered<S>(life: Life<S>, from: PeerRef, ids: ReadonlySet<string>): void {
  for (const [key, asked] of [...life.fetches]) {
    if (asked.peer === from && asked.firstId !== undefined && ids.has(asked.firstId)) {
      life.fetches.delete(key);
    }
  }
}

/** A path to more peers opened: everything is asked for anew. */
export function refetch<S>(turn: Turn<S>): void {
  const { life } = turn;
  life.fetchRound = 0;
  life.fetches.clear();
  cancelTimer(turn, 'fetch');
}
