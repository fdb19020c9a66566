import { join } from 'node:path';
import type { Clearance, Credential } from '../domain/credential.js';
import { CREDENTIAL_KINDS } from '../domain/credential.js';
import { ROLES } from '../domain/event.js';
import type { Nation } from '../domain/ids.js';
import type { Home } from './home.js';
import { createHome, writeNation } from './home.js';
import type { Statement } from './issuing.js';
import { issue } from './issuing.js';
import { createKey, openSigner } from './keyring.js';
import { missionClearance } from './label-text.js';
import { writePrivateFile } from './private-file.js';
import { keepRoot } from './roots.js';

export interface FoundingParts {
  readonly dir: string;
  readonly nation: Nation;
  readonly coi: readonly string[];
  readonly domains: readonly string[];
  /** Default: every classification of the mission policy, releasable to the own nation. */
  readonly clearance?: Clearance;
  readonly rootDays: number;
  readonly authorityDays: number;
  readonly nowMs: number;
  readonly passphrase: () => Promise<string>;
}

export interface Founded {
  readonly home: Home;
  readonly root: Credential;
  readonly authority: Credential;
}

/** Links below the root: authority, sub-authority, subject. */
const ROOT_DEPTH = 3;

/** Whoever issues may hand on all it holds itself, to any kind below a root. */
function issuing(
  stated: Pick<Statement, 'coi' | 'domains' | 'clearance'>,
  depth: number,
): Pick<Statement, 'coi' | 'domains' | 'clearance' | 'roles' | 'delegate'> {
  const kinds = CREDENTIAL_KINDS.filter((kind) => kind !== 'root');
  return { ...stated, roles: ROLES, delegate: { ...stated, depth, kinds, roles: ROLES } };
}

/**
 * Founds a nation in a new home: its root, which signs itself and one authority, and is then kept
 * offline; the authority signs all the rest.
 */
export async function foundNation(parts: FoundingParts): Promise<Founded> {
  const { nation, passphrase, nowMs } = parts;
  // Asked for before anything is made: a declined question leaves no half-made home.
  await passphrase();
  const home = createHome(parts.dir);
  const stated = {
    coi: [...new Set(parts.coi)].sort(),
    domains: [...new Set(parts.domains)].sort(),
    clearance: parts.clearance ?? missionClearance(nation),
  };
  const rootKey = await createKey(home, 'root', passphrase);
  writeNation(home, { nation, root: rootKey.kid });
  const rootSigner = await openSigner(home, 'root', passphrase);
  const root = await issue(
    { home, signer: rootSigner, credential: null, nowMs },
    {
      kind: 'root',
      name: 'national',
      publicKey: rootKey.publicKey,
      days: parts.rootDays,
      ...issuing(stated, ROOT_DEPTH),
    },
  );
  keepRoot(home, root);
  const authorityKey = await createKey(home, 'authority', passphrase);
  const authority = await issue(
    { home, signer: rootSigner, credential: root, nowMs },
    {
      kind: 'authority',
      name: 'national',
      publicKey: authorityKey.publicKey,
      days: parts.authorityDays,
      ...issuing(stated, ROOT_DEPTH - 1),
    },
  );
  writePrivateFile(join(home.credentials, 'authority.cred'), authority.bytes);
  return { home, root, authority };
}
