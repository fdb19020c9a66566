import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodeCredential } from '../domain/codec/credential.js';
import type { Credential } from '../domain/credential.js';
import { LIMITS } from '../domain/limits.js';
import type { Home } from './home.js';
import { codeOf, readIfThere } from './private-file.js';
import { refuse } from './refusal-error.js';

/** A credential from a file: its form is checked, its signature is not. */
export function readCredentialFile(path: string): Credential {
  const bytes = readIfThere(path);
  if (bytes === undefined) {
    throw refuse('USAGE', 'FILE', {
      rule: 'a credential is a file of COSE bytes',
      detail: `there is no ${path}`,
      remedy: 'check the path',
    });
  }
  const size = Math.min(bytes.length, LIMITS.credentialBytesMax + 1);
  const decoded = decodeCredential(Uint8Array.from(bytes.subarray(0, size)));
  if (decoded.ok) return decoded.value;
  const { code, field, rule } = decoded.error;
  throw refuse(code, field, {
    rule,
    detail: `${path} holds no credential: ${field} ${rule}`,
    remedy: 'get the file again from its issuer',
  });
}

function credentialFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.cred'))
      .sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The own credentials of a home, below the root. */
export function homeCredentials(home: Home): readonly Credential[] {
  return credentialFiles(home.credentials).map((name) =>
    readCredentialFile(join(home.credentials, name)),
  );
}
