import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/node/config.js';
import { RefusalError } from '../../../src/node/refusal-error.js';
import type { Refusal } from '../../../src/domain/refusal.js';

function refusalOf(text: string): Refusal {
  try {
    parseConfig(text);
  } catch (error) {
    if (error instanceof RefusalError) return error.refusal;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('config.yaml', () => {
  it('needs a nation and fills in the rest with safe defaults', () => {
    expect(parseConfig('nation: AUS\n')).toEqual({
      nation: 'AUS',
      listen: ['/ip4/127.0.0.1/tcp/0'],
      bootstrap: [],
      debug: {},
      link: { profile: 'lan' },
      api: { host: '127.0.0.1', port: 0, allowNonLoopback: false },
      log: { level: 'info' },
      timers: {
        viewTimeoutBaseMs: 500,
        viewTimeoutMaxMs: 30_000,
        checkpointIntervalMs: 1000,
        redialMs: 2000,
      },
      addressMap: {},
    });
  });

  it.each([
    ['an unknown key', 'nation: AUS\nlisten_on: []\n', 'listen_on', 'is not a known key', 2],
    [
      'an unknown key inside',
      'nation: AUS\napi:\n  port: 1\n  token: x\n',
      'api.token',
      'is not a known key',
      4,
    ],
    ['a missing nation', 'listen: []\n', 'nation', 'is an ISO 3166-1 alpha-3 code', undefined],
    ['a wrong nation', '\nnation: Au\n', 'nation', 'is an ISO 3166-1 alpha-3 code', 2],
    ['a wrong port', 'nation: AUS\napi:\n  port: 99999\n', 'api.port', /65535/, 3],
    ['a wrong profile', 'nation: AUS\nlink: { profile: fast }\n', 'link.profile', /lan/, 2],
    [
      'a wrong address in a list',
      'nation: AUS\nlisten:\n  - /ip4/127.0.0.1/tcp/1\n  - localhost:1\n',
      'listen.1',
      /multiaddress/,
      4,
    ],
    [
      'a peer id that is none',
      'nation: AUS\nbootstrap: [/ip4/127.0.0.1/tcp/1/p2p/xyz]\n',
      'bootstrap.0',
      /multiaddress/,
      2,
    ],
    [
      'a host that is no address',
      'nation: AUS\nlisten: [/ip4/999.0.0.1/tcp/1]\n',
      'listen.0',
      /multiaddress/,
      2,
    ],
    ['a key misspelt, rather than missing', 'naton: AUS\n', 'naton', 'is not a known key', 1],
    [
      'an API beyond loopback',
      'nation: AUS\napi:\n  host: 0.0.0.0\n',
      'api.host',
      /loopback.*unless api.allowNonLoopback/,
      3,
    ],
    [
      'crossed timers',
      'nation: AUS\ntimers:\n  viewTimeoutBaseMs: 60000\n',
      'timers.viewTimeoutBaseMs',
      /at most/,
      3,
    ],
  ])('refuses %s with key, rule and line', (_name, text, field, rule, line) => {
    const refusal = refusalOf(text);
    expect(refusal).toMatchObject({ code: 'CONFIG', field });
    expect(refusal.rule).toMatch(rule);
    if (line !== undefined) expect(refusal.detail).toContain(`line ${String(line)}:`);
  });

  it('refuses broken and doubled YAML with its line', () => {
    expect(refusalOf('nation: AUS\napi: [\n').detail).toMatch(/line \d/);
    expect(refusalOf('nation: AUS\nnation: GBR\n').detail).toContain('line 2');
  });

  it('opens the API to another address only when told so', () => {
    const text = 'nation: AUS\napi: { host: 10.0.0.1, port: 1, allowNonLoopback: true }\n';
    expect(parseConfig(text).api.host).toBe('10.0.0.1');
  });
});
