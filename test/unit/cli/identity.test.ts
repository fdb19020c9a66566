import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../support/cli-harness.js';
import type { IoOptions, Ran } from '../../support/cli-harness.js';
import { fakeService, refusal } from '../../support/fake-service.js';
import type { FakeService } from '../../support/fake-service.js';
import { err } from '../../../src/base/result.js';
import { tempFolder } from '../../support/temp-home.js';

const folder = tempFolder();
const env = { ENTENTE_PASSPHRASE: 'of the node', ENTENTE_AUTHORITY_PASSPHRASE: 'of the authority' };
const aus = join(folder.dir, 'aus');
const gbr = join(folder.dir, 'gbr');
let service: FakeService = fakeService();

const entente = (argv: readonly string[], options: IoOptions = {}): Promise<Ran> =>
  run(
    argv,
    { cwd: folder.dir, env, ...options },
    { openOfflineService: async () => ({ service, close: async () => undefined }) },
  );

let founded: Ran;
let partner: Ran;

beforeAll(async () => {
  founded = await entente([
    'nation',
    'init',
    'AUS',
    '--home',
    aus,
    '--coi',
    'FVEY,AUKUS',
    '--json',
  ]);
  partner = await entente(['nation', 'init', 'GBR', '--home', gbr, '--coi', 'FVEY', '--json']);
});
afterAll(() => folder.remove());

const rootFile = (home: string, code: string): string => join(home, 'roots', `${code}.cred`);

describe('nation init', () => {
  it('makes a root and an authority, and prints the kid to tell partners', async () => {
    expect(founded.code).toBe(0);
    expect(founded.json.root).toMatch(/^[0-9a-f]{64}$/);
    const shown = await entente(['credential', 'show', rootFile(aus, 'AUS'), '--json']);
    expect(shown.json).toMatchObject({
      kid: founded.json.root,
      kind: 'root',
      issuerKid: founded.json.root,
      coi: ['AUKUS', 'FVEY'],
    });
  });

  it('keeps keys encrypted and all files to their owner', () => {
    for (const name of readdirSync(join(aus, 'keys'))) {
      const path = join(aus, 'keys', name);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(path, 'utf8')).not.toContain('of the authority');
    }
    expect(readdirSync(join(aus, 'keys')).sort()).toEqual(['authority.json', 'root.json']);
  });

  it('refuses a second founding, an odd code, and an empty passphrase', async () => {
    expect((await entente(['nation', 'init', 'AUS', '--home', aus])).code).toBe(2);
    const other = join(folder.dir, 'x');
    expect((await entente(['nation', 'init', 'Aus', '--home', other])).code).toBe(2);
    const nobody = await entente(['nation', 'init', 'JPN', '--home', other], { env: {} });
    expect(nobody.code).toBe(2);
    expect(nobody.err).toContain('ENTENTE_AUTHORITY_PASSPHRASE_FILE');
    expect(readdirSync(folder.dir)).not.toContain('x');
  });

  it('asks a person twice for a new passphrase', async () => {
    const home = join(folder.dir, 'nzl');
    const argv = ['nation', 'init', 'NZL', '--home', home];
    const differ = await entente(argv, { env: {}, person: { hidden: ['a', 'b'] } });
    expect(differ.err).toContain('differ');
    expect((await entente(argv, { env: {}, person: { hidden: ['a', 'a'] } })).code).toBe(0);
  });
});

describe('credential', () => {
  it("verifies the authority up to the home's own root", async () => {
    const file = join(aus, 'credentials', 'authority.cred');
    const { code, json } = await entente(['credential', 'verify', file, '--json']);
    expect(code).toBe(0);
    expect(json).toMatchObject({ verified: true, kind: 'authority', issuer: 'AUS' });
  });

  it('cannot verify under another root, and names tampering as such', async () => {
    const file = join(aus, 'credentials', 'authority.cred');
    const foreign = ['credential', 'verify', file, '--root', rootFile(gbr, 'GBR')];
    expect((await entente(foreign)).code).toBe(3);
    const bytes = readFileSync(file);
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    const forged = join(folder.dir, 'forged.cred');
    writeFileSync(forged, bytes);
    const tampered = ['credential', 'verify', forged, '--root', rootFile(aus, 'AUS')];
    expect((await entente(tampered)).code).toBe(4);
  });

  it('has no verdict without an anchor', async () => {
    const loose = join(folder.dir, 'loose.cred');
    writeFileSync(loose, readFileSync(join(aus, 'credentials', 'authority.cred')));
    const { code, err: text } = await entente(['credential', 'verify', loose]);
    expect(code).toBe(3);
    expect(text).toContain('NO_ANCHOR');
  });

  it('issues a platform under the authority, and refuses a wrong passphrase', async () => {
    const argv = ['credential', 'issue', '--home', aus, '--kind', 'platform', '--name', 'P-1'];
    const { code, json } = await entente([...argv, '--json']);
    expect(code).toBe(0);
    expect(json).toMatchObject({ subject: 'AUS/platform/P-1', kind: 'platform' });
    expect((await entente(['credential', 'verify', json.file])).code).toBe(0);
    const wrong = { ...env, ENTENTE_AUTHORITY_PASSPHRASE: 'guess' };
    const refused = await entente(argv, { env: wrong });
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('passphrase');
  });

  it('names what is no credential', async () => {
    const path = join(folder.dir, 'noise.cred');
    writeFileSync(path, 'hello');
    expect((await entente(['credential', 'show', path])).code).toBe(2);
    expect((await entente(['credential', 'show', 'nowhere.cred'])).code).toBe(2);
  });
});

describe('trust', () => {
  const add = (kid: string, ...more: string[]): Promise<Ran> =>
    entente(['trust', 'add', rootFile(gbr, 'GBR'), '--home', aus, '--kid', kid, ...more]);

  it('refuses a root whose kid is not the one told, before any key is opened', async () => {
    service = fakeService();
    const { code, err: text } = await add('00'.repeat(32), '--yes');
    expect(code).toBe(4);
    expect(text).toContain('KID_MISMATCH');
    expect(service.calls).toEqual([]);
  });

  it('needs the kid when nobody can be asked', async () => {
    const argv = ['trust', 'add', rootFile(gbr, 'GBR'), '--home', aus];
    expect((await entente(argv)).code).toBe(2);
  });

  it("refuses a root of the home's own nation", async () => {
    const own = ['trust', 'add', rootFile(aus, 'AUS'), '--home', aus, '--kid', founded.json.root];
    expect((await entente(own)).code).toBe(2);
  });

  it('refuses a credential that is no root', async () => {
    const file = join(gbr, 'credentials', 'authority.cred');
    expect((await entente(['trust', 'add', file, '--home', aus])).code).toBe(2);
  });

  it('signs the list without a running node and keeps the root', async () => {
    service = fakeService();
    const { code, json } = await add(partner.json.root, '--coi', 'FVEY', '--json');
    expect(code).toBe(0);
    expect(json).toMatchObject({ nation: 'GBR', kid: partner.json.root, coi: ['FVEY'] });
    expect(service.calls[0]?.args).toMatchObject([
      { act: 'trust', entry: { coi: ['FVEY'] } },
      founded.json.authority,
    ]);
    const listed = await entente(['trust', 'list', '--home', aus, '--json']);
    expect(listed.json).toMatchObject([
      { nation: 'AUS', own: true },
      { nation: 'GBR', own: false, kid: partner.json.root },
    ]);
  });

  it('keeps no root when the act is refused', async () => {
    service = fakeService({ act: async () => err(refusal('POLICY')) });
    await entente(['trust', 'remove', 'GBR', '--home', aus, '--json']);
    service = fakeService();
    const listed = await entente(['trust', 'list', '--home', aus, '--json']);
    expect(listed.json).toHaveLength(2);
    expect((await entente(['trust', 'remove', 'GBR', '--home', aus, '--json'])).code).toBe(0);
    expect((await entente(['trust', 'list', '--home', aus, '--json'])).json).toHaveLength(1);
  });

  it('shows what it signs and obeys a person who declines', async () => {
    service = fakeService();
    const argv = ['trust', 'add', rootFile(gbr, 'GBR'), '--home', aus, '--kid', partner.json.root];
    const declined = await entente(argv, { env, person: { confirms: false } });
    expect(declined.err).toContain('statement 0');
    expect(declined.code).toBe(1);
    const unasked = await entente(argv);
    expect(unasked.err).toContain('--yes');
    expect(unasked.code).toBe(1);
    expect((await entente(['trust', 'list', '--home', aus, '--json'])).json).toHaveLength(1);
  });
});

describe('node init', () => {
  it('makes keys, credentials and a configuration, and publishes issuers first', async () => {
    service = fakeService();
    const argv = ['node', 'init', '--home', aus, '--listen', '/ip4/127.0.0.1/tcp/4101', '--json'];
    const { code, json, err: text } = await entente(argv);
    expect({ code, text }).toEqual({ code: 0, text: '' });
    expect(json.peerId).toMatch(/^12D3Koo/);
    const keys = ['node', 'release', 'replica', 'transport', 'hpke'].map((name) => `${name}.json`);
    expect(readdirSync(join(aus, 'keys'))).toEqual(expect.arrayContaining(keys));
    expect(service.calls.filter(({ name }) => name === 'act')).toHaveLength(4);
    for (const name of ['node', 'release', 'replica']) {
      const file = join(aus, 'credentials', `${name}.cred`);
      expect((await entente(['credential', 'verify', file])).code).toBe(0);
    }
    const config = await entente(['node', 'print-config', '--home', aus, '--json']);
    expect(config.json).toMatchObject({ nation: 'AUS', listen: ['/ip4/127.0.0.1/tcp/4101'] });
  });

  it('is done once, and renews with the same keys', async () => {
    expect((await entente(['node', 'init', '--home', aus])).code).toBe(2);
    const file = join(aus, 'credentials', 'node.cred');
    const before = await entente(['credential', 'show', file, '--json']);
    const replica = readFileSync(join(aus, 'credentials', 'replica.cred'));
    expect((await entente(['node', 'init', '--renew', '--home', aus, '--json'])).code).toBe(0);
    const after = await entente(['credential', 'show', file, '--json']);
    expect(after.json.kid).toBe(before.json.kid);
    expect(after.json.digest).not.toBe(before.json.digest);
    expect(readFileSync(join(aus, 'credentials', 'replica.cred'))).toEqual(replica);
  });

  it('makes nothing when a passphrase is missing', async () => {
    const only = { ENTENTE_AUTHORITY_PASSPHRASE: 'of the authority' };
    const { code } = await entente(['node', 'init', '--home', gbr], { env: only });
    expect(code).toBe(2);
    expect(readdirSync(join(gbr, 'keys')).sort()).toEqual(['authority.json', 'root.json']);
  });
});
