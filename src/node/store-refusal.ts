import { refuse } from './refusal-error.js';

const ANSWERS = {
  STORE_DAMAGED: [
    'DAMAGED',
    'restore the store from a backup; entente log verify says what it can read',
  ],
  STORE_LOCKED: ['STORE_LOCKED', 'stop the process that has the store open'],
} as const;

function isAnswered(code: unknown): code is keyof typeof ANSWERS {
  return typeof code === 'string' && Object.hasOwn(ANSWERS, code);
}

/** Runs what opens or reads the store: a damaged or locked store is a named refusal, not a fault. */
export async function storeGuarded<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && isAnswered(error.code))) throw error;
    const [code, remedy] = ANSWERS[error.code];
    throw refuse(code, 'data', {
      rule: 'the store of a node is whole, and open to one process',
      detail: error.message,
      remedy,
    });
  }
}
