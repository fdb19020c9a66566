import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestnetFolder } from './folder.js';
import type { Code } from './nations.js';

/** Where one nation's things lie: its home is its own, the passphrases lie beside it. */
export interface NationLayout {
  readonly home: string;
  readonly exports: string;
  readonly logFile: string;
  /** Of the lead: the declaration as its staff writes it. */
  readonly declarationFile: string;
  /** A feed that this nation's own sensors wrote. */
  readonly feedFile: string;
  /** What passed between this node and its peers before Noise, when it is written down. */
  readonly tapFile: string;
  readonly nodePassphraseFile: string;
  readonly officerPassphraseFile: string;
  /** What every verb of this nation's people is given. */
  readonly options: readonly string[];
}

export function layoutOf(folder: TestnetFolder, code: Code): NationLayout {
  const dir = folder.path(code);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const home = join(dir, 'home');
  const nodePassphraseFile = join(dir, 'node.passphrase');
  const officerPassphraseFile = join(dir, 'scripted-officer.passphrase');
  return {
    home,
    exports: join(home, 'exports'),
    logFile: join(dir, 'node.log'),
    declarationFile: join(dir, 'declaration.yaml'),
    tapFile: join(dir, 'tap.bin'),
    feedFile: join(dir, 'platform.cot.xml'),
    nodePassphraseFile,
    officerPassphraseFile,
    options: [
      '--home',
      home,
      '--passphrase-file',
      nodePassphraseFile,
      '--authority-passphrase-file',
      officerPassphraseFile,
      '--yes',
    ],
  };
}
