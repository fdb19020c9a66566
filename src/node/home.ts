import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Kid, Nation } from '../domain/ids.js';
import { makePrivateFolder, readIfThere, writePrivateFile } from './private-file.js';
import { refuse } from './refusal-error.js';

/** Where everything of one nation lies on this machine. */
export interface Home {
  readonly dir: string;
  readonly nationFile: string;
  readonly configFile: string;
  /** Encrypted key files. */
  readonly keys: string;
  /** Own credentials below the root, as COSE bytes. */
  readonly credentials: string;
  /** Root credentials: the own one and those the operator added. */
  readonly roots: string;
  /** The store of the node. */
  readonly data: string;
  readonly tokenFile: string;
  readonly apiFile: string;
  readonly lockFile: string;
}

export function homeAt(dir: string): Home {
  const at = (name: string): string => join(resolve(dir), name);
  return {
    dir: resolve(dir),
    nationFile: at('nation.json'),
    configFile: at('config.yaml'),
    keys: at('keys'),
    credentials: at('credentials'),
    roots: at('roots'),
    data: at('data'),
    tokenFile: at('api.token'),
    apiFile: at('api.json'),
    lockFile: at('node.lock'),
  };
}

const nationSchema = z.strictObject({
  nation: z.string().regex(/^[A-Z]{3}$/),
  root: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Whose home it is, and the root key that its nation pinned. */
export interface NationFile {
  readonly nation: Nation;
  readonly root: Kid;
}

/** Makes the folders of a new home. Refuses a folder that already is one. */
export function createHome(dir: string): Home {
  const home = homeAt(dir);
  if (existsSync(home.nationFile)) {
    throw refuse('EXISTS', 'home', {
      rule: 'a nation is founded once in a folder',
      detail: `${home.dir} already is a nation's home`,
      remedy: 'choose another --home',
    });
  }
  for (const folder of [home.dir, home.keys, home.credentials, home.roots, home.data]) {
    makePrivateFolder(folder);
  }
  return home;
}

export function writeNation(home: Home, nation: NationFile): void {
  writePrivateFile(home.nationFile, `${JSON.stringify(nation, null, 2)}\n`);
}

/** The nation of a home; refuses a folder that is none. */
export function readNation(home: Home): NationFile {
  const bytes = readIfThere(home.nationFile);
  if (bytes === undefined) {
    throw refuse('CONFIG', 'home', {
      rule: "a nation's home folder holds nation.json",
      detail: `${home.dir} is not a nation's home`,
      remedy: 'entente nation init CODE --home DIR, or name another --home',
    });
  }
  let parsed: z.infer<typeof nationSchema>;
  try {
    parsed = nationSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw refuse('CONFIG', 'nation.json', {
      rule: 'nation.json holds {nation, root}',
      detail: `${home.nationFile} is damaged`,
      remedy: 'restore it from a backup',
    });
  }
  return { nation: parsed.nation as Nation, root: parsed.root as Kid };
}

/** The nearest folder at or above `path` that is a nation's home. */
export function homeAbove(path: string): Home | undefined {
  for (let dir = resolve(path); ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'nation.json'))) return homeAt(dir);
    if (dirname(dir) === dir) return undefined;
  }
}
