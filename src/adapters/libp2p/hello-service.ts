import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import type { Credential } from '../../domain/credential.js';
import { PROTOCOLS } from '../../domain/wire.js';
import type { AdmissionTable } from './admission.js';
import { HelloChannel } from './hello-channel.js';
import type { HelloContext } from './hello.js';
import { HelloExchange } from './hello.js';
import { RefusedError, meshRefusal } from './refusals.js';

/**
 * Runs the hello on every connection: who dialled the connection opens the stream. The admission
 * table keeps the time, and closes what does not finish.
 */
export class HelloService {
  readonly #libp2p: Libp2p;
  readonly #table: AdmissionTable;
  readonly #context: HelloContext;
  readonly #helloMs: number;

  constructor(libp2p: Libp2p, table: AdmissionTable, context: HelloContext, helloMs: number) {
    this.#libp2p = libp2p;
    this.#table = table;
    this.#context = context;
    this.#helloMs = helloMs;
    libp2p.addEventListener('connection:open', ({ detail: connection }) => {
      makeAbortSafe(connection);
      this.#table.opened(connection);
      if (connection.direction === 'outbound') void this.#dial(connection);
    });
    libp2p.addEventListener('connection:close', ({ detail: connection }) => {
      this.#table.closed(connection);
    });
  }

  async start(): Promise<void> {
    await this.#libp2p.handle(
      PROTOCOLS.hello,
      (stream, connection) => void this.#listen(stream, connection),
      { maxInboundStreams: 1, maxOutboundStreams: 1 },
    );
  }

  async #dial(connection: Connection): Promise<void> {
    try {
      const signal = AbortSignal.timeout(this.#helloMs);
      const stream = await connection.newStream([PROTOCOLS.hello], { signal });
      await this.#run(stream, connection, 'dial');
    } catch (error) {
      const name = error instanceof Error ? error.name : 'fault';
      this.#refuse(connection, meshRefusalOf(name));
    }
  }

  async #listen(stream: Stream, connection: Connection): Promise<void> {
    // One hello per connection, and only from the side that dialled.
    if (connection.direction !== 'inbound' || this.#table.phase(connection) !== 'open') {
      stream.abort(new Error('no hello is due'));
      return;
    }
    await this.#run(stream, connection, 'listen');
  }

  async #run(stream: Stream, connection: Connection, end: 'dial' | 'listen'): Promise<void> {
    const channel = new HelloChannel(stream);
    const exchange = new HelloExchange(channel, connection, this.#context);
    const shown = (): void => {
      this.#table.shown(connection);
    };
    let credential: Credential;
    try {
      credential = await exchange[end](shown);
    } catch (error) {
      const refused = error instanceof RefusedError ? error : meshRefusalOf(String(error));
      // The peer's own refusal needs no answer.
      if (!refused.byPeer) this.#tell(channel, refused);
      this.#refuse(connection, refused);
      await channel.close();
      return;
    }
    this.#table.admit(connection, credential);
    await channel.close();
  }

  #tell(channel: HelloChannel, refused: RefusedError): void {
    try {
      channel.send({ type: 'refuse', code: refused.refusal.code });
    } catch {
      // The stream is gone already: the peer learns of the refusal by the closed connection.
    }
  }

  /** The dialler of a refused connection hangs up; the listener gives it the profile's time. */
  #refuse(connection: Connection, refused: RefusedError): void {
    this.#table.refuse(connection, refused);
    if (connection.direction === 'outbound') {
      connection.close().catch((error: unknown) => {
        connection.abort(error instanceof Error ? error : refused);
      });
    }
  }
}

function meshRefusalOf(detail: string): RefusedError {
  return new RefusedError(meshRefusal('HELLO_ENDED', detail));
}

/**
 * `abort` throws on a connection whose secured stream has just closed, before it reaches the socket.
 * The connection monitor calls it where nobody catches, so it is made safe for everybody.
 */
function makeAbortSafe(connection: Connection): void {
  const abort = connection.abort.bind(connection);
  connection.abort = (error) => {
    try {
      abort(error);
    } catch {
      connection.close().catch(() => undefined);
    }
  };
}
