import type { Command } from 'commander';
import { toHex } from '../../base/bytes.js';
import type { Credential } from '../../domain/credential.js';
import { CREDENTIAL_KINDS } from '../../domain/credential.js';
import type { Nation } from '../../domain/ids.js';
import type { TrustEntryBody } from '../../domain/requests.js';
import { readClearance, clearanceBody } from '../../node/clearance.js';
import { readCredentialFile } from '../../node/credential-files.js';
import { readNation } from '../../node/home.js';
import { homeRoots, keepRoot, removeRoot } from '../../node/roots.js';
import { refuse } from '../../node/refusal-error.js';
import type { Bind } from '../command.js';
import { option } from '../command.js';
import type { Context } from '../context.js';
import type { Output } from '../output.js';
import { list, table, utc } from '../output.js';
import { performAct } from '../sign-act.js';
import { idOf, nationOf, oneOf, usage } from '../values.js';

const DAY_S = 86_400;

/** The kid as it came over another channel must be the kid of the file. */
async function compareKid(context: Context, root: Credential): Promise<void> {
  const expected = context.values.text('kid');
  if (expected === undefined) {
    if (!context.io.interactive) {
      throw usage('--kid', 'a root is compared over another channel', '--kid is missing');
    }
    context.io.err(`Root of ${root.issuer}: kid ${root.kid}\n`);
    if (await context.io.confirm('Did that nation tell you this kid over another channel?')) return;
  } else if (idOf('--kid', expected) === root.kid) return;
  throw refuse('KID_MISMATCH', '--kid', {
    rule: 'a root is added only when its kid was compared over another channel',
    detail: `the file holds kid ${root.kid}`,
    remedy: 'ask the nation for its root again; somebody may have exchanged the file',
  });
}

function entryOf(context: Context, root: Credential): TrustEntryBody {
  const { values } = context;
  const kinds = values.list('kinds').map((kind) => oneOf('--kinds', CREDENTIAL_KINDS, kind));
  const file = values.text('clearance');
  const clearance = file === undefined ? root.clearance : readClearance(context.path(file));
  const days = values.count('days', 1);
  const until = Math.floor(context.io.nowMs() / 1000) + (days ?? 0) * DAY_S;
  return {
    coi: [...values.list('coi')].sort(),
    kinds: kinds.length > 0 ? kinds : CREDENTIAL_KINDS.filter((kind) => kind !== 'root'),
    clearance: clearanceBody(clearance),
    notBefore: root.notBefore,
    expires: days === undefined ? root.expires : Math.min(until, root.expires),
  };
}

async function add(context: Context, file: string): Promise<Output> {
  const root = readCredentialFile(context.path(file));
  if (root.kind !== 'root') {
    throw usage('FILE', 'holds a root credential', `${file} is a credential of kind ${root.kind}`);
  }
  const own = readNation(context.home()).nation;
  if (root.issuer === own) {
    throw usage(
      'FILE',
      "holds a partner's root",
      `${file} is a root of ${own}, this home's nation`,
    );
  }
  await compareKid(context, root);
  const entry = entryOf(context, root);
  const body = { act: 'trust', root: toHex(root.bytes), entry } as const;
  const result = await performAct(context, body, { offline: true });
  keepRoot(context.home(), root);
  const left = root.coi.filter((name) => !entry.coi.includes(name));
  const note = `its parties also claim ${list(left)}: credentials that say so are not believed\n`;
  return {
    json: { nation: root.issuer, kid: root.kid, coi: entry.coi, ...result },
    text: `trusts ${root.issuer}, root ${root.kid}, for ${list(entry.coi)}\n`,
    ...(left.length === 0 ? {} : { notes: note }),
  };
}

async function remove(context: Context, text: string): Promise<Output> {
  const nation = nationOf('NATION', text) as Nation;
  const result = await performAct(context, { act: 'untrust', nation }, { offline: true });
  removeRoot(context.home(), nation);
  return { json: { nation, ...result }, text: `no longer trusts ${nation}\n` };
}

function listRoots(context: Context): Output {
  const roots = homeRoots(context.home());
  const shown = roots.map(({ issuer, kid, expires, coi, own }) => ({
    nation: issuer,
    kid,
    own,
    coi,
    expiresMs: expires * 1000,
  }));
  const rows = shown.map((root) => [
    root.nation,
    root.kid,
    root.own ? 'own' : 'added',
    utc(root.expiresMs),
  ]);
  return { json: shown, text: table(['NATION', 'ROOT KID', 'WHOSE', 'EXPIRES'], rows) };
}

export function addTrust(program: Command, bind: Bind): void {
  const trust = program.command('trust').description('whom this nation trusts: its own list');
  const added = trust
    .command('add')
    .argument('<file>', "the partner's root credential")
    .description('sign a trust-list line for a partner')
    .addOption(option('--kid <kid>', 'kid of the root as told over another channel'))
    .addOption(option('--coi <names>', 'communities it may assert, such as FVEY,AUKUS'))
    .addOption(option('--kinds <kinds>', 'credential kinds it may issue (default: all)'))
    .addOption(option('--clearance <file>', 'YAML; clearance it may assert (default: its root)'))
    .addOption(option('--days <n>', 'trusted for so long (default: as long as its root)'));
  bind(added, (context, [file = '']) => add(context, file));
  bind(
    trust.command('remove').argument('<nation>').description('take a partner off the list'),
    (context, [nation = '']) => remove(context, nation),
  );
  bind(trust.command('list').description('roots in this home'), async (context) =>
    listRoots(context),
  );
}
