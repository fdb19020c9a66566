import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestnetFolder } from '../../../testnet/folder.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'entente-folder-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const sleeper = ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)'];

/** A living process of our own, with `mark` on its command line. */
async function living(mark: string) {
  const child = spawn(process.execPath, [...sleeper, mark], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('the folder of a testnet', () => {
  it('is emptied when it is taken, and free again when it is released', async () => {
    const folder = new TestnetFolder(join(dir, 'net'));
    await folder.take(1);
    writeFileSync(folder.path('old'), 'x');
    folder.release();
    await new TestnetFolder(join(dir, 'net')).take(2);
    expect(existsSync(folder.path('old'))).toBe(false);
  });

  it("is refused while another launcher's process lives", async () => {
    const other = await living('launcher');
    writeFileSync(join(dir, 'launcher.lock'), JSON.stringify({ pid: other.pid, startedMs: 1 }));
    const folder = new TestnetFolder(dir);
    await expect(folder.take(2)).rejects.toMatchObject({ code: 'FOLDER_IN_USE', exitCode: 5 });
    other.kill('SIGKILL');
    await once(other, 'exit');
    await folder.take(3);
    expect(JSON.parse(readFileSync(join(dir, 'launcher.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
  });

  it('is taken over from a torn lock', async () => {
    writeFileSync(join(dir, 'launcher.lock'), '{"pi');
    await new TestnetFolder(dir).take(1);
    expect(existsSync(join(dir, 'testnet.json'))).toBe(true);
  });

  it('is left alone when it holds other files', async () => {
    writeFileSync(join(dir, 'thesis.txt'), 'the only copy');
    await expect(new TestnetFolder(dir).take(1)).rejects.toMatchObject({ code: 'FOLDER_NOT_OURS' });
    expect(readFileSync(join(dir, 'thesis.txt'), 'utf8')).toBe('the only copy');
  });

  it('ends nodes that a dead launcher left running, and nothing else', async () => {
    const folder = new TestnetFolder(dir);
    await folder.take(1);
    const ours = await living(join(folder.dir, 'AUS'));
    const foreign = await living('of somebody else');
    folder.noteNodes([ours.pid!, foreign.pid!]);
    const ended = once(ours, 'exit');
    await new TestnetFolder(dir).take(2);
    await ended;
    expect(foreign.exitCode === null && foreign.signalCode === null).toBe(true);
    foreign.kill('SIGKILL');
    await once(foreign, 'exit');
  });
});
