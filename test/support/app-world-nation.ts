import { createHash } from 'node:crypto';
import { KEM_X25519, keyPairOf } from '../../src/adapters/keys/index.js';
import type { RawKeyPair } from '../../src/adapters/keys/index.js';
import type { AppConfig, OwnKey } from '../../src/app/parts.js';
import type { ActSigner, TrustInput } from '../../src/app/service.js';
import type { CredentialClaims } from '../../src/domain/codec/credential.js';
import type { Credential, CredentialKind } from '../../src/domain/credential.js';
import { CREDENTIAL_KINDS } from '../../src/domain/credential.js';
import type { Role } from '../../src/domain/event.js';
import { ROLES } from '../../src/domain/event.js';
import type { Nation } from '../../src/domain/ids.js';
import { nation } from '../../src/domain/ids.js';
import type { Participant } from '../../src/domain/operation.js';
import { missionClearance } from '../../src/node/label-text.js';
import { AT_S, claimsOf, issue, keyOf } from './identity-world.js';

const FVEY = ['AUS', 'CAN', 'GBR', 'NZL', 'USA'];
const DOMAINS = ['intelligence-release', 'operations', 'weapons-release'];
const DAY_S = 86_400;

function seedOf(name: string): Uint8Array {
  return createHash('sha256').update(name).digest();
}

export function communitiesOf(code: string): readonly string[] {
  return FVEY.includes(code) ? ['FVEY', 'MISSION'] : ['MISSION'];
}

/** A nation with its keys and credentials: all of them follow from its code. */
export class AppNation {
  readonly nation: Nation;
  readonly root: Credential;
  readonly authority: Credential;
  readonly node: OwnKey;
  readonly release: OwnKey;
  readonly replica: OwnKey;
  readonly transport: Uint8Array;
  readonly hpke: RawKeyPair;

  constructor(code: string) {
    this.nation = nation(code);
    this.transport = keyOf(`${code} transport`).publicKey;
    this.hpke = keyPairOf('x25519', seedOf(`${code} hpke`));
    this.root = this.#make('root', { delegate: this.#delegation(3) }, 'root');
    this.authority = this.#make('authority', { delegate: this.#delegation(2) }, 'root');
    this.node = this.#own('node', {
      transportKey: this.transport,
      hpkeKey: {
        kem: KEM_X25519,
        publicKey: new Uint8Array(this.hpke.publicKey),
        notAfter: AT_S + 300 * DAY_S,
      },
    });
    this.release = this.#own('release');
    this.replica = this.#own('replica');
  }

  /** A credential under the nation's authority, with the key that its name stands for. */
  credential(kind: CredentialKind, over: Partial<CredentialClaims> = {}, name = kind): Credential {
    return this.#make(kind, over, 'authority', name);
  }

  get published(): readonly Credential[] {
    const { authority, node, release, replica } = this;
    return [authority, node.credential, release.credential, replica.credential];
  }

  /** The key of that name in a person's hand; remembers what it was told. */
  hand(name: string = 'authority'): ActSigner & { readonly statements: (readonly string[])[] } {
    const key = keyOf(`${this.nation} ${name}`);
    const statements: (readonly string[])[] = [];
    return {
      kid: key.kid,
      statements,
      sign: (message, statement) => {
        statements.push(statement);
        return Promise.resolve(key.sign(message));
      },
    };
  }

  /** The line another nation writes of this one. */
  trustInput(): TrustInput {
    return {
      coi: communitiesOf(this.nation),
      kinds: CREDENTIAL_KINDS,
      clearance: missionClearance(this.nation),
      notBefore: AT_S - DAY_S,
      expires: AT_S + 300 * DAY_S,
    };
  }

  participant(role: Role): Participant {
    const { authority, replica } = this;
    return {
      nation: this.nation,
      role,
      roots: [this.root.kid],
      authorities: [
        {
          kid: authority.kid,
          publicKey: authority.publicKey,
          credential: authority.digest,
          domains: authority.domains,
        },
      ],
      ...(role === 'observing'
        ? {}
        : {
            replica: {
              consensusKey: replica.credential.publicKey,
              credential: replica.credential.digest,
            },
          }),
    };
  }

  /** What the node of this nation is told about itself. */
  identity(): Pick<
    AppConfig,
    'nation' | 'ownRoot' | 'ownCredentials' | 'node' | 'release' | 'replica' | 'logSecret'
  > {
    return {
      nation: this.nation,
      ownRoot: this.root,
      ownCredentials: this.published,
      node: this.node,
      release: this.release,
      replica: this.replica,
      logSecret: new Uint8Array(seedOf(`${this.nation} log`)),
    };
  }

  #own(kind: 'node' | 'release' | 'replica', over: Partial<CredentialClaims> = {}): OwnKey {
    const key = keyOf(`${this.nation} ${kind}`);
    const signer = {
      kid: key.kid,
      publicKey: key.publicKey,
      sign: (message: Uint8Array) => Promise.resolve(key.sign(message)),
    };
    return { signer, credential: this.#make(kind, over, 'authority') };
  }

  #delegation(depth: number): NonNullable<Credential['delegate']> {
    return {
      depth,
      kinds: CREDENTIAL_KINDS.filter((kind) => kind !== 'root'),
      coi: communitiesOf(this.nation),
      roles: ROLES,
      clearance: missionClearance(this.nation),
      domains: DOMAINS,
    };
  }

  #make(
    kind: CredentialKind,
    over: Partial<CredentialClaims>,
    by: string,
    name: string = kind,
  ): Credential {
    const code = this.nation;
    const claims = claimsOf(kind, {
      issuer: code,
      subject: `${code}/${kind}/${name}`,
      notBefore: AT_S - 30 * DAY_S,
      issuedAt: AT_S - 30 * DAY_S,
      expires: AT_S + 300 * DAY_S,
      publicKey: keyOf(`${code} ${name}`).publicKey,
      nationality: [code],
      clearance: missionClearance(code),
      coi: communitiesOf(code),
      domains: kind === 'root' || kind === 'authority' ? DOMAINS : [],
      tokenId: new Uint8Array(seedOf(`${code} ${name} token`).subarray(0, 16)),
      ...over,
    });
    return issue(claims, `${code} ${by}`);
  }
}
