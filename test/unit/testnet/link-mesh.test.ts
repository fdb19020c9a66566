import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LinkMesh, parseGroups } from '../../../testnet/link-mesh.js';

const NAMES = ['AUS', 'GBR', 'JPN'];

/** Echo servers stand for the nodes; the mesh is what is tested. */
let servers: Server[] = [];
let sockets: Socket[] = [];
let mesh: LinkMesh;
let ports: Map<string, number>;

beforeEach(async () => {
  servers = [];
  sockets = [];
  ports = new Map();
  for (const name of NAMES) {
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    ports.set(name, (server.address() as { port: number }).port);
  }
  mesh = await LinkMesh.create(ports, 7);
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await mesh.close();
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
});

async function dial(from: string, to: string): Promise<Socket> {
  const mapped = mesh.addressMap(from, ports)[`/ip4/127.0.0.1/tcp/${String(ports.get(to))}`];
  const socket = connect(Number(mapped?.split('/').at(-1)), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
}

describe('the links of a testnet', () => {
  it('maps every other nation to a link of its own', () => {
    const all = NAMES.flatMap((name) => Object.values(mesh.addressMap(name, ports)));
    expect(new Set(all).size).toBe(6);
    expect(Object.keys(mesh.addressMap('AUS', ports))).toHaveLength(2);
  });

  it('lets nothing cross a cut, keeps the rest, and lets it cross after the heal', async () => {
    const cut = await dial('AUS', 'JPN');
    const whole = await dial('AUS', 'GBR');
    expect(await echo(cut, 'before')).toBe('before');
    mesh.partition([['AUS', 'GBR'], ['JPN']], false);
    cut.write('while');
    expect(await echo(whole, 'whole')).toBe('whole');
    expect(mesh.counters()).toMatchObject({ bytesWhileCut: 0 });
    expect([...mesh.counters().cut].sort()).toEqual(['AUS>JPN', 'GBR>JPN', 'JPN>AUS', 'JPN>GBR']);
    const arrives = once(cut, 'data');
    mesh.heal();
    expect(String((await arrives)[0])).toBe('while');
    expect(mesh.counters().cut).toEqual([]);
  });

  it('cuts one way only when asked to: the other direction counts as whole', async () => {
    const socket = await dial('JPN', 'AUS');
    expect(await echo(socket, 'before')).toBe('before');
    mesh.partition([['AUS'], ['JPN', 'GBR']], true);
    const into = mesh.bytesInto('AUS');
    socket.write('heard, not answered');
    await expect.poll(() => mesh.bytesInto('AUS')).toBeGreaterThan(into);
    expect(mesh.counters()).toMatchObject({ bytesWhileCut: 0 });
    expect([...mesh.counters().cut].sort()).toEqual(['AUS>GBR', 'AUS>JPN']);
  });
});

describe('groups of a partition', () => {
  it('reads groups, and puts who is not named into the first', () => {
    expect(parseGroups('AUS/JPN', NAMES)).toEqual([['AUS', 'GBR'], ['JPN']]);
  });

  it.each(['AUS', 'AUS/XXX', 'AUS/AUS', 'AUS,/JPN', ''])('refuses %j', (text) => {
    expect(() => parseGroups(text, NAMES)).toThrow(RangeError);
  });
});
