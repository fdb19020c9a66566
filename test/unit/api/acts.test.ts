import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACT_EXPIRY_MS, ACTS_MAX } from '../../../src/api/acts.js';
import type { ActBody } from '../../../src/domain/requests.js';
import { utf8, toHex } from '../../../src/base/bytes.js';
import type { Answer, Api } from '../../support/api-harness.js';
import { startApi } from '../../support/api-harness.js';
import type { FakeService } from '../../support/fake-service.js';
import { CORE_ID, fakeService, KID } from '../../support/fake-service.js';

let api: Api;
let service: FakeService;
const approve: ActBody = { act: 'approve', settlement: CORE_ID };

beforeEach(async () => {
  service = fakeService();
  api = await startApi(service);
});
afterEach(() => api.close());

const start = (request: unknown = approve): Promise<Answer> =>
  api.call('POST', '/v1/acts', { body: { request, kid: KID } });
const sign = (id: string, signature = '5a'.repeat(64)): Promise<Answer> =>
  api.call('POST', `/v1/acts/${id}/signature`, { body: { signature } });

describe('a human act over the API', () => {
  it('asks for each signature in turn and then says what came of it', async () => {
    const first = (await start()).json;
    expect(first).toMatchObject({
      state: 'sign',
      act: 'approve',
      kid: KID,
      statement: ['statement 0'],
      message: toHex(utf8('message 0')),
    });
    const second = (await sign(first.id, '01'.repeat(64))).json;
    expect(second).toMatchObject({ id: first.id, state: 'sign', statement: ['statement 1'] });
    const done = (await sign(first.id, '02'.repeat(64))).json;
    expect(done).toMatchObject({
      state: 'done',
      act: 'approve',
      result: { events: ['01010101', '02020202'] },
    });
    expect((await sign(first.id)).status).toBe(404);
    expect(api.timers.pending).toBe(0);
  });

  it('answers a refused act with its refusal', async () => {
    const answer = await start({ act: 'approve', settlement: '00'.repeat(32) });
    expect(answer.json).toMatchObject({
      state: 'refused',
      refusal: { code: 'UNKNOWN_SETTLEMENT' },
    });
  });

  it('forgets a parked act when its time is over', async () => {
    const { id } = (await start()).json;
    api.timers.advance(ACT_EXPIRY_MS - 1);
    const { state } = (await sign(id)).json;
    expect(state).toBe('sign');
    api.timers.advance(ACT_EXPIRY_MS);
    expect((await sign(id)).json).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('abandons an act when the person declines', async () => {
    const { id } = (await start()).json;
    expect((await api.call('DELETE', `/v1/acts/${id}`)).status).toBe(204);
    expect((await sign(id)).status).toBe(404);
    expect((await api.call('DELETE', `/v1/acts/${id}`)).status).toBe(404);
  });

  it('parks a bounded number of acts and frees a place when one ends', async () => {
    const ids: string[] = [];
    for (let i = 0; i < ACTS_MAX; i++) ids.push((await start()).json.id);
    expect(new Set(ids).size).toBe(ACTS_MAX);
    expect((await start()).json).toMatchObject({ status: 429, code: 'ACTS_BUSY' });
    await api.call('DELETE', `/v1/acts/${ids[0] ?? ''}`);
    expect((await start()).json.state).toBe('sign');
  });

  it('takes one answer for one step', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = await startApi(
      fakeService({
        act: async (_request, signer) => {
          await signer.sign(utf8('a'), ['a']);
          await gate;
          return { ok: true, value: { events: [] } };
        },
      }),
    );
    const body = { request: approve, kid: KID };
    const { id } = (await slow.call('POST', '/v1/acts', { body })).json;
    const path = `/v1/acts/${id as string}/signature`;
    const answer = { body: { signature: '00'.repeat(64) } };
    const calls = [slow.call('POST', path, answer), slow.call('POST', path, answer)];
    const early = await Promise.race(calls);
    release();
    const all = await Promise.all(calls);
    await slow.close();
    expect(early.json).toMatchObject({ status: 429, code: 'ACTS_BUSY' });
    expect(all.map((one) => one.status).sort()).toEqual([200, 429]);
  });

  it.each([
    ['an unknown act', { act: 'launch' }, 'request.act'],
    ['an unknown key', { ...approve, force: true }, 'request.force'],
    ['a settlement of the wrong size', { act: 'approve', settlement: 'aa' }, 'request.settlement'],
    ['an odd nation', { act: 'untrust', nation: 'gb' }, 'request.nation'],
  ])('refuses %s and names the field', async (_name, request, field) => {
    expect((await start(request)).json).toMatchObject({ status: 400, code: 'SCHEMA', field });
  });

  it('turns JSON into the typed request: bytes and maps', async () => {
    await start({
      act: 'trust',
      root: 'd284',
      entry: {
        coi: ['FVEY'],
        kinds: ['node'],
        clearance: { MISSION: { classifications: ['SECRET'], tags: { 'Releasable To': ['GBR'] } } },
        notBefore: 1,
        expires: 2,
      },
    });
    expect(service.calls[0]?.args[0]).toEqual({
      act: 'trust',
      root: Uint8Array.of(0xd2, 0x84),
      entry: {
        coi: ['FVEY'],
        kinds: ['node'],
        clearance: new Map([
          ['MISSION', { classifications: ['SECRET'], tags: new Map([['Releasable To', ['GBR']]]) }],
        ]),
        notBefore: 1,
        expires: 2,
      },
    });
  });
});
