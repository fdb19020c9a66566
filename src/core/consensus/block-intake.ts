import type { PeerRef } from './effect.js';
import { payloadRoot } from '../../domain/codec/consensus-hash.js';
import { blockId } from '../../domain/codec/consensus-parts.js';
import { blockPreimage } from '../../domain/codec/consensus-preimage.js';
import type { BlockRecord, Proposal } from '../../domain/consensus.js';
import type { BlockId } from '../../domain/ids.js';
import { absorbCertificate, absorbTimeoutCertificate } from './certificate-intake.js';
import { answered, bodiesAnswered, wasAsked } from './fetching.js';
import { leaderOf } from './leader-rotation.js';
import type { Life } from './state.js';
import { viewOf } from './state.js';
import type { Turn } from './turn.js';
import { settledGround } from './turn.js';
import { takeBallot } from './vote-intake.js';

/** Everything of a record that needs no signature: scope, shape, links. */
function coherent<S>(life: Life<S>, record: BlockRecord): boolean {
  const { header, entryIds, justify, tc } = record;
  const { epoch } = life.config;
  if (header.opId !== epoch.opId || header.epoch !== epoch.epoch) return false;
  if (header.valSetHash !== epoch.valSetHash || header.view < 1) return false;
  if (header.author !== leaderOf(epoch, header.view)) return false;
  if (justify.view !== header.justifyView || justify.block !== header.parent) return false;
  if (header.entryCount !== entryIds.length) return false;
  if ((header.kind === 'seal') !== (entryIds.length === 0)) return false;
  if (entryIds.length > life.config.limits.blockEntriesMax) return false;
  const entered =
    tc === undefined
      ? header.tcView === 0 && header.tcHighView === 0 && justify.view === header.view - 1
      : header.tcView === header.view - 1 &&
        header.tcView === tc.view &&
        header.tcHighView === tc.highQC.view;
  return entered && header.payloadRoot === payloadRoot(entryIds);
}

/** Takes in the certificates of a record; they prove themselves whatever becomes of the block. */
function proven<S>(turn: Turn<S>, record: BlockRecord): boolean {
  return (
    absorbCertificate(turn, record.justify) &&
    (record.tc === undefined || absorbTimeoutCertificate(turn, record.tc))
  );
}

function insert<S>(life: Life<S>, id: BlockId, record: BlockRecord): void {
  const node = life.tree.insert(id, record);
  for (const entryId of life.tree.missingOf(node)) {
    const waiting = life.pool.get(entryId);
    if (waiting) life.tree.fill({ entryId, key: waiting.key }, waiting.bytes);
  }
}

export function onProposal<S>(turn: Turn<S>, { record, vote }: Proposal): void {
  const { life } = turn;
  const { header } = record;
  if (vote.kind !== 'vote' || vote.view !== header.view || vote.author !== header.author) return;
  if (header.view <= life.tree.tip.view || header.height <= life.tree.tip.height) {
    takeBallot(turn, vote);
    return;
  }
  const id = blockId(header);
  if (vote.block !== id || vote.epoch !== header.epoch) return;
  const known = life.tree.node(id) !== undefined;
  if (!known && !coherent(life, record)) return;
  // The leader's own vote is the signature of the proposal.
  const preimage = blockPreimage(life.config.epoch, 'vote', vote.view, id);
  if (!life.checker.signature(vote.author, preimage, vote.signature)) return;
  if (!known) {
    if (!proven(turn, record)) return;
    // Two blocks of one view show as two votes of their leader. Both are kept, for a certificate
    // may name either; any more would come by fetch.
    const held = life.tree.ofView(header.view).length;
    if (held < 2 && header.view >= viewOf(life) - life.config.limits.viewWindow) {
      insert(life, id, record);
    }
  }
  takeBallot(turn, vote);
}

/** Blocks that were asked for: newest first, each linked to the one before by its hash. */
export function onBlocks<S>(turn: Turn<S>, records: readonly BlockRecord[]): void {
  const { life } = turn;
  let expected: BlockId | undefined;
  for (const record of records) {
    const id = blockId(record.header);
    if (expected === undefined ? !wasAsked(life, id) : id !== expected) return;
    if (record.header.height <= life.tree.tip.height) {
      // Reached the committed height off the committed chain: the tree will call it beside.
      if (id !== life.tree.tip.block) life.tree.insert(id, record);
      return;
    }
    if (!coherent(life, record) || !proven(turn, record)) return;
    answered(life, id);
    insert(life, id, record);
    expected = record.header.parent;
    if (expected === life.tree.tip.block || life.tree.node(expected)) return;
  }
}

/** Bodies: an answer, a submission or a forwarded entry; what nobody waits for goes to the pool. */
export function onEntries<S>(turn: Turn<S>, from: PeerRef, bodies: readonly Uint8Array[]): void {
  const { life } = turn;
  const ids = new Set<string>();
  const submitter = typeof from === 'number' ? `member:${String(from)}` : `learner:${from}`;
  for (const bytes of bodies) {
    if (bytes.length > life.config.limits.entryBytesMax) continue;
    const identity = life.config.rules.identify(bytes);
    if (!identity.ok) continue;
    ids.add(identity.value.entryId);
    if (life.tree.fill(identity.value, bytes)) continue;
    if (life.voting) life.pool.add(identity.value, bytes, submitter, settledGround(life));
  }
  bodiesAnswered(life, from, ids);
}
