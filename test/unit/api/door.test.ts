import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Api } from '../../support/api-harness.js';
import { startApi } from '../../support/api-harness.js';
import type { FakeService } from '../../support/fake-service.js';
import { CORE_ID, EVENT_ID, fakeService } from '../../support/fake-service.js';

let api: Api;
let service: FakeService;

beforeEach(async () => {
  service = fakeService();
  api = await startApi(service);
});
afterEach(() => api.close());

describe('who may call', () => {
  it.each([
    ['no token', null],
    ['a wrong token', '0'.repeat(64)],
    ['a prefix of the token', 'f0'.repeat(31)],
  ])('refuses a call with %s', async (_name, token) => {
    const answer = await api.call('GET', '/v1/status', { token });
    expect(answer.status).toBe(401);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ code: 'UNAUTHORIZED', field: 'Authorization' });
  });

  it('answers health and readiness without a token', async () => {
    expect((await api.call('GET', '/health', { token: null })).json).toEqual({ ok: true });
    expect((await api.call('GET', '/ready', { token: null })).json).toEqual({ ready: true });
  });

  it.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost@evil', ' '])(
    'refuses the Host %j even with the token',
    async (host) => {
      const answer = await api.call('GET', '/v1/status', { headers: { host } });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.bytes.toString()).not.toContain('nodeKid');
    },
  );

  it.each(['localhost', 'localhost:9999', '127.0.0.1', '[::1]:1'])(
    'accepts the loopback Host %s',
    async (host) => {
      expect((await api.call('GET', '/v1/status', { headers: { host } })).status).toBe(200);
    },
  );

  it('refuses a request that another site started, and grants no origin', async () => {
    const answer = await api.call('GET', '/v1/status', {
      headers: { origin: 'https://evil.test' },
    });
    expect(answer.status).toBe(421);
    const preflight = await api.call('OPTIONS', '/v1/events', {
      token: null,
      headers: { origin: 'http://localhost', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBeGreaterThanOrEqual(400);
  });

  it('asks for the token before it says whether a route exists', async () => {
    expect((await api.call('GET', '/v1/nothing', { token: null })).status).toBe(401);
    expect((await api.call('GET', '/v1/nothing')).json).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what a request may say', () => {
  const good = { type: 'observation', label: 'OPEN', content: { kind: 'text', text: 'hi' } };

  it('publishes an event', async () => {
    const answer = await api.call('POST', '/v1/events', { body: good });
    expect(answer.status).toBe(201);
    expect(answer.json.id).toBe(EVENT_ID);
    expect(service.calls).toEqual([{ name: 'emit', args: [good] }]);
  });

  it.each([
    ['an unknown key', { ...good, extra: 1 }, 'extra'],
    ['an unknown key inside', { ...good, content: { kind: 'text', text: 'a', b: 1 } }, 'content.b'],
    ['an unknown type', { ...good, type: 'gossip' }, 'type'],
    ['an op of the wrong size', { ...good, op: 'aa' }, 'op'],
    [
      'a parent that is no id',
      { ...good, parents: [{ id: 'x', relation: 'supports' }] },
      'parents.0.id',
    ],
    ['a missing label', { type: good.type, content: good.content }, 'label'],
    ['a number as text', { ...good, label: 1 }, 'label'],
    ['no object', [], 'body'],
  ])('refuses %s and names the field', async (_name, body, field) => {
    const answer = await api.call('POST', '/v1/events', { body });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: 'SCHEMA', field, status: 400 });
    expect(service.calls).toEqual([]);
  });

  it('refuses text that is no JSON, and another media type', async () => {
    const headers = { 'content-type': 'application/json' };
    const broken = await api.call('POST', '/v1/events', { text: '{', headers });
    expect(broken.json).toMatchObject({ status: 400, code: 'MALFORMED' });
    const form = await api.call('POST', '/v1/events', {
      text: 'a=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(form.json).toMatchObject({ status: 400, code: 'MALFORMED' });
  });

  it('refuses a body above the limit', async () => {
    const body = { ...good, content: { kind: 'text', text: 'x'.repeat(1024 * 1024) } };
    expect((await api.call('POST', '/v1/events', { body })).json).toMatchObject({
      status: 413,
      code: 'TOO_LARGE',
    });
  });

  it('answers a policy denial with its rule, authority and remedy', async () => {
    const answer = await api.call('POST', '/v1/events', { body: { ...good, label: 'SECRET' } });
    expect(answer.json).toMatchObject({
      status: 403,
      code: 'NO_RELEASE',
      rule: 'REL-1',
      authority: 'AUS',
      remedy: 'ask AUS for a release',
    });
  });

  it('reads typed query values and refuses unknown ones', async () => {
    await api.call('GET', '/v1/events?nation=GBR&from=5&limit=2');
    expect(service.calls[0]?.args).toEqual([{ nation: 'GBR', from: 5, limit: 2 }]);
    expect((await api.call('GET', '/v1/events?nation=gb')).json.field).toBe('nation');
    expect((await api.call('GET', '/v1/events?order=asc')).json.field).toBe('order');
    expect((await api.call('GET', '/v1/events?limit=1e3')).json.field).toBe('limit');
  });
});

describe('routes', () => {
  it('answers each query with the view of the service', async () => {
    expect((await api.call('GET', '/v1/status')).json.nation).toBe('AUS');
    expect((await api.call('GET', '/v1/peers')).json).toHaveLength(1);
    expect((await api.call('GET', '/v1/topics')).json).toEqual([]);
    expect((await api.call('GET', '/v1/operations')).json).toEqual([]);
    expect((await api.call('GET', '/v1/log/verify')).json.ok).toBe(true);
    expect((await api.call('GET', '/v1/settlements')).json).toHaveLength(1);
    expect((await api.call('GET', `/v1/settlements/${CORE_ID}`)).json.id).toBe(CORE_ID);
    expect((await api.call('GET', `/v1/events/${EVENT_ID}`)).json.id).toBe(EVENT_ID);
    expect((await api.call('GET', `/v1/explain/${EVENT_ID}?nation=JPN`)).json).toMatchObject({
      decisions: [{ nation: 'JPN', outcome: 'deny' }],
    });
  });

  it('serves a settlement bundle as its exact bytes', async () => {
    const answer = await api.call('GET', `/v1/settlements/${CORE_ID}/bundle`);
    expect(answer.type).toBe('application/vnd.entente.settlement+cbor');
    expect([...answer.bytes]).toEqual([1, 2, 3]);
  });

  it('serves lineage as JSON and as Graphviz with escaped text', async () => {
    expect((await api.call('GET', `/v1/lineage/${EVENT_ID}`)).json.grade).toBe('A');
    const dot = (await api.call('GET', `/v1/lineage/${EVENT_ID}?format=dot`)).bytes.toString();
    expect(dot).toContain('digraph lineage {');
    expect(dot).toContain('a \\"quoted\\" track');
    expect(dot).toContain('input withheld');
  });

  it.each(['events', 'explain', 'settlements', 'lineage'])(
    'says 404 for unknown %s',
    async (at) => {
      const answer = await api.call('GET', `/v1/${at}/${'00'.repeat(32)}`);
      expect(answer.json).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    },
  );

  it('adds a peer, or says what is wrong with its address', async () => {
    expect((await api.call('POST', '/v1/peers', { body: { address: '/ip4/1' } })).status).toBe(201);
    const refused = await api.call('POST', '/v1/peers', { body: { address: 'x' } });
    expect(refused.json).toMatchObject({ status: 400, code: 'BAD_ADDRESS' });
  });

  it('takes a feed in as plain text, with a label and a partner', async () => {
    const query = 'label=OPEN&partner=PHL&channel=AIS&authority=PCG';
    const answer = await api.call('POST', `/v1/ingest/ais?${query}`, { text: '!a\nx\n' });
    expect(answer.json).toMatchObject({ reports: 1, skipped: [{ line: 2 }] });
    expect(service.calls[0]?.args[0]).toEqual({
      format: 'ais',
      text: '!a\nx\n',
      label: 'OPEN',
      attestedFor: { partner: 'PHL', channel: 'AIS', authority: 'PCG' },
    });
    const half = await api.call('POST', '/v1/ingest/ais?label=OPEN&partner=PHL', { text: '!a' });
    expect(half.json).toMatchObject({ code: 'SCHEMA', field: 'channel' });
    expect((await api.call('POST', '/v1/ingest/gpx?label=OPEN', { text: 'x' })).status).toBe(400);
  });

  it('hides a fault behind a problem without its message', async () => {
    const faulty = await startApi(
      fakeService({
        auditLog: async () => {
          throw new Error('secret path');
        },
      }),
    );
    const answer = await faulty.call('GET', '/v1/log/verify');
    await faulty.close();
    expect(answer.json).toMatchObject({ status: 500, code: 'FAULT' });
    expect(answer.bytes.toString()).not.toContain('secret path');
  });
});
