/** Thrown for a bug of our own: a state the code promises can never occur. Never used for bad input. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Stops when a promise the code makes to itself is broken. Bad input gets a refusal instead. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}
