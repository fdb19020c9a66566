import { dirname } from 'node:path';
import type { Command } from 'commander';
import { fromHex } from '../../base/bytes.js';
import { CREDENTIAL_KINDS } from '../../domain/credential.js';
import { ROLES } from '../../domain/event.js';
import { readClearance } from '../../node/clearance.js';
import { verifyCredential } from '../../node/credential-check.js';
import { readCredentialFile } from '../../node/credential-files.js';
import { homeAbove, homeAt } from '../../node/home.js';
import { issueToFile } from '../../node/issuing.js';
import { refuse } from '../../node/refusal-error.js';
import { homeRoots } from '../../node/roots.js';
import { actOutput } from '../act-output.js';
import type { Bind } from '../command.js';
import { manyOption, option } from '../command.js';
import type { Context } from '../context.js';
import { credentialText, credentialView } from '../credential-text.js';
import type { Output } from '../output.js';
import { publishCredentials } from '../publish-credentials.js';
import { idOf, oneOf } from '../values.js';

const SUBJECT_KINDS = CREDENTIAL_KINDS.filter((kind) => kind !== 'root');

async function issue(context: Context): Promise<Output> {
  const { values, passphrases } = context;
  const clearance = values.text('clearance');
  const publicKey = values.text('publicKey');
  const days = values.count('days', 1);
  const coi = values.list('coi');
  const domains = values.list('domains');
  const roles = values.list('roles').map((role) => oneOf('--roles', ROLES, role));
  const issued = await issueToFile({
    home: context.home(),
    authority: values.text('authority') ?? 'authority',
    passphrase: () => passphrases.authority(),
    keyPassphrase: () => passphrases.fresh('node'),
    kind: oneOf('--kind', SUBJECT_KINDS, values.required('kind')),
    name: values.required('name'),
    nowMs: context.io.nowMs(),
    ...(publicKey === undefined ? {} : { publicKey: fromHex(idOf('--public-key', publicKey)) }),
    ...(clearance === undefined ? {} : { clearance: readClearance(context.path(clearance)) }),
    ...(days === undefined ? {} : { days }),
    ...(coi.length === 0 ? {} : { coi }),
    ...(domains.length === 0 ? {} : { domains }),
    ...(roles.length === 0 ? {} : { roles }),
  });
  return {
    json: { ...credentialView(issued.credential), file: issued.file },
    text: `issued ${issued.file}\n${credentialText(issued.credential)}`,
  };
}

/** Chains are found among the credentials and roots of a home, and files named beside it. */
function verify(context: Context, file: string): Output {
  const { values } = context;
  const path = context.path(file);
  const named = values.text('home');
  const home = named === undefined ? homeAbove(dirname(path)) : homeAt(context.path(named));
  const roots = values.list('root').map((name) => readCredentialFile(context.path(name)));
  const anchors = roots.length > 0 || home === undefined ? roots : homeRoots(home);
  if (anchors.length === 0) {
    throw refuse('NO_ANCHOR', '--root', {
      rule: 'a credential is checked against roots that the verifier chose',
      detail: 'no root credential is at hand',
      remedy: '--root FILE, or --home DIR of a nation',
    });
  }
  const credential = verifyCredential({
    path,
    anchors,
    issuers: values.list('issuer').map((name) => context.path(name)),
    ...(home === undefined ? {} : { home }),
    nowMs: context.io.nowMs(),
  });
  return {
    json: { verified: true, ...credentialView(credential) },
    text: `verified\n${credentialText(credential)}`,
  };
}

function issueCommand(credential: Command): Command {
  return credential
    .command('issue')
    .description('sign a credential for a subject of this nation')
    .addOption(option('--kind <kind>', SUBJECT_KINDS.join(', ')))
    .addOption(option('--name <name>', 'name of the subject, such as HMAS-EXAMPLE'))
    .addOption(option('--public-key <hex>', 'its Ed25519 key (default: make one in keys/)'))
    .addOption(option('--days <n>', 'life of the credential'))
    .addOption(option('--coi <names>', 'communities (default: those of the authority)'))
    .addOption(option('--domains <names>', 'authority domains'))
    .addOption(option('--roles <roles>', 'highest roles (default: all)'))
    .addOption(option('--clearance <file>', 'YAML (default: that of the authority)'));
}

export function addCredential(program: Command, bind: Bind): void {
  const credential = program.command('credential').description('credentials under the root');
  bind(issueCommand(credential), issue);
  bind(
    credential.command('show').argument('<file>').description('what it says, unverified'),
    async (context, [file = '']) => {
      const shown = readCredentialFile(context.path(file));
      return { json: credentialView(shown), text: credentialText(shown) };
    },
  );
  const verified = credential
    .command('verify')
    .argument('<file>')
    .description('check its chain up to a root that you chose')
    .addOption(manyOption('--root <file>', 'root credential to trust'))
    .addOption(manyOption('--issuer <file>', 'credential of an issuer on the chain'));
  bind(verified, async (context, [file = '']) => verify(context, file));
  bind(
    credential
      .command('publish')
      .argument('<files...>', 'issuers first')
      .description('log credentials for all peers to see'),
    async (context, files) => {
      const read = files.map((file) => readCredentialFile(context.path(file)));
      const results = await publishCredentials(context, read);
      return actOutput('published', { events: results.flatMap((result) => result.events) });
    },
  );
}
