import type { Command } from 'commander';
import { isNation } from '../../domain/ids.js';
import { readClearance } from '../../node/clearance.js';
import { foundNation } from '../../node/founding.js';
import type { Bind } from '../command.js';
import { option } from '../command.js';
import type { Context } from '../context.js';
import type { Output } from '../output.js';
import { usage } from '../values.js';

async function init(context: Context, code: string): Promise<Output> {
  if (!isNation(code)) {
    throw usage('CODE', 'is an ISO 3166-1 alpha-3 code in upper case', `CODE: ${code}`);
  }
  const { values } = context;
  const clearance = values.text('clearance');
  const domains = values.list('domains');
  const founded = await foundNation({
    dir: context.home().dir,
    nation: code,
    coi: values.list('coi'),
    domains: domains.length > 0 ? domains : ['operations', 'intelligence-release'],
    ...(clearance === undefined ? {} : { clearance: readClearance(context.path(clearance)) }),
    rootDays: values.count('rootDays', 1) ?? 3652,
    authorityDays: values.count('authorityDays', 1) ?? 365,
    nowMs: context.io.nowMs(),
    passphrase: () => context.passphrases.fresh('authority'),
  });
  const { home, root, authority } = founded;
  const rootFile = `${home.roots}/${code}.cred`;
  return {
    json: { nation: code, home: home.dir, root: root.kid, rootFile, authority: authority.kid },
    text:
      `founded ${code} in ${home.dir}\n` +
      `  root kid       ${root.kid}\n` +
      `  root file      ${rootFile} (give it to partners; tell them the kid over another channel)\n` +
      `  authority kid  ${authority.kid}\n` +
      `next: entente node init --home ${home.dir}\n`,
  };
}

export function addNation(program: Command, bind: Bind): void {
  const nation = program.command('nation').description("a nation's root and authority");
  const founding = nation
    .command('init')
    .argument('<code>', 'ISO 3166-1 alpha-3')
    .description('make the root and authority keys and credentials in a new home folder')
    .addOption(option('--coi <names>', 'communities its parties belong to, such as FVEY,AUKUS'))
    .addOption(option('--domains <names>', 'authority domains of the office'))
    .addOption(option('--clearance <file>', 'YAML; default: all of the mission policy'))
    .addOption(option('--root-days <n>', 'life of the root (default 3652)'))
    .addOption(option('--authority-days <n>', 'life of the authority credential (default 365)'));
  bind(founding, (context, [code = '']) => init(context, code));
}
