import type { AuditReport, AuditedLeaf } from '../core/log/index.js';
import { LogAudit } from '../core/log/index.js';
import type { Checkpoint } from '../domain/checkpoint.js';
import type { Event } from '../domain/event.js';
import type { Digest, Nation } from '../domain/ids.js';
import type { EventLog, Leaf, StoreDamage } from '../ports/event-log.js';

export interface LogAuditRequest {
  readonly nation: Nation;
  /** Only for the nation's own log. */
  readonly logSecret?: Uint8Array;
  readonly signed: (checkpoint: Checkpoint) => boolean;
}

interface Damage {
  readonly index: number;
  readonly detail: string;
}

function isDamage(error: unknown): error is StoreDamage {
  return error instanceof Error && 'code' in error && error.code === 'STORE_DAMAGED';
}

/** Where a damaged row is; other errors, and damage without a place, go on to the caller. */
function damageAt(error: unknown): Damage {
  if (isDamage(error) && error.index !== undefined) {
    return { index: error.index, detail: error.message };
  }
  throw error;
}

async function readCheckpoints(
  log: EventLog,
  nation: Nation,
): Promise<{ readonly checkpoints: readonly Checkpoint[]; readonly damages: readonly Damage[] }> {
  const checkpoints: Checkpoint[] = [];
  const damages: Damage[] = [];
  for (let from: number | null = 0; from !== null;) {
    const start: number = from;
    from = null;
    try {
      for await (const found of log.checkpoints(nation, start)) checkpoints.push(found);
    } catch (error) {
      const damage = damageAt(error);
      damages.push(damage);
      from = damage.index + 1;
    }
  }
  return { checkpoints, damages };
}

/** The sealed content of an event: content that cannot be read counts as altered. */
async function contentOf(
  log: EventLog,
  { payload: { body } }: Event,
): Promise<{ readonly content?: { readonly box: Uint8Array; readonly hash: Digest } }> {
  if (body.form !== 'sealed') return {};
  try {
    const box = await log.box(body.boxHash);
    return box === undefined ? {} : { content: { box, hash: body.boxHash } };
  } catch (error) {
    if (isDamage(error)) return { content: { box: new Uint8Array(0), hash: body.boxHash } };
    throw error;
  }
}

/** The leaf with its event's bytes; an event that cannot be read counts as missing. */
async function auditedLeaf(log: EventLog, leaf: Leaf): Promise<AuditedLeaf> {
  if (leaf.kind === 'withheld') return leaf;
  const { header, id } = leaf;
  try {
    const stored = await log.event(id);
    if (stored === undefined) return { kind: 'event', header };
    const { event } = stored;
    return { kind: 'event', header, record: event.record, ...(await contentOf(log, event)) };
  } catch (error) {
    if (isDamage(error)) return { kind: 'event', header };
    throw error;
  }
}

/** Recomputes one stored log, leaf by leaf: damaged rows become findings, and the audit goes on. */
export async function auditStoredLog(
  log: EventLog,
  request: LogAuditRequest,
): Promise<AuditReport> {
  const { nation } = request;
  const { checkpoints, damages } = await readCheckpoints(log, nation);
  const audit = new LogAudit({ ...request, checkpoints });
  for (const { index, detail } of damages) audit.damagedCheckpoint(index, detail);
  for (let whole = false; !whole;) {
    try {
      for await (const leaf of log.leaves(nation, audit.size, Infinity)) {
        audit.leaf(await auditedLeaf(log, leaf));
      }
      whole = true;
    } catch (error) {
      const { index, detail } = damageAt(error);
      audit.damaged(index, detail);
    }
  }
  return audit.end(await log.logState(nation));
}
