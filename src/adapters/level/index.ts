import { join } from 'node:path';
import { Database } from './database.js';
import { LevelEventLog } from './event-log.js';
import { LevelSafetyStore } from './safety-store.js';
import { LevelStateStore } from './state-store.js';

export { GuardFile } from './guard-file.js';
export type { StoreErrorCode, StorePlace } from './store-error.js';
export { StoreError } from './store-error.js';

/** All that a node keeps, in one database: each `close` below closes it for all of them. */
export interface LevelStore {
  readonly eventLog: LevelEventLog;
  readonly stateStore: LevelStateStore;
  readonly safetyStore: LevelSafetyStore;
  close(): Promise<void>;
}

export interface LevelStoreOptions {
  /** Directory of the guard files; best on another medium. Default: `guards` beside the database. */
  readonly guardDir?: string;
}

/**
 * Opens the stores of a node under `dir`.
 *
 *     const store = await openLevelStore(join(home, 'store'));
 *     await store.eventLog.append({ events, leaves, logStates });
 *     await store.close();
 *
 * Throws StoreError: STORE_LOCKED when somebody else has it open, STORE_DAMAGED, STORE_FORMAT.
 */
export async function openLevelStore(
  dir: string,
  options: LevelStoreOptions = {},
): Promise<LevelStore> {
  const database = await Database.open(join(dir, 'db'));
  const close = async () => database.close();
  const safetyStore = new LevelSafetyStore(
    database,
    options.guardDir ?? join(dir, 'guards'),
    close,
  );
  let eventLog: LevelEventLog;
  try {
    eventLog = await LevelEventLog.over(database, async () => safetyStore.close());
  } catch (error) {
    await close();
    throw error;
  }
  return {
    eventLog,
    stateStore: new LevelStateStore(database),
    safetyStore,
    close: async () => eventLog.close(),
  };
}
