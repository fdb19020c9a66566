import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../testnet/scenario/result.js';
import { entente, processesWith, type Program, start } from './processes.js';

const RUN_MS = 240_000;

let dir = '';
let net = '';
let running: Program[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'entente-launch-'));
  net = join(dir, 'net');
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((program) => program.stop()));
  rmSync(dir, { recursive: true, force: true });
});

function launch(...args: readonly string[]): Program {
  const program = start(...args, '--dir', net);
  running.push(program);
  return program;
}

/** Everything that a testnet started: its nodes, and commands under way. */
const startedBy = (): readonly number[] => processesWith(`${net}/`);
const nodesOf = (): readonly number[] => processesWith(`${net}/`, 'node run');

describe('a run that is disturbed', () => {
  it(
    'never says ok with a nation missing: a node killed by somebody is reported',
    async () => {
      const run = launch('--once', '--json');
      await run.says('is active on six nodes');
      // Somewhere in the middle, at one of the nodes: which one is left to chance.
      const nodes = nodesOf();
      const victim = nodes[Math.floor(Math.random() * nodes.length)];
      expect(victim).toBeDefined();
      process.kill(victim ?? 0, 'SIGKILL');
      const code = await run.ended;
      const result = run.result as Result;
      const isWhole = Object.values(result.nations).every(({ pid }) => pid !== null);
      expect(result.ok && !isWhole).toBe(false);
      if (!result.ok) {
        expect(code).toBe(1);
        const told = result.assertions.find(({ name }) => name === 'no node ended unplanned');
        expect(told).toMatchObject({ ok: false });
        expect(told?.detail).toContain('SIGKILL');
      }
      expect(startedBy()).toEqual([]);
    },
    RUN_MS,
  );

  it(
    'refuses a second start in its folder, and leaves no process after Ctrl-C',
    async () => {
      const first = launch('--once', '--json');
      await first.says('is active on six nodes');
      const second = launch('--once', '--json');
      expect(await second.ended).toBe(5);
      expect(second.stderr).toContain('FOLDER_IN_USE');
      expect(first.isRunning).toBe(true);
      expect(nodesOf()).toHaveLength(6);
      first.child.kill('SIGINT');
      expect(await first.ended).toBe(130);
      expect(startedBy()).toEqual([]);
    },
    RUN_MS,
  );
});

interface Status {
  readonly nodes: Readonly<Record<string, { readonly running: boolean; readonly pid?: number }>>;
  readonly links: { readonly cut: readonly string[] };
}

describe('the verbs of a testnet', () => {
  it(
    'up, status, partition, heal, kill, restart, down',
    async () => {
      const verb = (...args: readonly string[]) => entente('testnet', ...args, '--dir', net);
      expect(await verb('status')).toMatchObject({ code: 5 });
      const up = await verb('up', '--detach');
      expect(up.code, up.stderr).toBe(0);
      try {
        const status = (await verb('status')).json as Status;
        expect(Object.values(status.nodes).every(({ running: is }) => is)).toBe(true);

        const groups = 'AUS,GBR,USA,CAN,NZL/JPN';
        expect((await verb('partition', groups)).code).toBe(0);
        expect(((await verb('status')).json as Status).links.cut).toHaveLength(10);
        expect((await verb('heal')).code).toBe(0);
        expect((await verb('partition', 'AUS/XXX')).code).toBe(2);
        expect((await verb('partition', groups, '--one-way')).code).toBe(0);
        expect(((await verb('status')).json as Status).links.cut).toHaveLength(5);
        expect((await verb('heal')).code).toBe(0);

        const before = status.nodes['GBR']?.pid;
        expect((await verb('kill', 'GBR')).json).toEqual({ nation: 'GBR', killed: before });
        expect(((await verb('status')).json as Status).nodes['GBR']?.running).toBe(false);
        const restarted = (await verb('restart', 'GBR')).json as { readonly pid: number };
        expect(restarted.pid).not.toBe(before);
        expect(nodesOf()).toContain(restarted.pid);
      } finally {
        expect((await verb('down')).code).toBe(0);
      }
      expect(startedBy()).toEqual([]);
    },
    RUN_MS,
  );
});
