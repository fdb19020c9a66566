import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bareHome, run, serve } from '../../support/cli-harness.js';
import { fakeService } from '../../support/fake-service.js';
import { tempFolder } from '../../support/temp-home.js';

let folder: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

const createNode = async (): Promise<{
  service: ReturnType<typeof fakeService>;
  stop(): Promise<void>;
}> => ({ service: fakeService(), stop: async () => undefined });

describe('node run', () => {
  it('serves until it is told to stop, then removes its traces and exits 0', async () => {
    const home = bareHome(folder.dir);
    let stops = 0;
    let seen: { status: number; token: string } | undefined;
    const node = async () => ({
      service: fakeService(),
      stop: async () => {
        stops++;
      },
    });
    const onStop = (stop: () => void): (() => void) => {
      // The node is asked over HTTP once it says it is up, and only then stopped.
      const poll = setInterval(() => {
        if (!existsSync(join(home, 'api.json'))) return;
        clearInterval(poll);
        const { port } = JSON.parse(readFileSync(join(home, 'api.json'), 'utf8'));
        const token = readFileSync(join(home, 'api.token'), 'utf8').trim();
        void fetch(`http://127.0.0.1:${String(port)}/v1/status`, {
          headers: { authorization: `Bearer ${token}` },
        }).then((response) => {
          seen = { status: response.status, token };
          stop();
        });
      }, 5);
      return () => clearInterval(poll);
    };
    const argv = ['node', 'run', '--home', home, '--json'];
    const { code, json } = await run(argv, { onStop }, { createNode: node });
    expect(code).toBe(0);
    expect(json).toMatchObject({ nation: 'AUS', pid: process.pid });
    expect(seen?.status).toBe(200);
    expect(stops).toBe(1);
    for (const name of ['api.json', 'api.token', 'node.lock']) {
      expect(existsSync(join(home, name))).toBe(false);
    }
  });

  it('exits 5 and names the port when it is taken', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const home = bareHome(folder.dir, 'AUS', `api: { port: ${String(port)} }\n`);
    const { code, err } = await run(['node', 'run', '--home', home], {}, { createNode });
    await new Promise((resolve) => holder.close(resolve));
    expect(code).toBe(5);
    expect(err).toContain('PORT_IN_USE');
    expect(err).toContain(`port ${String(port)}: EADDRINUSE`);
    expect(existsSync(join(home, 'node.lock'))).toBe(false);
  });

  it('exits 5 when a node of this home runs already', async () => {
    const home = bareHome(folder.dir);
    const served = await serve(home, fakeService());
    const { code, err } = await run(['node', 'run', '--home', home], {}, { createNode });
    const still = await run(['node', 'status', '--home', home, '--json']);
    await served.stop();
    expect(code).toBe(5);
    expect(err).toContain('STORE_LOCKED');
    expect(still.code).toBe(0);
  });

  it('exits 2 on a wrong configuration, with key, rule and line', async () => {
    const home = bareHome(folder.dir, 'AUS', 'colour: blue\n');
    const { code, err } = await run(['node', 'run', '--home', home], {}, { createNode });
    expect(code).toBe(2);
    expect(err).toContain('line 3: colour is not a known key');
  });

  it('exits 2 in a folder that is no home', async () => {
    const { code, err } = await run(['node', 'run', '--home', folder.dir], {}, { createNode });
    expect(code).toBe(2);
    expect(err).toContain('config.yaml');
  });
});

describe('node print-config', () => {
  it('prints the configuration in force', async () => {
    const home = bareHome(folder.dir, 'AUS', 'bootstrap: [/ip4/10.0.0.1/tcp/4101]\n');
    const { json } = await run(['node', 'print-config', '--home', home, '--json']);
    expect(json).toMatchObject({
      nation: 'AUS',
      bootstrap: ['/ip4/10.0.0.1/tcp/4101'],
      api: { host: '127.0.0.1' },
    });
  });
});
