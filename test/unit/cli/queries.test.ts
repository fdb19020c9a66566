import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedNode } from '../../../src/node/serve.js';
import { bareHome, run, serve } from '../../support/cli-harness.js';
import type { Ran } from '../../support/cli-harness.js';
import type { FakeService } from '../../support/fake-service.js';
import { CORE_ID, EVENT_ID, fakeService } from '../../support/fake-service.js';
import { tempFolder } from '../../support/temp-home.js';

const folder = tempFolder();
let home: string;
let node: ServedNode;
let service: FakeService;

beforeAll(async () => {
  home = bareHome(folder.dir);
  service = fakeService();
  node = await serve(home, service);
});
afterAll(async () => {
  await node.stop();
  folder.remove();
});

const entente = (...argv: string[]): Promise<Ran> =>
  run(argv, { cwd: folder.dir, env: { ENTENTE_HOME: home } });

describe('verbs that ask the running node', () => {
  it.each([
    [['node', 'status'], 'nation'],
    [['peer', 'list'], '0'],
    [['mesh', 'topics'], ''],
    [['events', 'list'], '0'],
    [['show', EVENT_ID], 'id'],
    [['explain', EVENT_ID], 'decisions'],
    [['op', 'status'], ''],
    [['settle', 'status'], '0'],
    [['settle', 'status', CORE_ID], 'stateText'],
    [['lineage', EVENT_ID], 'grade'],
    [['log', 'verify'], 'ok'],
  ])('%j prints exactly one JSON document with --json', async (argv, key) => {
    const { code, out, err, json } = await entente(...argv, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.trim().split('\n')).toHaveLength(1);
    if (key !== '') expect(json).toHaveProperty([key]);
  });

  it('prints for people without --json', async () => {
    expect((await entente('node', 'status')).out).toContain('1 withheld');
    expect((await entente('explain', EVENT_ID)).out).toContain('remedy:    ask AUS for a release');
    expect((await entente('settle', 'status', CORE_ID)).out).toContain('awaiting GBR approval');
    expect((await entente('peer', 'list')).out).toContain('admitted');
    expect((await entente('lineage', EVENT_ID)).out).toContain('input withheld');
  });

  it('passes --json wherever it stands', async () => {
    expect((await entente('--json', 'node', 'status')).json.nation).toBe('AUS');
    expect((await entente('node', '--json', 'status')).json.nation).toBe('AUS');
  });

  it('prints lineage as Graphviz', async () => {
    const { out } = await entente('lineage', EVENT_ID, '--format', 'dot');
    expect(out).toMatch(/^digraph lineage \{/);
  });

  it('sends what the options say', async () => {
    service.calls.length = 0;
    await entente('events', 'list', '--nation', 'GBR', '--from', '3', '--limit', '2');
    await entente('explain', EVENT_ID, '--nation', 'JPN');
    const parent = `${EVENT_ID}:supports`;
    const content = ['--fields', '{"a":1}', '--parent', parent, '--precedence', 'flash'];
    await entente('emit', '--type', 'track', '--label', 'OPEN', ...content);
    expect(service.calls).toEqual([
      { name: 'events', args: [{ nation: 'GBR', from: 3, limit: 2 }] },
      { name: 'explain', args: [EVENT_ID, 'JPN'] },
      {
        name: 'emit',
        args: [
          {
            type: 'track',
            label: 'OPEN',
            content: { kind: 'fields', fields: { a: 1 } },
            parents: [{ id: EVENT_ID, relation: 'supports' }],
            precedence: 'flash',
          },
        ],
      },
    ]);
  });

  it('reads an option from its environment variable', async () => {
    service.calls.length = 0;
    const env = { ENTENTE_HOME: home, ENTENTE_LABEL: 'OPEN', ENTENTE_JSON: '1' };
    const { json } = await run(['emit', '--type', 'track', '--text', 'x'], { env });
    expect(json.id).toBe(EVENT_ID);
  });

  it('writes the proof of a settlement for its owner only', async () => {
    const { code } = await entente('settle', 'status', CORE_ID, '--bundle', 'proof.cbor');
    const path = join(folder.dir, 'proof.cbor');
    expect(code).toBe(0);
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe('refusals', () => {
  it('says what, rule, authority and remedy, and exits 1 on a denial', async () => {
    const { code, out, err } = await entente(
      'emit',
      '--type',
      'track',
      '--label',
      'X',
      '--text',
      'a',
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
    for (const part of ['GBR is not in', 'NO_RELEASE', 'REL-1', 'AUS', 'ask AUS for a release']) {
      expect(err).toContain(part);
    }
  });

  it('prints the refusal as the one document with --json', async () => {
    const argv = ['emit', '--type', 'track', '--label', 'X', '--text', 'a', '--json'];
    const { code, json } = await entente(...argv);
    expect(code).toBe(1);
    expect(json).toMatchObject({ refusal: { code: 'NO_RELEASE', authority: 'AUS' } });
  });

  it.each([
    ['an unknown verb', ['conquer']],
    ['an unknown option', ['node', 'status', '--fast']],
    ['a missing argument', ['show']],
    ['too many arguments', ['show', EVENT_ID, EVENT_ID]],
    ['an id that is none', ['show', 'abc']],
    ['an unknown type', ['emit', '--type', 'x', '--label', 'OPEN', '--text', 'a']],
    ['a missing label', ['emit', '--type', 'track', '--text', 'a']],
    [
      'content given twice',
      ['emit', '--type', 'track', '--label', 'O', '--text', 'a', '--file', 'b'],
    ],
    ['an odd nation', ['explain', EVENT_ID, '--nation', 'jp']],
    ['a limit that is no number', ['events', 'list', '--limit', 'ten']],
    ['an unknown id', ['show', '00'.repeat(32)]],
    ['an unknown operation', ['op', 'join', '00'.repeat(16)]],
  ])('exits 2 on %s', async (_name, argv) => {
    const { code, out, err } = await entente(...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });

  it('prints one document with --json also when the command line is wrong', async () => {
    for (const argv of [['conquer'], ['node', 'status', '--fast'], ['show'], []]) {
      const { code, json } = await entente(...argv, '--json');
      expect(code).toBe(2);
      expect(json).toMatchObject({ refusal: { code: 'USAGE', field: 'command line' } });
    }
  });

  it('exits 5 when no node runs, and says how to start one', async () => {
    const other = bareHome(folder.dir, 'GBR');
    const { code, err } = await run(['node', 'status', '--home', other]);
    expect(code).toBe(5);
    expect(err).toContain('NOT_RUNNING');
    expect(err).toContain(`entente node run --home ${other}`);
  });

  it('exits 4 when the log does not verify', async () => {
    const broken = bareHome(folder.dir, 'JPN');
    const finding = {
      code: 'LOG_ROOT',
      field: 'root',
      rule: 'a root covers its leaves',
      authority: 'JPN',
      detail: 'leaf 3 is altered',
      remedy: 'fetch the range again',
    };
    const auditLog = async () => ({ ok: false, nations: [], findings: [finding] });
    const served = await serve(broken, fakeService({ auditLog }));
    const { code, out, err } = await run(['log', 'verify', '--home', broken]);
    await served.stop();
    expect(code).toBe(4);
    expect(out).toContain('INTEGRITY FAILURE');
    expect(err).toContain('leaf 3 is altered');
  });

  it('shows help and exits 0', async () => {
    const { code, out } = await entente('--help');
    expect(code).toBe(0);
    expect(out).toContain('settle');
  });
});

describe('ingest', () => {
  const feed = (name: string, text: string): string => {
    const path = join(folder.dir, name);
    writeFileSync(path, text);
    return path;
  };

  it('takes a feed in and tells skipped lines with number and reason', async () => {
    const file = feed('good.nmea', '!AIVDM,1\njunk\n');
    const { code, out, err } = await entente('ingest', 'ais', file, '--label', 'OPEN');
    expect(code).toBe(0);
    expect(out).toContain('took in 1 events');
    expect(err).toContain('line 2: not a sentence: junk');
  });

  it.each([
    ['an empty file', 'empty.nmea', '', 'is empty'],
    ['a file of blank lines', 'blank.nmea', '\n \n', 'is empty'],
    ['a file without a usable report', 'junk.nmea', 'a\nb\n', 'no usable report'],
  ])('says so and does not exit 0 on %s', async (_name, name, text, words) => {
    const { code, out, err } = await entente('ingest', 'ais', feed(name, text), '--label', 'OPEN');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(words);
  });

  it('names a file that cannot be read', async () => {
    const { code, err } = await entente('ingest', 'cot', 'nowhere.xml', '--label', 'OPEN');
    expect(code).toBe(2);
    expect(err).toContain('nowhere.xml: ENOENT');
  });
});
