import { dirname } from 'node:path';
import type { Command } from 'commander';
import type { Credential } from '../../domain/credential.js';
import { readCredentialFile } from '../../node/credential-files.js';
import type { BundleReport } from '../../node/contract.js';
import { homeAbove, homeAt } from '../../node/home.js';
import { refuse } from '../../node/refusal-error.js';
import { homeRoots } from '../../node/roots.js';
import type { Bind } from '../command.js';
import { manyOption } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import type { Output } from '../output.js';
import { fields } from '../output.js';
import { readInput } from '../read-file.js';

const BUNDLE_BYTES_MAX = 64 * 1024 * 1024;

/** Trust anchors: the `--root` files, else the roots of the named or nearest home. */
function anchors(context: Context, path: string): readonly Credential[] {
  const files = context.values.list('root');
  if (files.length > 0) return files.map((file) => readCredentialFile(context.path(file)));
  const named = context.values.text('home');
  const home = named === undefined ? homeAbove(dirname(path)) : homeAt(context.path(named));
  const roots = home === undefined ? [] : homeRoots(home);
  if (roots.length > 0) return roots;
  throw refuse('NO_ANCHOR', '--root', {
    rule: 'a proof is checked against roots that the verifier chose',
    detail: 'no root credential is at hand: what the file says of itself proves nothing',
    remedy: "--root FILE for each nation's root credential, or --home DIR of a nation",
  });
}

const WORDS = {
  verified: 'verified: consent and quorum hold under the roots you chose',
  'cannot-verify': 'cannot verify: something that the check needs is missing or not trusted',
  tampered: 'TAMPERED: the file contradicts itself or its signatures',
} as const;

/** The verdict in words, then what the check says besides. */
function reportText(report: BundleReport): string {
  const details = Object.entries(report)
    .filter(([name]) => name !== 'result')
    .map(([name, value]): readonly [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
  return `${WORDS[report.result]}\n${details.length === 0 ? '' : fields(details)}`;
}

async function verify(context: Context, file: string): Promise<Output> {
  const path = context.path(file);
  const bytes = readInput(path, BUNDLE_BYTES_MAX);
  const report = await context.doors.verifySettlement(bytes, anchors(context, path));
  const exits = {
    verified: EXIT.done,
    'cannot-verify': EXIT.cannotVerify,
    tampered: EXIT.integrity,
  } as const;
  return { json: report, text: reportText(report), exit: exits[report.result] };
}

export function addSettleVerify(settle: Command, bind: Bind): void {
  const command = settle
    .command('verify')
    .argument('<file>', 'one-file proof of a settlement')
    .description('verify a settled entry with no network, no node and no key')
    .addOption(manyOption('--root <file>', "a nation's root credential to trust"));
  bind(command, (context, [file = '']) => verify(context, file));
}
