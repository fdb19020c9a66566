import { createVerifier } from '../../src/adapters/keys/index.js';
import type { AdmitArgs, AdmitResult } from './admit-verbs.js';
import type { BenchMessage, BenchStream } from './events.js';
import { benchLabel, credentialEventOf, streamOf } from './events.js';
import { benchNations } from './nations.js';
import type { BenchNode } from './node-host.js';
import { openNode } from './node-host.js';
import { benchOperation } from './operation.js';
import { primitivesIn } from './primitives.js';
import { ownPlace, serve } from './worker-door.js';

/** Events of one turn of the door, before a turn of bare verification. */
const TURN = 500;
const MESSAGE_BYTES = 1024;
/** Verifications under way at once: as many as keep the thread pool busy. */
const AT_ONCE = 64;

const { dir } = ownPlace();
const verifier = createVerifier();
let node: BenchNode | undefined;
let streams: readonly BenchStream[] = [];
let next = 0;

/** Opens the node and signs what its neighbour's platforms will say. */
async function start({ authors, perAuthor }: AdmitArgs): Promise<void> {
  const all = benchNations(4);
  const operation = benchOperation(all, 'admit');
  const neighbour = all[1];
  if (neighbour === undefined) throw new RangeError('no neighbour');
  const label = benchLabel(all);
  streams = Array.from({ length: authors }, (_, i) =>
    streamOf({
      nation: neighbour,
      platform: `p${String(i)}`,
      operation,
      label,
      count: perAuthor,
      bytes: MESSAGE_BYTES,
    }),
  );
  const platforms = streams.map(({ platform }, i) => credentialEventOf(neighbour, platform, i));
  node = await openNode({ index: 0, all, operation, platforms, dir });
}

/** Each author's next events, its own in order, all authors at once. */
async function through(parts: readonly (readonly BenchMessage[])[]): Promise<number> {
  const { app } = node ?? {};
  if (app === undefined) throw new Error('not started');
  const begun = performance.now();
  await Promise.all(
    parts.map(async (messages) => {
      for (const { data } of messages) {
        const verdict = await app.gossipHandlers.message('bench', 'bench', data);
        if (verdict !== 'accept') throw new Error(`the door said ${verdict}`);
      }
    }),
  );
  return performance.now() - begun;
}

/** The same signatures, verified and nothing else, in the same thread pool. */
async function bare(parts: readonly (readonly BenchMessage[])[]): Promise<number> {
  const all = parts.flat();
  const begun = performance.now();
  let at = 0;
  const lane = async (): Promise<void> => {
    for (let one = all[at++]; one !== undefined; one = all[at++]) {
      const good = await verifier.verifyAsync(one.publicKey, one.tbs, one.signature);
      if (!good) throw new Error('a signature is bad');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return performance.now() - begun;
}

/** `count` events through the door and as many bare verifications, turn by turn. */
async function admit({ count }: { readonly count: number }): Promise<AdmitResult> {
  const machine = primitivesIn(dir);
  const syncUs: number[] = [];
  let [doorMs, bareMs, done] = [0, 0, 0];
  while (done < count) {
    const each = Math.max(1, Math.floor(Math.min(TURN, count - done) / streams.length));
    const parts = streams.map(({ messages }) => messages.slice(next, next + each));
    next += each;
    const events = parts.flat().length;
    if (events === 0) throw new RangeError('no events are left');
    doorMs += await through(parts);
    bareMs += await bare(parts);
    syncUs.push(machine.syncUs());
    done += events;
  }
  machine.close();
  return { door: (done * 1000) / doorMs, bare: (done * 1000) / bareMs, syncUs };
}

serve({ start, admit });
