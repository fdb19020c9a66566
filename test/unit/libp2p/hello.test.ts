import { randomBytes } from 'node:crypto';
import { multiaddr } from '@multiformats/multiaddr';
import { afterEach, describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/base/bytes.js';
import { PROTOCOLS } from '../../../src/domain/wire.js';
import { Prober, helloOf } from './prober.js';
import { chainOf, linked, startNode, stopAll, transportOf, until } from './support.js';

const probers: Prober[] = [];

afterEach(async () => {
  await Promise.all(probers.splice(0).map((prober) => prober.stop()));
  await stopAll();
});

async function stranger(): Promise<{ prober: Prober; key: Uint8Array }> {
  const seed = Uint8Array.from(randomBytes(32));
  const prober = await Prober.start(seed);
  probers.push(prober);
  return { prober, key: await transportOf(seed) };
}

const SHORT = { tuning: { helloMs: 400 } };

describe('hello', () => {
  it('admits a good chain, and asks for no credential twice', async () => {
    const node = await startNode('AUS');
    const { prober, key } = await stranger();
    const chain = chainOf('GBR', key);
    const first = await prober.dial(node.address());
    await prober.admit(first, chain);
    await first.close();
    const talk = await prober.hello(await prober.dial(node.address()));
    talk.say(helloOf(chain));
    expect(await talk.hear('need')).toEqual({ type: 'need', digests: [] });
    expect((await talk.hear('hello')).type).toBe('hello');
  });

  it('refuses a bad chain by code and shows nothing of its own', async () => {
    const node = await startNode('AUS', SHORT);
    const { prober, key } = await stranger();
    const chain = chainOf('GBR', key, 4e9, false);
    const connection = await prober.dial(node.address());
    const talk = await prober.hello(connection);
    talk.say(helloOf(chain));
    await talk.hear('need');
    talk.say({ type: 'creds', credentials: chain });
    expect(await talk.hear('hello')).toEqual({ type: 'refuse', code: 'CHAIN_INVALID' });
    const heard = Buffer.from(concatBytes(...talk.heard));
    for (const digest of helloDigests(node.gate.ownChain()))
      expect(heard.includes(digest)).toBe(false);
    await until('the connection is closed', () => connection.status !== 'open');
    expect(node.up).toEqual([]);
  });

  it('refuses a chain of another transport key', async () => {
    const node = await startNode('AUS');
    const { prober } = await stranger();
    const chain = chainOf('GBR', Uint8Array.from(randomBytes(32)));
    const talk = await prober.hello(await prober.dial(node.address()));
    talk.say(helloOf(chain));
    await talk.hear('need');
    talk.say({ type: 'creds', credentials: chain });
    expect(await talk.hear('hello')).toEqual({ type: 'refuse', code: 'PEER_ID' });
  });

  it('refuses credentials that do not hash to what was named', async () => {
    const node = await startNode('AUS');
    const { prober, key } = await stranger();
    const talk = await prober.hello(await prober.dial(node.address()));
    talk.say(helloOf(chainOf('GBR', key)));
    await talk.hear('need');
    talk.say({ type: 'creds', credentials: chainOf('USA', key) });
    expect(await talk.hear('hello')).toEqual({ type: 'refuse', code: 'HELLO_DIGEST' });
    expect(node.gate.seen).toEqual([]);
  });

  it('refuses more than 16 KiB, as one message or as many', async () => {
    const node = await startNode('AUS');
    const { prober, key } = await stranger();
    const one = await prober.hello(await prober.dial(node.address()));
    one.raw(new Uint8Array(20_000));
    expect(await one.hear('need')).toEqual({ type: 'refuse', code: 'HELLO_TOO_LARGE' });
    const other = await stranger();
    const two = await other.prober.hello(await other.prober.dial(node.address()));
    two.say(helloOf(chainOf('GBR', key)));
    await two.hear('need');
    two.raw(new Uint8Array(16_360));
    expect(await two.hear('hello')).toEqual({ type: 'refuse', code: 'HELLO_TOO_LARGE' });
  });

  it('refuses another link profile and malformed messages', async () => {
    const node = await startNode('AUS');
    const { prober, key } = await stranger();
    const talk = await prober.hello(await prober.dial(node.address()));
    talk.say({ ...helloOf(chainOf('GBR', key)), profile: 'tactical' } as never);
    expect(await talk.hear('need')).toEqual({ type: 'refuse', code: 'HELLO_PROFILE' });
    const other = await stranger();
    const bad = await other.prober.hello(await other.prober.dial(node.address()));
    bad.raw(Uint8Array.of(0xff));
    expect(await bad.hear('need')).toEqual({ type: 'refuse', code: 'HELLO_FORM' });
  });

  it('closes a silent peer when its time is up', async () => {
    const node = await startNode('AUS', SHORT);
    const { prober } = await stranger();
    const connection = await prober.dial(node.address());
    await until('the connection is closed', () => connection.status !== 'open');
    expect(node.refused.map(({ code }) => code)).toEqual(['HELLO_TIMEOUT']);
  });

  it('serves no other protocol before OK, and the link after it', async () => {
    const node = await startNode('AUS');
    const { prober, key } = await stranger();
    const connection = await prober.dial(node.address());
    const others = [
      '/ipfs/id/1.0.0',
      '/ipfs/ping/1.0.0',
      '/entente/lan/kad/1.0.0',
      '/meshsub/1.1.0',
    ];
    for (const protocol of [PROTOCOLS.link, ...others]) {
      const stream = await connection.newStream([protocol]);
      await until(`${protocol} is reset`, () => stream.status !== 'open');
      expect(stream.readBufferLength).toBe(0);
    }
    expect(new Set(node.refused.map(({ code }) => code))).toEqual(new Set(['LINK_BEFORE_HELLO']));
    await prober.admit(connection, chainOf('GBR', key));
    const ping = await connection.newStream(['/ipfs/ping/1.0.0']);
    ping.send(new Uint8Array(32));
    const answer = await ping[Symbol.asyncIterator]().next();
    expect(answer.value?.byteLength).toBe(32);
  });

  it('shows its chain to no dialled peer that fails', async () => {
    const liar = await startNode('GBR', { chain: chainOf('GBR', new Uint8Array(32)) });
    const node = await startNode('AUS', { bootstrap: [liar.address()] });
    await until('both refuse', () => node.refused.length > 0 && liar.refused.length > 0);
    // The dialler goes first: the listener judged it good, and was refused for its own chain.
    expect(node.refused[0]).toMatchObject({ peerId: liar.id, code: 'PEER_ID' });
    expect(node.up.length + liar.up.length).toBe(0);
    expect(node.mesh.links.known()[0]).toMatchObject({ state: 'refused' });
  });

  it('does not let silent strangers crowd the others out', async () => {
    const node = await startNode('AUS');
    const { prober, key } = await stranger();
    const address = multiaddr(node.address());
    const silent = await Promise.all(
      Array.from({ length: 70 }, () => prober.libp2p.dial(address, { force: true })),
    );
    await until('the oldest are closed', () => {
      return silent.filter(({ status }) => status === 'open').length <= 64;
    });
    const connection = await prober.libp2p.dial(address, { force: true });
    await prober.admit(connection, chainOf('GBR', key));
  });

  it('tries again after a refusal, and is admitted when the chain has become good', async () => {
    const seed = Uint8Array.from(randomBytes(32));
    const key = await transportOf(seed);
    const chain = chainOf('GBR', key, 4e9, false);
    const a = await startNode('AUS');
    const tuning = { refusedRetryMs: 200 };
    const b = await startNode('GBR', { seed, chain, bootstrap: [a.address()], tuning });
    await until('a refusal', () => b.refused.some(({ code }) => code === 'CHAIN_INVALID'));
    chain.splice(0, 2, ...chainOf('GBR', key));
    await linked(a, b);
  });

  it('ends admission with the credential', async () => {
    const seed = Uint8Array.from(randomBytes(32));
    const expires = Math.floor(Date.now() / 1000) + 2;
    const a = await startNode('AUS');
    const chain = chainOf('GBR', await transportOf(seed), expires);
    const b = await startNode('GBR', { seed, chain, bootstrap: [a.address()] });
    await linked(a, b);
    await until('the peer is down', () => a.down.length === 1);
    expect(a.refused.map(({ code }) => code)).toContain('HELLO_EXPIRED');
  });
});

function helloDigests(chain: readonly Uint8Array[]): Buffer[] {
  const hello = helloOf(chain);
  return hello.type === 'hello' ? hello.chain.map((digest) => Buffer.from(digest, 'hex')) : [];
}
