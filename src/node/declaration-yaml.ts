import { randomBytes } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { toHex } from '../base/bytes.js';
import type { Credential, CredentialKind } from '../domain/credential.js';
import type { Nation } from '../domain/ids.js';
import type { ApprovalNeedBody, DeclarationBody, ParticipantBody } from '../domain/requests.js';
import type { SettlementKind } from '../domain/settlement.js';
import { parseYaml } from './config.js';
import { readCredentialFile } from './credential-files.js';
import type { DeclarationYaml } from './declaration-schema.js';
import { declarationYaml } from './declaration-schema.js';
import { labelBytes } from './label-text.js';
import { refuse } from './refusal-error.js';

export interface DeclarationParts {
  readonly text: string;
  /** Path of the file: credential files it names are relative to it. */
  readonly path: string;
  readonly nowMs: number;
  /** Credentials of a nation that are held: its root, authorities and replica. */
  held(nation: Nation): Promise<readonly Credential[]>;
}

type ParticipantYaml = DeclarationYaml['participants'][number];

/** Credentials of one participant: from the files it names, else from what is held. */
class Participants {
  readonly #parts: DeclarationParts;

  constructor(parts: DeclarationParts) {
    this.#parts = parts;
  }

  #file(name: string, nation: Nation, kind: CredentialKind): Credential {
    const credential = readCredentialFile(resolve(dirname(this.#parts.path), name));
    if (credential.issuer === nation && credential.kind === kind) return credential;
    throw refuse('CONFIG', `participants.${nation}`, {
      rule: "a participant names its own nation's credentials",
      detail: `${name} holds ${credential.kind} of ${credential.issuer}, not ${kind} of ${nation}`,
      remedy: 'name the right file',
    });
  }

  async #held(nation: Nation, kind: CredentialKind): Promise<readonly Credential[]> {
    const now = this.#parts.nowMs / 1000;
    const all = (await this.#parts.held(nation)).filter(
      (one) => one.issuer === nation && one.kind === kind && one.expires > now,
    );
    // The newest credential of each subject counts.
    const newest = new Map<string, Credential>();
    for (const one of all) {
      const before = newest.get(one.subject);
      if (before === undefined || before.issuedAt < one.issuedAt) newest.set(one.subject, one);
    }
    if (newest.size > 0) return [...newest.values()];
    throw refuse('NO_CREDENTIAL', `participants.${nation}`, {
      rule: 'a declaration names the root, authorities and replica of its participants',
      detail: `no valid ${kind} credential of ${nation} is held here`,
      remedy: `wait until ${nation} has published it, or name its file in the declaration`,
    });
  }

  async #one(name: string | undefined, nation: Nation, kind: CredentialKind): Promise<Credential> {
    if (name !== undefined) return this.#file(name, nation, kind);
    const [first, ...rest] = await this.#held(nation, kind);
    if (first !== undefined && rest.length === 0) return first;
    throw refuse('AMBIGUOUS', `participants.${nation}`, {
      rule: 'a nation takes part with one root and, if it votes, one replica',
      detail: `${String(rest.length + 1)} ${kind} credentials of ${nation} are held here`,
      remedy: `name the file of one of them as ${kind}`,
    });
  }

  async read({ nation, role, ...names }: ParticipantYaml): Promise<ParticipantBody> {
    const root = await this.#one(names.root, nation, 'root');
    const authorities =
      names.authorities?.map((name) => this.#file(name, nation, 'authority')) ??
      (await this.#held(nation, 'authority'));
    const base = {
      nation,
      role,
      roots: [root.kid],
      authorities: authorities.map(({ kid, publicKey, digest, domains }) => ({
        kid,
        publicKey: toHex(publicKey),
        credential: digest,
        domains,
      })),
    };
    if (role === 'observing') return base;
    const replica = await this.#one(names.replica, nation, 'replica');
    const consensusKey = toHex(replica.publicKey);
    return { ...base, replica: { consensusKey, credential: replica.digest } };
  }
}

function needOf(
  need: NonNullable<NonNullable<DeclarationYaml['authorityMap']>[SettlementKind]>[number],
): ApprovalNeedBody {
  const { domain } = need;
  return 'nation' in need
    ? { of: { nation: need.nation }, domain }
    : { of: { part: need.part }, domain };
}

/**
 * A declaration that people wrote, with the credentials of its participants filled in. Refuses with
 * key, rule and line.
 */
export async function declarationFromYaml(
  parts: DeclarationParts,
): Promise<{ readonly declaration: DeclarationBody; readonly label: string }> {
  const yaml = parseYaml(declarationYaml, parts.text, parts.path);
  const participants = new Participants(parts);
  const read: ParticipantBody[] = [];
  for (const one of yaml.participants) read.push(await participants.read(one));
  const map = Object.entries(yaml.authorityMap ?? {}).map(([kind, needs]) => ({
    kind: kind as SettlementKind,
    needs: needs.map(needOf),
  }));
  const declaration: DeclarationBody = {
    title: yaml.title,
    purposeLabel: toHex(labelBytes(yaml.purposeLabel ?? yaml.label, parts.nowMs)),
    participants: read.sort((a, b) => (a.nation < b.nation ? -1 : 1)),
    quorumProfile: yaml.quorum ?? 'bft',
    authorityMap: map,
    rulesVersion: yaml.rulesVersion ?? 1,
    pinned: yaml.pinned ?? [],
    nonce: yaml.nonce ?? randomBytes(16).toString('hex'),
  };
  return { declaration, label: yaml.label };
}
