import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Credential } from '../domain/credential.js';
import type { Nation } from '../domain/ids.js';
import { readCredentialFile } from './credential-files.js';
import type { Home } from './home.js';
import { readNation } from './home.js';
import { codeOf, writePrivateFile } from './private-file.js';
import { refuse } from './refusal-error.js';

/** A root in a home; the own one is pinned by its kid in nation.json. */
export type HomeRoot = Credential & { readonly own: boolean };

function rootFile(home: Home, nation: Nation): string {
  return join(home.roots, `${nation}.cred`);
}

function files(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^[A-Z]{3}\.cred$/.test(name));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The root credentials of a home, by nation. Refuses an own root that is not the pinned one. */
export function homeRoots(home: Home): readonly HomeRoot[] {
  const pinned = readNation(home);
  return [...files(home.roots)].sort().map((name) => {
    const root = readCredentialFile(join(home.roots, name));
    const own = root.issuer === pinned.nation;
    if (
      root.kind === 'root' &&
      `${root.issuer}.cred` === name &&
      (!own || root.kid === pinned.root)
    )
      return { ...root, own };
    throw refuse('KID_MISMATCH', `roots/${name}`, {
      rule: 'a root file holds the root of the nation it is named for; the own one is pinned',
      detail: `roots/${name} holds ${root.kind} ${root.kid} of ${root.issuer}`,
      remedy: 'restore the file from a backup, or remove it and add the partner again',
    });
  });
}

export function keepRoot(home: Home, root: Credential): void {
  writePrivateFile(rootFile(home, root.issuer), root.bytes);
}

export function removeRoot(home: Home, nation: Nation): void {
  rmSync(rootFile(home, nation), { force: true });
}
