import type { Command } from 'commander';
import type { LogAuditView } from '../../domain/views.js';
import { readApiAccess } from '../../node/api-files.js';
import { lockHolder } from '../../node/node-lock.js';
import { auditOffline } from '../../node/offline-act.js';
import { readNation } from '../../node/home.js';
import type { Bind } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { refusalText, short, table } from '../output.js';

/** Asks the node that runs; else opens the store, which no other process then holds. */
async function audit(context: Context): Promise<LogAuditView> {
  const home = context.home();
  readNation(home);
  if (readApiAccess(home) !== undefined && lockHolder(home) !== undefined) {
    return context.client().auditLog();
  }
  const { passphrases, doors } = context;
  return auditOffline({ home: home.dir, passphrases, open: doors.openOfflineService });
}

function auditText(view: LogAuditView): string {
  const rows = view.nations.map((log) => [
    log.nation,
    String(log.size),
    short(log.root),
    String(log.checkpoints),
    String(log.held),
    String(log.withheld),
  ]);
  const logs = table(['NATION', 'SIZE', 'ROOT', 'CHECKPOINTS', 'HELD', 'WITHHELD'], rows);
  return `${logs}${view.ok ? 'all logs verify\n' : 'INTEGRITY FAILURE\n'}`;
}

export function addLog(program: Command, bind: Bind): void {
  const log = program.command('log').description('the national logs held here');
  bind(
    log.command('verify').description('recompute every hash, root and class chain'),
    async (context) => {
      const view = await audit(context);
      const findings = view.findings.map(refusalText).join('');
      return {
        json: view,
        text: auditText(view),
        ...(findings === '' ? {} : { notes: findings }),
        exit: view.ok ? EXIT.done : EXIT.integrity,
      };
    },
  );
}
