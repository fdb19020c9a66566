import { connect, type Socket } from 'node:net';
import { Flow, type Lane } from './lane.js';

export type Direction = 'forward' | 'backward';

/** The two directions of a link: forward from the dialing nation to the listening one. */
export type Lanes = Readonly<Record<Direction, Lane>>;

/**
 * One connection over a link: the dialer's socket, and the one to the listener once the link lets
 * a connection be made. What one side sends, ends or breaks off crosses a lane to the other.
 */
export class Connection {
  readonly #lanes: Lanes;
  readonly #flows: Readonly<Record<Direction, Flow>>;
  readonly #client: Socket;
  readonly #onGone: () => void;
  /** Directions whose far end is lost: there is nobody to take what is still sent that way. */
  readonly #lost = new Set<Direction>();
  #target: Socket | undefined;
  #gone = false;

  constructor(options: { id: number; client: Socket; lanes: Lanes; onGone: () => void }) {
    const { id, client, lanes, onGone } = options;
    this.#lanes = lanes;
    this.#flows = { forward: new Flow(id), backward: new Flow(id) };
    this.#client = client;
    this.#onGone = onGone;
    this.#flows.backward.sink = client;
    this.#listen(client, 'forward');
  }

  /** Not yet connected to the listener. */
  get isHanging(): boolean {
    return this.#target === undefined;
  }

  dial(host: string, port: number): void {
    const target = connect({ host, port, allowHalfOpen: true });
    this.#target = target;
    this.#listen(target, 'backward');
    target.once('connect', () => {
      this.#flows.forward.sink = target;
      this.#lanes.forward.pump();
    });
  }

  /** Stops reading from a side whose bytes have nowhere to go, so that memory stays bounded. */
  regulate(): void {
    this.#regulate(this.#client, 'forward');
    if (this.#target !== undefined) this.#regulate(this.#target, 'backward');
  }

  /** Resets both sides at once; what the link still held of it is gone with it. */
  reset(): void {
    this.#client.resetAndDestroy();
    this.#target?.resetAndDestroy();
    this.#leave();
  }

  #listen(source: Socket, direction: Direction): void {
    const lane = this.#lanes[direction];
    const flow = this.#flows[direction];
    source.setNoDelay(true);
    source.on('data', (bytes: Buffer) => {
      if (!this.#lost.has(direction)) lane.push(flow, bytes);
      this.regulate();
    });
    source.on('end', () => lane.push(flow, 'end'));
    source.on('drain', () => {
      this.#lanes[direction === 'forward' ? 'backward' : 'forward'].pump();
      this.regulate();
    });
    source.on('error', () => {
      this.#brokenOff(direction);
    });
    source.on('close', () => {
      const other = direction === 'forward' ? this.#target : this.#client;
      if (other === undefined || other.destroyed) this.#leave();
    });
  }

  /** One side is lost: the other learns of it after the bytes sent before. */
  #brokenOff(direction: Direction): void {
    if (this.#gone) return;
    const back = direction === 'forward' ? 'backward' : 'forward';
    this.#lost.add(back);
    this.#lanes[back].drop(this.#flows[back]);
    if (this.isHanging) this.#leave();
    else this.#lanes[direction].push(this.#flows[direction], 'reset');
  }

  #regulate(source: Socket, direction: Direction): void {
    const sink = this.#flows[direction].sink;
    const stuck = this.#lanes[direction].isFull() || sink?.writableNeedDrain === true;
    if (stuck) source.pause();
    else if (source.isPaused()) source.resume();
  }

  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#lanes.forward.drop(this.#flows.forward);
    this.#lanes.backward.drop(this.#flows.backward);
    this.#onGone();
  }
}
