import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasPassed, tally, tallyLine } from '../../../scripts/lib/tally.mjs';
import { withTree } from './temp-tree.js';

interface FileResult {
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

const file = (status: string, ...tests: readonly string[]): FileResult => ({
  status,
  assertionResults: tests.map((result) => ({ status: result })),
});

const report = (...testResults: readonly FileResult[]): string => JSON.stringify({ testResults });

describe('tally', () => {
  it.each([
    ['all passed', report(file('passed', 'passed', 'passed')), 0, '2 passed, 0 failed', true],
    ['one failed', report(file('failed', 'passed', 'failed')), 1, '1 passed, 1 failed', false],
    [
      'skipped',
      report(file('passed', 'passed', 'skipped')),
      0,
      '1 passed, 0 failed, 1 skipped',
      true,
    ],
    ['todo', report(file('passed', 'passed', 'todo')), 0, '1 passed, 0 failed, 1 skipped', true],
    ['a file that does not load', report(file('failed')), 1, '0 passed, 1 failed', false],
    [
      'a hook that throws',
      report(file('failed', 'passed'), file('passed', 'passed')),
      1,
      '2 passed, 1 failed',
      false,
    ],
    [
      'a failure outside every file',
      report(file('passed', 'passed')),
      1,
      '1 passed, 1 failed',
      false,
    ],
    ['nothing ran', report(), 0, '0 passed, 0 failed', false],
    ['only skipped', report(file('passed', 'skipped')), 0, '0 passed, 0 failed, 1 skipped', false],
    ['no report', undefined, 1, '0 passed, 1 failed', false],
  ])('counts a run with %s', (_what, text, code, line, passes) => {
    const counts = tally(text, code);
    expect(tallyLine(counts)).toBe(line);
    expect(hasPassed(counts)).toBe(passes);
  });
});

/** Runs .ci/run with an `npm` that answers as told, and notes how it was called. */
async function ci(
  start: string,
  test: string,
): Promise<{ code: number | null; last: string | undefined; calls: readonly string[] }> {
  const script = [
    '#!/bin/sh',
    'echo "call $*"',
    `case "$1" in start) ${start};; test) ${test};; esac`,
  ];
  return withTree({ npm: `${script.join('\n')}\n` }, (bin) => {
    chmodSync(join(bin, 'npm'), 0o755);
    const done = spawnSync(join(import.meta.dirname, '../../../.ci/run'), [], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
    });
    const lines = done.stdout.trimEnd().split('\n');
    return {
      code: done.status,
      last: lines.at(-1),
      calls: lines.filter((line) => line.startsWith('call ')),
    };
  });
}

const tallyOf = (line: string, code: number): string => `echo; echo "${line}"; exit ${code}`;

describe('.ci/run', () => {
  it('calls the two commands of a reader, and ends with the tally', async () => {
    expect(await ci('exit 0', tallyOf('7 passed, 0 failed', 0))).toEqual({
      code: 0,
      last: '7 passed, 0 failed',
      calls: ['call start -- --once', 'call test'],
    });
  });

  it.each([
    ['the start fails', 'exit 3', tallyOf('7 passed, 0 failed', 0), '7 passed, 0 failed'],
    ['a test fails', 'exit 0', tallyOf('6 passed, 1 failed', 1), '6 passed, 1 failed'],
    [
      'there is noise after it',
      'exit 0',
      `${tallyOf('6 passed, 1 failed, 2 skipped', 0).replace('; exit 0', '')}; echo npm error; exit 1`,
      '6 passed, 1 failed, 2 skipped',
    ],
    ['there is no tally', 'exit 0', 'echo crashed; exit 1', '0 passed, 1 failed'],
    ['there is no tally and no error', 'exit 0', 'exit 0', '0 passed, 1 failed'],
  ])('fails and still ends with the tally when %s', async (_what, start, test, last) => {
    const result = await ci(start, test);
    expect(result.code).toBe(1);
    expect(result.last).toBe(last);
  });
});
