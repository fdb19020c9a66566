/** A call to a worker, and its answer: exactly one of value and error. */
export interface Call {
  readonly id: number;
  readonly verb: string;
  readonly args: unknown;
}

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export type Verbs = Readonly<Record<string, (args: never) => Promise<unknown>>>;

/** Which worker this is, of how many, and its own folder. */
export interface Place {
  readonly index: number;
  readonly n: number;
  readonly dir: string;
}

export function ownPlace(): Place {
  const [index, n, dir] = process.argv.slice(2);
  if (dir === undefined)
    throw new Error('a worker is given its index, the number of all, a folder');
  return { index: Number(index), n: Number(n), dir };
}

async function answer(verbs: Verbs, { id, verb, args }: Call): Promise<Answer> {
  try {
    const perform = verbs[verb];
    if (perform === undefined) throw new Error(`there is no verb ${verb}`);
    return { id, value: await perform(args as never) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/**
 * Answers the calls of the process that started this one. When that one closes the channel or dies,
 * this process ends: it waits for nothing, since its folder is thrown away.
 */
export function serve(verbs: Verbs): void {
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message) => {
    void answer(verbs, message as Call).then((reply) => {
      // An answer that nobody waits for any more is dropped; `disconnect` follows.
      if (process.connected) process.send?.(reply, undefined, undefined, () => undefined);
    });
  });
}
