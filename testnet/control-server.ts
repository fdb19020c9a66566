import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { writeFileSync } from 'node:fs';
import { messageOf } from './failure.js';

/** What the verbs of `entente testnet` ask of the launcher. */
export interface Controls {
  status(): Promise<unknown>;
  partition(groups: string, oneWay: boolean): Promise<unknown>;
  heal(): Promise<unknown>;
  kill(nation: string): Promise<unknown>;
  restart(nation: string): Promise<unknown>;
  down(): Promise<unknown>;
}

export type ControlRequest =
  | { readonly verb: 'status' | 'heal' | 'down' }
  | { readonly verb: 'partition'; readonly groups: string; readonly oneWay: boolean }
  | { readonly verb: 'kill' | 'restart'; readonly nation: string };

/** Where the launcher's control server is, and its token: the content of control.json. */
export interface ControlPlace {
  readonly pid: number;
  readonly port: number;
  readonly token: string;
}

const BODY_BYTES_MAX = 4_096;

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > BODY_BYTES_MAX) throw new RangeError('the request is too large');
  }
  return JSON.parse(text);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** The request in its strict form, or undefined. */
function controlRequest(value: unknown): ControlRequest | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { verb, groups, oneWay, nation } = value as Readonly<Record<string, unknown>>;
  if (verb === 'status' || verb === 'heal' || verb === 'down') return { verb };
  if (verb === 'partition' && isText(groups)) return { verb, groups, oneWay: oneWay === true };
  if ((verb === 'kill' || verb === 'restart') && isText(nation)) return { verb, nation };
  return undefined;
}

function perform(controls: Controls, request: ControlRequest): Promise<unknown> {
  switch (request.verb) {
    case 'partition':
      return controls.partition(request.groups, request.oneWay);
    case 'kill':
      return controls.kill(request.nation);
    case 'restart':
      return controls.restart(request.nation);
    case 'status':
      return controls.status();
    case 'heal':
      return controls.heal();
    case 'down':
      return controls.down();
  }
}

/** The launcher's door for the verbs of `entente testnet`: loopback, and a token of this start. */
export class ControlServer {
  readonly #controls: Controls;
  readonly #token = randomBytes(32).toString('hex');
  readonly #server: Server;

  constructor(controls: Controls) {
    this.#controls = controls;
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  /** Listens, and writes place and token into `file` (mode 0600). */
  async start(file: string): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not a TCP listener');
    const place: ControlPlace = { pid: process.pid, port: address.port, token: this.#token };
    writeFileSync(file, `${JSON.stringify(place)}\n`, { mode: 0o600 });
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeIdleConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(value));
    };
    const given = request.headers.authorization ?? '';
    if (!timingSafeEqual(sha256(given), sha256(`Bearer ${this.#token}`))) {
      send(401, { error: 'the token of this testnet is in control.json' });
      return;
    }
    try {
      const parsed = controlRequest(await bodyOf(request));
      if (parsed === undefined) send(400, { error: 'no such request' });
      else send(200, await perform(this.#controls, parsed));
    } catch (error) {
      send(409, { error: messageOf(error) });
    }
  }
}
