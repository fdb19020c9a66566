import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readConfig, writeConfig } from '../src/node/config.js';
import { homeAt } from '../src/node/home.js';
import { mustRun } from './entente.js';
import type { NationLayout } from './nation-layout.js';
import { type Code, CODES, communities, FVEY, AUKUS } from './nations.js';
import type { Narrator } from './narrator.js';

/** What a node is told about the network. Multiaddresses. */
export interface NetworkOf {
  readonly listen: string;
  /** In the order in which they are dialled. */
  readonly bootstrap: readonly string[];
  readonly addressMap: Readonly<Record<string, string>>;
}

export interface FoundingOptions {
  readonly layouts: ReadonlyMap<Code, NationLayout>;
  readonly network: (code: Code) => NetworkOf;
  readonly signal: AbortSignal;
  readonly narrator: Narrator;
}

export type IntroductionOptions = Omit<FoundingOptions, 'network'> & {
  readonly founded: ReadonlyMap<Code, Founded>;
};

/** Whose node writes down what reaches it: the one from which something is withheld. */
const TAPPED: Code = 'JPN';

/** A nation's root as it tells its partners: the kid by another channel than the file. */
export interface Founded {
  readonly root: string;
  readonly rootFile: string;
}

/** Runs the tasks with as many at once as there are cores: each is a process that computes. */
async function onAllCores<T>(
  codes: readonly Code[],
  task: (code: Code) => Promise<T>,
): Promise<ReadonlyMap<Code, T>> {
  const waiting = [...codes];
  const done = new Map<Code, T>();
  const work = async (): Promise<void> => {
    for (let code = waiting.shift(); code !== undefined; code = waiting.shift()) {
      done.set(code, await task(code));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return done;
}

function writePassphrase(file: string): void {
  writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
}

async function found(options: FoundingOptions, code: Code): Promise<Founded> {
  const layout = layoutIn(options, code);
  writePassphrase(layout.nodePassphraseFile);
  writePassphrase(layout.officerPassphraseFile);
  const coi = communities(code).join(',');
  const args = ['nation', 'init', code, '--coi', coi, ...layout.options];
  const founded = await mustRun<Founded>(args, options.signal);
  mkdirSync(layout.exports, { mode: 0o700 });
  return founded;
}

async function setUpNode(options: FoundingOptions, code: Code): Promise<void> {
  const layout = layoutIn(options, code);
  const { listen, bootstrap, addressMap } = options.network(code);
  const peers = bootstrap.flatMap((address) => ['--bootstrap', address]);
  const args = ['node', 'init', '--skip-publish', '--listen', listen, ...peers];
  await mustRun([...args, '--api-port', '0', ...layout.options], options.signal);
  const home = homeAt(layout.home);
  const debug = code === TAPPED ? { tapFile: layout.tapFile } : {};
  writeConfig(home, { ...readConfig(home), debug, addressMap });
}

/** Logs the own credentials, for partners to see. */
async function publishCredentials(options: IntroductionOptions, code: Code): Promise<void> {
  const layout = layoutIn(options, code);
  for (const name of ['authority', 'node', 'release', 'replica']) {
    const file = join(homeAt(layout.home).credentials, `${name}.cred`);
    await mustRun(['credential', 'publish', file, ...layout.options], options.signal);
  }
}

/** Compares each partner's root by its kid, as told by that partner, and signs a trust-list line. */
async function trustPartners(options: IntroductionOptions, code: Code): Promise<void> {
  for (const [partner, { root, rootFile }] of options.founded) {
    if (partner === code) continue;
    const coi = communities(partner).join(',');
    const args = ['trust', 'add', rootFile, '--kid', root, '--coi', coi];
    await mustRun([...args, ...layoutIn(options, code).options], options.signal);
  }
}

function layoutIn(options: Pick<FoundingOptions, 'layouts'>, code: Code): NationLayout {
  const layout = options.layouts.get(code);
  if (layout === undefined) throw new RangeError(`${code} has no layout`);
  return layout;
}

/** Gives every nation its root, its node's keys and its configuration, by the verbs people use. */
export async function foundNations(options: FoundingOptions): Promise<ReadonlyMap<Code, Founded>> {
  const founded = await onAllCores(CODES, (code) => found(options, code));
  await onAllCores(CODES, (code) => setUpNode(options, code));
  options.narrator.step(
    `${String(CODES.length)} nations founded: ${CODES.join(', ')}`,
    'each made its own root; no authority stands above them',
  );
  return founded;
}

/** Lets running nodes know whom their nations trust; the links between them are still down. */
export async function introduceNations(options: IntroductionOptions): Promise<void> {
  await onAllCores(CODES, async (code) => {
    await publishCredentials(options, code);
    await trustPartners(options, code);
  });
  options.narrator.step(
    `every nation signed its own trust list: FVEY ${FVEY.join(' ')}, AUKUS ${AUKUS.join(' ')}, ` +
      'the mission with JPN',
    'trust is not transitive: each compared the five roots itself',
  );
}
