import type { Effect } from '../../src/core/consensus/index.js';
import { blockId, blockPreimage, payloadRoot } from '../../src/domain/codec/consensus.js';
import type {
  BlockRecord,
  ConsensusMessage,
  EpochState,
  Vote,
} from '../../src/domain/consensus.js';
import type { BlockId } from '../../src/domain/ids.js';
import { SimNode } from './sim-node.js';
import { TOY_RULES, toyEntry } from './toy-rules.js';

/**
 * A leader that proposes two blocks in one view, each to a half of the members, and votes and
 * commit-votes for whatever it sees. It keeps no promise that the safety rules make.
 */
export class ByzantineNode extends SimNode {
  epoch: EpochState | undefined;
  forge: ((preimage: Uint8Array) => Uint8Array) | undefined;
  readonly #twins = new Map<number, BlockId>();
  readonly #said = new Set<string>();

  protected override performNow(effect: Exclude<Effect, { kind: 'persist' }>): void {
    if (effect.kind === 'halt') return;
    if (effect.kind !== 'broadcast') {
      super.performNow(effect);
      return;
    }
    const { message } = effect;
    if (message.type === 'proposal' && message.proposal.record.header.author === this.name) {
      this.#equivocate(message);
      return;
    }
    super.performNow(effect);
    if (message.type === 'vote') this.#sayAll(message.vote.view, message.vote.block);
  }

  #vote(kind: Vote['kind'], view: number, block: BlockId): Vote {
    const epoch = this.epoch!;
    const signature = this.forge!(blockPreimage(epoch, kind, view, block));
    return { kind, epoch: epoch.epoch, view, block, author: this.name as number, signature };
  }

  #sayAll(view: number, block: BlockId): void {
    for (const target of new Set([block, this.#twins.get(view) ?? block])) {
      for (const kind of ['vote', 'commit'] as const) {
        const key = `${kind}:${view}:${target}`;
        if (this.#said.has(key)) continue;
        this.#said.add(key);
        this.#toAll(() => ({ type: 'vote', vote: this.#vote(kind, view, target) }));
      }
    }
  }

  #toAll(message: (to: number) => ConsensusMessage): void {
    for (let to = 0; to < this.epoch!.members.length; to++) {
      if (to !== this.name) this.transmit(to, message(to));
    }
  }

  #equivocate(message: Extract<ConsensusMessage, { type: 'proposal' }>): void {
    const { record } = message.proposal;
    const { view } = record.header;
    const body = toyEntry(`twin-${view}`);
    const identity = TOY_RULES.identify(body);
    if (!identity.ok) throw new Error('a twin is an entry');
    const entryIds = [identity.value.entryId];
    const twin: BlockRecord = {
      ...record,
      header: {
        ...record.header,
        kind: 'normal',
        entryCount: 1,
        payloadRoot: payloadRoot(entryIds),
      },
      entryIds,
    };
    const id = blockId(twin.header);
    this.#twins.set(view, id);
    this.disk.blocks.set(id, twin);
    this.disk.entries.set(identity.value.entryId, body);
    this.#toAll(() => ({ type: 'entries', bodies: [body] }));
    const other: ConsensusMessage = {
      type: 'proposal',
      proposal: { record: twin, vote: this.#vote('vote', view, id) },
    };
    this.#toAll((to) => (to % 2 === 0 ? message : other));
    this.#sayAll(view, blockId(record.header));
  }
}
