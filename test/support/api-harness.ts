import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApi } from '../../src/api/server.js';
import type { NodeService } from '../../src/app/service.js';
import { ManualTimers } from './manual-timers.js';

export const TOKEN = 'f0'.repeat(32);

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Buffer;
  /** Parsed body of a JSON answer; tests assert on its shape. */
  readonly json: ReturnType<typeof JSON.parse>;
}

export interface Api {
  readonly port: number;
  readonly timers: ManualTimers;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | null;
}

/** A call by node:http, which lets a test set the Host header. */
function call(port: number, method: string, path: string, options: CallOptions): Promise<Answer> {
  const { body, text, headers = {}, token = TOKEN } = options;
  const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const type = text === undefined ? 'application/json' : 'text/plain';
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(payload === undefined ? {} : { 'content-type': type }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const contentType = response.headers['content-type'] ?? '';
          const json = contentType.includes('json') ? JSON.parse(bytes.toString()) : undefined;
          resolve({ status: response.statusCode ?? 0, type: contentType, bytes, json });
        });
      },
    );
    request.on('error', reject);
    request.end(payload);
  });
}

/** The API over real HTTP on a free port, with manual timers. */
export async function startApi(service: NodeService): Promise<Api> {
  const timers = new ManualTimers();
  const app = createApi({
    service,
    token: TOKEN,
    timers,
    entropy: { bytes: (length) => randomBytes(length) },
    log: { error: () => undefined },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    port,
    timers,
    call: (method, path, options = {}) => call(port, method, path, options),
    close: () => app.close(),
  };
}
