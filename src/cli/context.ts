import { resolve } from 'node:path';
import type { Home } from '../node/home.js';
import { homeAt } from '../node/home.js';
import { ApiClient } from './client.js';
import type { Doors } from './doors.js';
import type { Io } from './io.js';
import { PassphraseSource } from './passphrases.js';
import type { Values } from './values.js';
import { usage } from './values.js';

/** What every command has at hand. */
export class Context {
  readonly io: Io;
  readonly doors: Doors;
  readonly values: Values;
  readonly passphrases: PassphraseSource;

  constructor(io: Io, doors: Doors, values: Values) {
    this.io = io;
    this.doors = doors;
    this.values = values;
    const node = values.text('passphraseFile');
    const authority = values.text('authorityPassphraseFile');
    this.passphrases = new PassphraseSource(io, {
      ...(node === undefined ? {} : { node }),
      ...(authority === undefined ? {} : { authority }),
    });
  }

  get json(): boolean {
    return this.values.flag('json');
  }

  /** The nation's home: `--home` or ENTENTE_HOME. */
  home(): Home {
    const dir = this.values.text('home');
    if (dir === undefined || dir === '') {
      throw usage('--home', "a nation's home folder is named", '--home or ENTENTE_HOME is missing');
    }
    return homeAt(this.path(dir));
  }

  client(): ApiClient {
    return ApiClient.at(this.home().dir);
  }

  /** A path as given on the command line. */
  path(name: string): string {
    return resolve(this.io.cwd, name);
  }

  /** A line about what is going on, for people only. */
  progress(text: string): void {
    if (this.io.interactive && !this.json) this.io.err(`${text}\n`);
  }
}
