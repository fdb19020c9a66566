import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { refuse } from '../node/refusal-error.js';
import type { Passphrases } from '../node/contract.js';
import type { Io } from './io.js';

/** Whose keys a passphrase opens: two people, two secrets. */
export type KeyHolder = 'node' | 'authority';

const ENV = { node: 'ENTENTE_PASSPHRASE', authority: 'ENTENTE_AUTHORITY_PASSPHRASE' } as const;
const OPTION = { node: '--passphrase-file', authority: '--authority-passphrase-file' } as const;

/** Files named on the command line, which go before the environment. */
export type PassphraseFiles = Readonly<Partial<Record<KeyHolder, string>>>;

function fromFile(io: Io, path: string): string {
  let text: string;
  try {
    text = readFileSync(resolve(io.cwd, path), 'utf8');
  } catch {
    throw refuse('USAGE', 'passphrase', {
      rule: 'a passphrase file is a readable file with one line',
      detail: `cannot read ${path}`,
      remedy: 'name another file',
    });
  }
  return text.replace(/\r?\n$/, '');
}

/**
 * Passphrases of this call, each looked up once: the file named on the command line, the file or
 * the value named by the environment, or a hidden question on a terminal.
 */
export class PassphraseSource implements Passphrases {
  readonly #io: Io;
  readonly #files: PassphraseFiles;
  readonly #known = new Map<KeyHolder, Promise<string>>();

  constructor(io: Io, files: PassphraseFiles) {
    this.#io = io;
    this.#files = files;
  }

  node(): Promise<string> {
    return this.#get('node', false);
  }

  authority(): Promise<string> {
    return this.#get('authority', false);
  }

  /** Of keys that are made now: a person types it twice. */
  fresh(holder: KeyHolder): Promise<string> {
    return this.#get(holder, true);
  }

  #get(holder: KeyHolder, fresh: boolean): Promise<string> {
    const known = this.#known.get(holder);
    if (known !== undefined) return known;
    const found = this.#find(holder, fresh);
    this.#known.set(holder, found);
    return found;
  }

  async #find(holder: KeyHolder, fresh: boolean): Promise<string> {
    const passphrase = this.#given(holder) ?? (await this.#asked(holder, fresh));
    if (passphrase !== '') return passphrase;
    throw refuse('USAGE', OPTION[holder], {
      rule: 'a passphrase is not empty',
      detail: `the passphrase of the ${holder}'s keys is empty`,
      remedy: 'choose a passphrase',
    });
  }

  #given(holder: KeyHolder): string | undefined {
    const env = ENV[holder];
    const file = this.#files[holder] ?? this.#io.env[`${env}_FILE`];
    return file === undefined ? this.#io.env[env] : fromFile(this.#io, file);
  }

  async #asked(holder: KeyHolder, fresh: boolean): Promise<string> {
    if (!this.#io.interactive) {
      throw refuse('USAGE', OPTION[holder], {
        rule: "the keys' passphrase is given or typed",
        detail: `the passphrase of the ${holder}'s keys is needed, and nobody can be asked`,
        remedy: `${OPTION[holder]} FILE, or ${ENV[holder]}_FILE`,
      });
    }
    const first = await this.#io.askHidden(`Passphrase of the ${holder}'s keys: `);
    if (!fresh || first === (await this.#io.askHidden('Once more: '))) return first;
    throw refuse('USAGE', OPTION[holder], {
      rule: 'a new passphrase is typed twice alike',
      detail: 'the two passphrases differ',
      remedy: 'try again',
    });
  }
}
