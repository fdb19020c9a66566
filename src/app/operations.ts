import { initialState } from '../core/settlement/index.js';
import { configDigest } from '../domain/codec/configuration.js';
import {
  decodeAcceptance,
  decodeDeclaration,
  declarationDigestOf,
  genesisOf,
} from '../domain/codec/declaration.js';
import { genesisPreimage } from '../domain/codec/consensus-preimage.js';
import { genesisEpoch, opIdOf } from '../domain/codec/genesis.js';
import type { EpochState } from '../domain/consensus.js';
import type { Role } from '../domain/event.js';
import type { ConfigDigest, DeclarationDigest, Nation, Op, OpId } from '../domain/ids.js';
import { opOf } from '../domain/ids.js';
import type {
  Acceptance,
  Configuration,
  OperationDeclaration,
  Participant,
} from '../domain/operation.js';

/** One operation as this node knows it. */
export interface Operation {
  readonly digest: DeclarationDigest;
  readonly document: Uint8Array;
  readonly declaration: OperationDeclaration;
  readonly opId: OpId;
  readonly op: Op;
  readonly epoch: EpochState;
  readonly acceptances: ReadonlyMap<Nation, Acceptance>;
  /** The settled configurations, oldest first; the first is the genesis'. */
  readonly configurations: readonly NamedConfiguration[];
}

export interface NamedConfiguration {
  readonly number: number;
  readonly digest: ConfigDigest;
  readonly configuration: Configuration;
}

/** Operations declared to this node: documents, acceptances, and the configurations they reached. */
export class Operations {
  readonly #byOp = new Map<Op, Operation>();
  /** Acceptances that came before their declaration. */
  readonly #early = new Map<DeclarationDigest, Acceptance[]>();
  readonly #verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

  constructor(verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean) {
    this.#verify = verify;
  }

  all(): readonly Operation[] {
    return [...this.#byOp.values()];
  }

  get(op: Op): Operation | undefined {
    return this.#byOp.get(op);
  }

  byDeclaration(digest: DeclarationDigest): Operation | undefined {
    return this.all().find((operation) => operation.digest === digest);
  }

  /** Every participant has accepted: the genesis is complete. */
  isActive({ declaration, acceptances }: Operation): boolean {
    return declaration.participants.every(({ nation }) => acceptances.has(nation));
  }

  /** Takes a declaration document in; undefined when its form is wrong or the short id is taken. */
  declare(document: Uint8Array): Operation | undefined {
    const decoded = decodeDeclaration(document);
    if (!decoded.ok) return undefined;
    const declaration = decoded.value;
    const digest = declarationDigestOf(document);
    const genesis = genesisOf(declaration);
    const opId = opIdOf(genesis);
    const op = opOf(opId);
    const held = this.#byOp.get(op);
    if (held !== undefined) return held.digest === digest ? held : undefined;
    const { configuration, configDigest: first } = initialState(declaration, opId);
    const named = { number: configuration.epoch, digest: first, configuration };
    const operation: Operation = {
      digest,
      document,
      declaration,
      opId,
      op,
      epoch: genesisEpoch(genesis),
      acceptances: new Map(),
      configurations: [named],
    };
    this.#byOp.set(op, operation);
    for (const acceptance of this.#early.get(digest) ?? []) this.#accept(acceptance);
    this.#early.delete(digest);
    return this.#byOp.get(op);
  }

  /** Takes an acceptance in; answers the operation it belongs to when it counts. */
  accept(bytes: Uint8Array): Operation | undefined {
    const decoded = decodeAcceptance(bytes);
    if (!decoded.ok) return undefined;
    if (this.byDeclaration(decoded.value.declaration) === undefined) {
      const early = this.#early.get(decoded.value.declaration) ?? [];
      this.#early.set(decoded.value.declaration, [...early, decoded.value].slice(-64));
      return undefined;
    }
    return this.#accept(decoded.value);
  }

  /** A configuration that a settlement reached. */
  reached(op: Op, configuration: Configuration): void {
    const operation = this.#byOp.get(op);
    if (operation === undefined) return;
    const digest = configDigest(configuration);
    if (operation.configurations.some((known) => known.digest === digest)) return;
    const named = { number: configuration.epoch, digest, configuration };
    const configurations = [...operation.configurations, named];
    this.#byOp.set(op, { ...operation, configurations });
  }

  current(operation: Operation): NamedConfiguration {
    const newest = operation.configurations[operation.configurations.length - 1];
    if (newest === undefined) throw new RangeError('an operation has a configuration');
    return newest;
  }

  participant(operation: Operation, nation: Nation): Participant | undefined {
    return this.current(operation).configuration.participants.find((p) => p.nation === nation);
  }

  roleOf(
    op: Op,
    epoch: { readonly config: ConfigDigest },
    nation: Nation,
  ): Role | 'not-a-participant' | 'unknown-operation' | 'unknown-configuration' {
    const operation = this.#byOp.get(op);
    if (operation === undefined) return 'unknown-operation';
    const known = operation.configurations.find(({ digest }) => digest === epoch.config);
    if (known === undefined) return 'unknown-configuration';
    const participant = known.configuration.participants.find((p) => p.nation === nation);
    return participant?.role ?? 'not-a-participant';
  }

  #accept(acceptance: Acceptance): Operation | undefined {
    const operation = this.byDeclaration(acceptance.declaration);
    if (operation?.opId !== acceptance.opId) return undefined;
    const participant = operation.declaration.participants.find(
      ({ nation }) => nation === acceptance.nation,
    );
    const authority = participant?.authorities.find(({ kid }) => kid === acceptance.kid);
    if (authority === undefined) return undefined;
    const preimage = genesisPreimage(acceptance.opId);
    if (!this.#verify(authority.publicKey, preimage, acceptance.signature)) return undefined;
    const acceptances = new Map(operation.acceptances).set(acceptance.nation, acceptance);
    const next = { ...operation, acceptances };
    this.#byOp.set(operation.op, next);
    return next;
  }
}
