import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/base/bytes.js';
import { decodeCredential } from '../../../src/domain/codec/credential.js';
import type { ServedNode } from '../../../src/node/serve.js';
import { run, serve } from '../../support/cli-harness.js';
import type { IoOptions, Ran } from '../../support/cli-harness.js';
import type { FakeService } from '../../support/fake-service.js';
import { CORE_ID, EVENT_ID, eventView, fakeService } from '../../support/fake-service.js';
import { tempFolder } from '../../support/temp-home.js';

const folder = tempFolder();
const env = { ENTENTE_PASSPHRASE: 'of the node', ENTENTE_AUTHORITY_PASSPHRASE: 'of the authority' };
const homes = new Map<string, string>();
let node: ServedNode;
let service: FakeService;

const operation = {
  op: '01'.repeat(16),
  opId: '01'.repeat(32),
  declaration: 'dd'.repeat(32),
  title: 'Exercise',
  state: 'declared',
  ownRole: 'lead',
  participants: [],
  voters: ['AUS'],
  n: 1,
  f: 0,
  q: 1,
  quorum: 'unanimous',
  epoch: 1,
  configDigest: null,
  height: 0,
  view: 0,
  connectedVoters: [],
} as const;

const entente = (argv: readonly string[], options: IoOptions = {}): Promise<Ran> =>
  run(argv, { cwd: folder.dir, env: { ...env, ENTENTE_HOME: homes.get('AUS') ?? '' }, ...options });

const file = (code: string, name: string): string =>
  join(homes.get(code) ?? '', name === 'root' ? `roots/${code}.cred` : `credentials/${name}.cred`);

beforeAll(async () => {
  const doors = {
    openOfflineService: async () => ({ service: fakeService(), close: async () => undefined }),
  };
  for (const code of ['AUS', 'GBR']) {
    const home = join(folder.dir, code.toLowerCase());
    homes.set(code, home);
    await run(['nation', 'init', code, '--home', home], { env });
    await run(['node', 'init', '--home', home, '--json'], { env }, doors);
  }
  service = fakeService({
    operations: () => [operation],
    events: async (query) =>
      query.type === 'credential' && query.nation === 'GBR'
        ? ['authority', 'replica'].map((name) =>
            eventView({
              type: 'credential',
              content: { credential: toHex(readFileSync(file('GBR', name))) },
            }),
          )
        : [],
  });
  node = await serve(homes.get('AUS') ?? '', service);
});
afterAll(async () => {
  await node.stop();
  folder.remove();
});
beforeEach(() => {
  service.calls.length = 0;
});

describe('acts of an authority through the running node', () => {
  it.each([
    [['settle', 'approve', CORE_ID], { act: 'approve', settlement: CORE_ID }],
    [
      ['settle', 'refuse', CORE_ID, '--reason', 'not our asset'],
      { act: 'refuse', settlement: CORE_ID, reason: 'not our asset' },
    ],
    [['op', 'join', operation.op], { act: 'accept', declaration: operation.declaration }],
    [['op', 'join', operation.declaration], { act: 'accept', declaration: operation.declaration }],
    [
      [
        ...['settle', 'propose', '--kind', 'tasking', '--input', `${EVENT_ID}:consumes`],
        ...[
          '--label',
          'OPEN',
          '--reason',
          'board it',
          '--asset',
          'P-8',
          '--expires-in-heights',
          '9',
        ],
      ],
      {
        act: 'propose',
        kind: 'tasking',
        inputs: [{ event: EVENT_ID, mode: 'consumes' }],
        label: 'OPEN',
        reason: 'board it',
        asset: 'P-8',
        expiresInHeights: 9,
      },
    ],
    [
      [
        ...['consent', 'grant', EVENT_ID, '--requester', 'AUS', '--recipients', 'JPN,USA'],
        ...['--purpose', 'p', '--max-label', 'OPEN', '--label', 'OPEN'],
      ],
      {
        act: 'consent',
        event: EVENT_ID,
        requester: 'AUS',
        recipients: ['JPN', 'USA'],
        purpose: 'p',
        maxLabel: 'OPEN',
        label: 'OPEN',
      },
    ],
    [
      ['emit', '--as-authority', '--type', 'assessment', '--label', 'OPEN', '--text', 'a'],
      {
        act: 'emit',
        event: { type: 'assessment', label: 'OPEN', content: { kind: 'text', text: 'a' } },
      },
    ],
  ])('%j', async (argv, request) => {
    const { code, json, err } = await entente([...argv, '--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(json.events).toHaveLength(2);
    expect(service.calls.filter(({ name }) => name === 'act')[0]?.args[0]).toEqual(request);
  });

  it('signs with the authority key, which stays here', async () => {
    await entente(['settle', 'approve', CORE_ID, '--yes']);
    const authority = decodeCredential(readFileSync(file('AUS', 'authority')));
    expect(service.calls[0]?.args[1]).toBe(authority.ok && authority.value.kid);
  });

  it('shows each statement to the person and signs when they agree', async () => {
    const person = { confirms: true };
    const { code, out, err } = await entente(['settle', 'approve', CORE_ID], { person });
    expect(code).toBe(0);
    expect(out).toContain('approved');
    expect(err).toContain('statement 0');
    expect(err).toContain('statement 1');
  });

  it('abandons the act at the node when the person declines', async () => {
    const person = { confirms: false };
    for (let i = 0; i < 17; i++) {
      // More than the node parks at once: each declined act frees its place.
      const { code, err } = await entente(['settle', 'approve', CORE_ID], { person });
      expect(code).toBe(1);
      expect(err).toContain('DECLINED');
    }
  });

  it('exits by the class of the refusal of the act', async () => {
    const { code, err } = await entente(['settle', 'approve', '00'.repeat(32), '--yes']);
    expect(code).toBe(2);
    expect(err).toContain('UNKNOWN_SETTLEMENT');
  });

  it('opens no key when no node runs', async () => {
    const options = { env: { ENTENTE_HOME: homes.get('GBR') ?? '' } };
    const { code, err } = await entente(['settle', 'approve', CORE_ID, '--yes'], options);
    expect(code).toBe(5);
    expect(err).toContain('NOT_RUNNING');
  });
});

describe('op declare', () => {
  const declare = async (yaml: string): Promise<Ran> => {
    const path = join(folder.dir, 'op.yaml');
    writeFileSync(path, yaml);
    return entente(['op', 'declare', path, '--json']);
  };

  it('fills in credentials from the home, the node and named files', async () => {
    const { code, err } = await declare(`
title: Maritime interdiction
label: OPEN
participants:
  - { nation: AUS, role: lead }
  - nation: GBR
    role: supporting
    root: ${file('GBR', 'root')}
authorityMap:
  decision: [{ part: lead, domain: operations }]
  tasking: [{ nation: GBR, domain: operations }]
`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const acts = service.calls.filter(({ name }) => name === 'act');
    const request = acts[0]?.args[0] as Record<string, ReturnType<typeof JSON.parse>>;
    expect(request).toMatchObject({
      act: 'declare',
      label: 'OPEN',
      declaration: {
        title: 'Maritime interdiction',
        quorumProfile: 'bft',
        participants: [
          {
            nation: 'AUS',
            role: 'lead',
            authorities: [{ domains: ['intelligence-release', 'operations'] }],
          },
          { nation: 'GBR', role: 'supporting' },
        ],
      },
    });
    expect([...request['declaration'].authorityMap.keys()]).toEqual(['decision', 'tasking']);
    const replica = decodeCredential(readFileSync(file('GBR', 'replica')));
    expect(request['declaration'].participants[1].replica).toEqual({
      consensusKey: replica.ok && replica.value.publicKey,
      credential: replica.ok && replica.value.digest,
    });
  });

  it.each([
    [
      'an unknown key',
      'title: a\nlabel: OPEN\nparticipants: [{nation: AUS, role: lead}]\nx: 1\n',
      'line 4: x is not',
    ],
    [
      'no lead',
      'title: a\nlabel: OPEN\nparticipants: [{nation: AUS, role: observing}]\n',
      'names a lead',
    ],
    [
      'a wrong role',
      'title: a\nlabel: OPEN\nparticipants:\n  - {nation: AUS, role: boss}\n',
      'line 4',
    ],
    [
      'an unknown kind',
      'title: a\nlabel: OPEN\nparticipants: [{nation: AUS, role: lead}]\nauthorityMap: {war: []}\n',
      'authorityMap',
    ],
    [
      'a bad label',
      'title: a\nlabel: TOP BANANA\nparticipants: [{nation: AUS, role: lead}]\n',
      'label',
    ],
    [
      'a nation nobody knows',
      'title: a\nlabel: OPEN\nparticipants: [{nation: JPN, role: lead}]\n',
      'root credential of JPN',
    ],
  ])('refuses %s', async (_name, yaml, words) => {
    const { code, err } = await declare(yaml);
    expect([2, 3]).toContain(code);
    expect(err).toContain(words);
    expect(service.calls.filter(({ name }) => name === 'act')).toEqual([]);
  });
});
