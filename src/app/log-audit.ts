import type { AuditReport, AuditedLeaf } from '../core/log/index.js';
import { LogAudit } from '../core/log/index.js';
import type { Checkpoint } from '../domain/checkpoint.js';
import type { Nation } from '../domain/ids.js';
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

/** The leaf with its event's bytes; an event that cannot be read counts as missing. */
async function auditedLeaf(log: EventLog, leaf: Leaf): Promise<AuditedLeaf> {
  if (leaf.kind === 'withheld') return leaf;
  const { header, id } = leaf;
  try {
    const stored = await log.event(id);
    return stored === undefined
      ? { kind: 'event', header }
      : { kind: 'event', header, record: stored.event.record };
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
