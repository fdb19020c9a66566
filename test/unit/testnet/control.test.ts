import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askLauncher } from '../../../testnet/control-client.js';
import { ControlServer } from '../../../testnet/control-server.js';
import { TestnetFolder } from '../../../testnet/folder.js';

let dir = '';
let server: ControlServer;
let folder: TestnetFolder;
const calls: unknown[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'entente-control-'));
  folder = new TestnetFolder(dir);
  calls.length = 0;
  const note = async (...call: unknown[]): Promise<unknown> => {
    calls.push(call);
    return { done: call[0] };
  };
  server = new ControlServer({
    status: () => note('status'),
    partition: (groups, oneWay) => note('partition', groups, oneWay),
    heal: () => note('heal'),
    kill: async (nation) => {
      throw new RangeError(`${nation} has no node here`);
    },
    restart: (nation) => note('restart', nation),
    down: () => note('down'),
  });
  await server.start(folder.controlFile);
});
afterEach(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe("the launcher's door", () => {
  it('does what the verbs ask', async () => {
    const request = { verb: 'partition', groups: 'AUS/JPN', oneWay: true } as const;
    expect(await askLauncher(folder, request)).toEqual({ done: 'partition' });
    expect(calls).toEqual([['partition', 'AUS/JPN', true]]);
  });

  it('answers a refusal by name', async () => {
    const asked = askLauncher(folder, { verb: 'kill', nation: 'XXX' });
    await expect(asked).rejects.toThrow('XXX has no node here');
  });

  it('keeps its token to the owner, and does nothing without it', async () => {
    expect(statSync(folder.controlFile).mode & 0o777).toBe(0o600);
    const { port } = JSON.parse(readFileSync(folder.controlFile, 'utf8')) as { port: number };
    for (const headers of [{}, { authorization: 'Bearer 0000' }]) {
      const response = await fetch(`http://127.0.0.1:${String(port)}/`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ verb: 'down' }),
      });
      expect(response.status).toBe(401);
    }
    expect(calls).toEqual([]);
  });

  it.each(['{}', 'no json', '{"verb":"kill"}', '{"verb":"explode"}'])(
    'refuses %j',
    async (body) => {
      const { port, token } = JSON.parse(readFileSync(folder.controlFile, 'utf8')) as {
        port: number;
        token: string;
      };
      const response = await fetch(`http://127.0.0.1:${String(port)}/`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body,
      });
      expect(response.ok).toBe(false);
      expect(calls).toEqual([]);
    },
  );

  it('says that no testnet runs when none does', async () => {
    const empty = new TestnetFolder(join(dir, 'empty'));
    await expect(askLauncher(empty, { verb: 'status' })).rejects.toMatchObject({
      code: 'NO_TESTNET',
      exitCode: 5,
    });
  });
});
