import type {
  Certificate,
  Equivocation,
  Timeout,
  TimeoutCertificate,
  Vote,
} from '../../domain/consensus.js';
import type { BlockId } from '../../domain/ids.js';

/**
 * Verified VOTEs, COMMITs and TIMEOUTs: one slot per author, kind and view, within a window of
 * views. A second, different signature in a slot becomes evidence and changes nothing else.
 */
export class VoteCollector {
  readonly #epoch: number;
  readonly #q: number;
  readonly #ballots = { vote: new Slots<Vote>(), commit: new Slots<Vote>() };
  readonly #timeouts = new Slots<Timeout>();
  readonly #newest = new Map<number, Vote | Timeout>();
  readonly #reported = new Map<string, number>();

  constructor(epoch: number, q: number) {
    this.#epoch = epoch;
    this.#q = q;
  }

  ballot(kind: Vote['kind'], view: number, author: number): Vote | undefined {
    return this.#ballots[kind].get(view, author);
  }

  timeout(view: number, author: number): Timeout | undefined {
    return this.#timeouts.get(view, author);
  }

  timeoutCount(view: number): number {
    return this.#timeouts.of(view).size;
  }

  /** Newest signed message of a member that is held. */
  newest(author: number): Vote | Timeout | undefined {
    return this.#newest.get(author);
  }

  /** Takes a verified ballot into its slot; answers evidence if it contradicts a held one. */
  addBallot(vote: Vote): Equivocation | undefined {
    const evidence = this.#contradiction(vote);
    if (this.ballot(vote.kind, vote.view, vote.author) === undefined) {
      this.#ballots[vote.kind].put(vote.view, vote.author, vote);
    }
    this.#note(vote);
    return evidence && this.#once(evidence);
  }

  /** Takes a verified timeout into its slot; two of one view are not evidence. */
  addTimeout(timeout: Timeout): Equivocation | undefined {
    const { view, author, highQC } = timeout;
    if (this.timeout(view, author) === undefined) this.#timeouts.put(view, author, timeout);
    this.#note(timeout);
    const commit = this.#ballots.commit
      .by(author)
      .find((vote) => vote.view <= view && highQC.view < vote.view);
    return commit && this.#once({ rule: 'E3', member: author, first: commit, second: timeout });
  }

  /** Would this ballot be evidence? Asked before its signature is worth verifying. */
  contradicts(vote: Vote): boolean {
    return this.#contradiction(vote) !== undefined;
  }

  /** The certificate for a block, once exactly q members have spoken for it. */
  certificate(kind: Vote['kind'], view: number, block: BlockId): Certificate | undefined {
    const votes = [...this.#ballots[kind].of(view).values()].filter((vote) => vote.block === block);
    if (votes.length < this.#q) return undefined;
    const chosen = votes.sort((a, b) => a.author - b.author).slice(0, this.#q);
    return {
      kind,
      epoch: this.#epoch,
      view,
      block,
      signers: chosen.map((vote) => vote.author),
      signatures: chosen.map((vote) => vote.signature),
    };
  }

  timeoutCertificate(view: number): TimeoutCertificate | undefined {
    const chosen = [...this.#timeouts.of(view).values()]
      .sort((a, b) => a.author - b.author)
      .slice(0, this.#q);
    const [first] = chosen;
    if (first === undefined || chosen.length < this.#q) return undefined;
    const high = chosen.reduce((a, b) => (b.highQC.view > a.highQC.view ? b : a), first);
    return {
      epoch: this.#epoch,
      view,
      highQC: high.highQC,
      signers: chosen.map((timeout) => timeout.author),
      highQcViews: chosen.map((timeout) => timeout.highQC.view),
      signatures: chosen.map((timeout) => timeout.signature),
    };
  }

  /** Forgets slots of views below `view`. */
  prune(view: number): void {
    for (const slots of [this.#ballots.vote, this.#ballots.commit, this.#timeouts]) {
      slots.prune(view);
    }
    for (const [key, at] of this.#reported) if (at < view) this.#reported.delete(key);
  }

  #contradiction(vote: Vote): Equivocation | undefined {
    const { view, author, block, kind } = vote;
    const same = this.ballot(kind, view, author);
    if (same && same.block !== block) {
      return { rule: kind === 'vote' ? 'E1' : 'E2', member: author, first: same, second: vote };
    }
    const other = this.ballot(kind === 'vote' ? 'commit' : 'vote', view, author);
    if (other && other.block !== block) {
      const [first, second] = kind === 'commit' ? [vote, other] : [other, vote];
      return { rule: 'E2', member: author, first, second };
    }
    if (kind === 'vote') return undefined;
    const timeout = this.#timeouts
      .by(author)
      .find((held) => held.view >= view && held.highQC.view < view);
    return timeout && { rule: 'E3', member: author, first: vote, second: timeout };
  }

  #once(evidence: Equivocation): Equivocation | undefined {
    const { rule, member, first } = evidence;
    const key = `${rule}:${String(member)}:${String(first.view)}`;
    if (this.#reported.has(key)) return undefined;
    this.#reported.set(key, first.view);
    return evidence;
  }

  #note(message: Vote | Timeout): void {
    const held = this.#newest.get(message.author);
    if (held === undefined || message.view >= held.view) this.#newest.set(message.author, message);
  }
}

class Slots<T> {
  readonly #views = new Map<number, Map<number, T>>();

  of(view: number): ReadonlyMap<number, T> {
    return this.#views.get(view) ?? new Map<number, T>();
  }

  get(view: number, author: number): T | undefined {
    return this.#views.get(view)?.get(author);
  }

  by(author: number): readonly T[] {
    const out: T[] = [];
    for (const slots of this.#views.values()) {
      const held = slots.get(author);
      if (held !== undefined) out.push(held);
    }
    return out;
  }

  put(view: number, author: number, value: T): void {
    const slots = this.#views.get(view);
    if (slots) slots.set(author, value);
    else this.#views.set(view, new Map([[author, value]]));
  }

  prune(below: number): void {
    for (const view of this.#views.keys()) if (view < below) this.#views.delete(view);
  }
}
