import type { ClassKey, OwnLog } from '../core/log/index.js';
import {
  appendLeaf,
  checkpointHead,
  decodeLogState,
  emptyOwnLog,
  encodeLogState,
  rootOf,
} from '../core/log/index.js';
import type { Verified } from '../core/identity/index.js';
import { checkpointTbs } from '../domain/codec/checkpoint.js';
import { hashHex } from '../domain/codec/hash.js';
import type { AdmittedEvent } from '../domain/admitted.js';
import type { Checkpoint } from '../domain/checkpoint.js';
import type { Precedence } from '../domain/event.js';
import type { Digest } from '../domain/ids.js';
import type { LogBatch } from '../ports/event-log.js';
import { KeyedMutex } from './mutex.js';
import type { AppConfig, AppPorts } from './parts.js';

/** One event for the own log, with what belongs to it. */
export interface OwnAppend {
  readonly admitted: Verified<AdmittedEvent>;
  readonly classKey: ClassKey;
  readonly box?: { readonly hash: Digest; readonly box: Uint8Array };
  readonly label: NonNullable<LogBatch['labels']>[number];
}

/** A checkpoint is due after this many leaves, whatever the timer says. */
const LEAVES_PER_CHECKPOINT_MAX = 64;

/**
 * The nation's own log: its only writer. Event, leaf, indexes and builder state are one synced
 * batch; a checkpoint is durable before anybody hears of it.
 */
export class NationalLog {
  readonly #ports: AppPorts;
  readonly #config: AppConfig;
  readonly #mutex = new KeyedMutex();
  readonly #onCheckpoint: (checkpoint: Checkpoint) => void;
  #log: OwnLog;
  #checkpointed = 0;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(config: AppConfig, ports: AppPorts, onCheckpoint: (checkpoint: Checkpoint) => void) {
    this.#config = config;
    this.#ports = ports;
    this.#onCheckpoint = onCheckpoint;
    this.#log = emptyOwnLog(config.nation);
  }

  async load(): Promise<void> {
    const { log } = this.#ports;
    const bytes = await log.logState(this.#config.nation);
    if (bytes !== undefined) {
      const state = decodeLogState(bytes);
      if (!state.ok) throw new Error(`own log: ${state.error.detail}; run log verify`);
      if (state.value.kind !== 'own') throw new Error('the own log state is of another nation');
      this.#log = state.value;
    }
    this.#checkpointed = (await log.checkpoint(this.#config.nation))?.size ?? 0;
  }

  get size(): number {
    return this.#log.size;
  }

  get root(): Digest {
    return rootOf(this.#log);
  }

  append(item: OwnAppend): Promise<void> {
    return this.#mutex.run('log', async () => {
      const { clock, entropy, log } = this.#ports;
      const { event } = item.admitted.value;
      const { precedence, notAfterMs = 0 } = event.payload;
      const nowMs = clock.nowMs();
      const appended = appendLeaf(this.#log, {
        recordHash: hashHex(event.record) as Digest,
        classKey: item.classKey,
        precedence,
        admittedS: Math.floor(nowMs / 1000),
        expiryS: Math.ceil(notAfterMs / 1000),
        salt: entropy.bytes(16),
      });
      const { nation } = this.#config;
      await log.append({
        events: [{ admitted: item.admitted, receivedMs: nowMs }],
        labels: [item.label],
        ...(item.box === undefined ? {} : { boxes: [item.box] }),
        leaves: [{ nation, leaf: { kind: 'event', header: appended.header, id: event.id } }],
        logStates: [{ nation, state: encodeLogState(appended.log) }],
      });
      this.#log = appended.log;
      this.#schedule(precedence);
    });
  }

  /** Signs the current head when it is not signed yet. */
  checkpoint(): Promise<void> {
    return this.#mutex.run('log', async () => {
      this.#cancel?.();
      this.#cancel = undefined;
      if (this.#log.size === this.#checkpointed) return;
      const { clock, log } = this.#ports;
      const timeS = Math.floor(clock.nowMs() / 1000);
      const head = checkpointHead(this.#log, this.#config.logSecret, timeS);
      const { signer } = this.#config.node;
      const signature = await signer.sign(checkpointTbs(head, signer.kid));
      const checkpoint: Checkpoint = { ...head, kid: signer.kid, signature };
      await log.append({ checkpoints: [checkpoint] });
      this.#checkpointed = head.size;
      this.#onCheckpoint(checkpoint);
    });
  }

  async close(): Promise<void> {
    await this.checkpoint();
    this.#closed = true;
    this.#cancel?.();
  }

  /** At once for urgent events and after many leaves, else on a timer. */
  #schedule(precedence: Precedence): void {
    if (this.#closed) return;
    const urgent = precedence === 'immediate' || precedence === 'flash';
    const many = this.#log.size - this.#checkpointed >= LEAVES_PER_CHECKPOINT_MAX;
    if (urgent || many) {
      this.#signSoon();
      return;
    }
    this.#cancel ??= this.#ports.timers.after(this.#config.timing.checkpointIntervalMs, () => {
      this.#signSoon();
    });
  }

  #signSoon(): void {
    this.checkpoint().catch((cause: unknown) => {
      this.#ports.logger.error('checkpoint failed', { cause: String(cause) });
    });
  }
}
