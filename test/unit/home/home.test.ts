import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Kid, Nation } from '../../../src/domain/ids.js';
import { newToken, readApiAccess, writeApiPlace } from '../../../src/node/api-files.js';
import { createHome, homeAbove, homeAt, readNation, writeNation } from '../../../src/node/home.js';
import { lockHolder, takeLock } from '../../../src/node/node-lock.js';
import { writePrivateFile } from '../../../src/node/private-file.js';
import { tempFolder } from '../../support/temp-home.js';

let folder: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

const own = { nation: 'AUS' as Nation, root: 'aa'.repeat(32) as Kid };
const mode = (path: string): number => statSync(path).mode & 0o777;

describe("a nation's home", () => {
  it('is closed to others: folders 0700, files 0600', () => {
    const home = createHome(join(folder.dir, 'aus'));
    writeNation(home, own);
    newToken(home);
    writeApiPlace(home, { pid: 1, host: '127.0.0.1', port: 1, startedMs: 0 });
    for (const dir of [home.dir, home.keys, home.credentials, home.roots, home.data]) {
      expect(mode(dir)).toBe(0o700);
    }
    for (const file of [home.nationFile, home.tokenFile, home.apiFile]) {
      expect(mode(file)).toBe(0o600);
    }
  });

  it('closes a folder that was open to others', () => {
    const dir = join(folder.dir, 'open');
    mkdirSync(dir);
    chmodSync(dir, 0o755);
    createHome(dir);
    expect(mode(dir)).toBe(0o700);
  });

  it('is founded once', () => {
    const home = createHome(join(folder.dir, 'aus'));
    writeNation(home, own);
    expect(() => createHome(home.dir)).toThrow(/already is a nation's home/);
    expect(readNation(home)).toEqual(own);
  });

  it('names a damaged or missing nation.json', () => {
    const home = homeAt(folder.dir);
    expect(() => readNation(home)).toThrow(/is not a nation's home/);
    writeFileSync(home.nationFile, '{"nation":"AUS"}');
    expect(() => readNation(home)).toThrow(/is damaged/);
  });

  it('is found from a file deep inside it', () => {
    const home = createHome(join(folder.dir, 'aus'));
    writeNation(home, own);
    expect(homeAbove(join(home.dir, 'out', 'deep', 'x.cbor'))?.dir).toBe(home.dir);
    expect(homeAbove(join(folder.dir, 'x.cbor'))).toBeUndefined();
  });

  it('replaces a file whole and leaves no temporary file', () => {
    const path = join(folder.dir, 'file');
    writePrivateFile(path, 'one');
    writePrivateFile(path, 'two');
    expect(readdirSync(folder.dir)).toEqual(['file']);
    expect(mode(path)).toBe(0o600);
  });
});

describe("the API's files", () => {
  it('hold a new token of 32 bytes at each start', () => {
    const home = createHome(folder.dir);
    const first = newToken(home);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(newToken(home)).not.toBe(first);
  });

  it('are not used when others could read the token', () => {
    const home = createHome(folder.dir);
    newToken(home);
    writeApiPlace(home, { pid: 1, host: '127.0.0.1', port: 1, startedMs: 0 });
    chmodSync(home.tokenFile, 0o644);
    expect(() => readApiAccess(home)).toThrow(/open to other users/);
  });
});

describe('the lock of a home', () => {
  it('admits one holder and frees the home again', () => {
    const home = createHome(folder.dir);
    const release = takeLock(home, 1);
    expect(() => takeLock(home, 2)).toThrow(/holds/);
    release();
    expect(existsSync(home.lockFile)).toBe(false);
    takeLock(home, 3)();
  });

  it('refuses while another process lives, and names it', () => {
    const home = createHome(folder.dir);
    writeFileSync(home.lockFile, JSON.stringify({ pid: process.ppid, startedMs: 1 }));
    expect(lockHolder(home)).toBe(process.ppid);
    expect(() => takeLock(home, 2)).toThrow(`process ${String(process.ppid)} holds`);
  });

  it.each([
    ['of a dead process', '{"pid":4194304,"startedMs":1}'],
    [
      'of its own process id, from before a restart',
      `{"pid":${String(process.pid)},"startedMs":1}`,
    ],
    ['that was torn', '{"pid":'],
  ])('takes over a lock %s', (_name, content) => {
    const home = createHome(folder.dir);
    writeFileSync(home.lockFile, content);
    takeLock(home, 2)();
  });
});
