import { fromHex, toHex } from '../base/bytes.js';
import type { ActBody } from '../domain/requests.js';
import type { ActResult, ActView } from '../domain/views.js';
import { readApiAccess } from '../node/api-files.js';
import { openSigner } from '../node/keyring.js';
import { lockHolder } from '../node/node-lock.js';
import { actOffline } from '../node/offline-act.js';
import type { PersonSigner } from '../node/offline-act.js';
import { RefusalError, refuse } from '../node/refusal-error.js';
import { ApiClient } from './client.js';
import type { Context } from './context.js';

/** The authority key of the home, unlocked for this command only. */
async function authoritySigner(context: Context): Promise<PersonSigner> {
  const name = context.values.text('authority') ?? 'authority';
  const signer = await openSigner(context.home(), name, () => context.passphrases.authority());
  return {
    kid: signer.kid,
    sign: async (message, statement) => {
      await agree(context, statement);
      return signer.sign(message);
    },
  };
}

/** Shows what a signature means and asks; `--yes` and `--json` answer yes beforehand. */
async function agree(context: Context, statement: readonly string[]): Promise<void> {
  const { io, values, json } = context;
  if (values.flag('yes') || json) return;
  io.err(`To sign:\n${statement.map((line) => `  ${line}\n`).join('')}`);
  if (io.interactive && (await io.confirm('Sign this?'))) return;
  throw refuse('DECLINED', 'signature', {
    rule: 'a person agrees to what an authority key signs',
    detail: io.interactive ? 'the person declined' : 'nobody can be asked here',
    remedy: io.interactive ? 'run the command again to sign' : 'give --yes to sign unasked',
  });
}

async function throughNode(
  client: ApiClient,
  body: ActBody,
  signer: PersonSigner,
): Promise<ActView> {
  let step = await client.startAct(body, signer.kid);
  while (step.state === 'sign') {
    let signature: Uint8Array;
    try {
      signature = await signer.sign(fromHex(step.message), step.statement);
    } catch (error) {
      await client.abandonAct(step.id);
      throw error;
    }
    step = await client.signAct(step.id, toHex(signature));
  }
  return step;
}

async function performed(
  context: Context,
  bodies: readonly ActBody[],
  offline: boolean,
): Promise<readonly ActView[]> {
  const home = context.home();
  // Asked for first: without a node there is no reason to unlock a key.
  const running = readApiAccess(home) !== undefined && lockHolder(home) !== undefined;
  const client = running || !offline ? ApiClient.at(home.dir) : undefined;
  const signer = await authoritySigner(context);
  const { passphrases, doors } = context;
  if (client === undefined) {
    const parts = { home: home.dir, passphrases, open: doors.openOfflineService };
    return actOffline(parts, bodies, signer);
  }
  const views: ActView[] = [];
  for (const body of bodies) {
    const view = await throughNode(client, body, signer);
    views.push(view);
    if (view.state !== 'done') break;
  }
  return views;
}

interface ActOptions {
  /** Acts on the store of the home while no node runs. */
  readonly offline?: boolean;
}

function resultOf(view: ActView): ActResult {
  if (view.state === 'done') return view.result;
  if (view.state === 'refused') throw new RefusalError(view.refusal);
  throw new Error('an act ends done or refused');
}

/**
 * Performs human acts in order under one unlocking of the authority's key, up to the first that is
 * refused: the running node, or with `offline` the store of the home while none runs, says what is
 * to be signed; the key signs here and never leaves.
 */
export async function performActs(
  context: Context,
  bodies: readonly ActBody[],
  options: ActOptions = {},
): Promise<readonly ActResult[]> {
  return (await performed(context, bodies, options.offline === true)).map(resultOf);
}

/** Performs one human act. */
export async function performAct(
  context: Context,
  body: ActBody,
  options: ActOptions = {},
): Promise<ActResult> {
  const [result] = await performActs(context, [body], options);
  if (result === undefined) throw new Error('an act has a result');
  return result;
}
