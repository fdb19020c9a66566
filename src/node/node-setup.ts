import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { publicKeyFromRaw } from '@libp2p/crypto/keys';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import type { Credential } from '../domain/credential.js';
import { ROLES } from '../domain/event.js';
import type { LinkProfile } from './config-schema.js';
import { writeConfig } from './config.js';
import type { Home } from './home.js';
import { readNation } from './home.js';
import type { Issuer, Statement } from './issuing.js';
import { issue, openAuthority } from './issuing.js';
import type { PublicKeyFile } from './keyring.js';
import { createHpkeKey, createKey, publicKeyOf } from './keyring.js';
import { writePrivateFile } from './private-file.js';
import { refuse } from './refusal-error.js';

/** DHKEM(X25519, HKDF-SHA256), RFC 9180. */
const KEM_X25519 = 0x0020;
/** A node renews at half of its life; the design's upper bound. */
const NODE_DAYS = 3;

export interface NodeSetup {
  readonly home: Home;
  readonly name: string;
  readonly authority: string;
  readonly authorityPassphrase: () => Promise<string>;
  readonly nodePassphrase: () => Promise<string>;
  /** Issue new credentials for the keys that are there, instead of making keys. */
  readonly renew: boolean;
  readonly nowMs: number;
  readonly days?: number;
  readonly config: {
    readonly listen: readonly string[];
    readonly bootstrap: readonly string[];
    readonly profile?: LinkProfile;
    readonly apiPort?: number;
  };
}

export interface NodeMade {
  readonly home: Home;
  readonly node: Credential;
  readonly peerId: string;
  /** Credentials for peers to see, issuers first. */
  readonly publish: readonly Credential[];
}

/** The node's keys by file name: each signs one kind of thing. */
interface NodeKeys {
  readonly node: PublicKeyFile;
  readonly release: PublicKeyFile;
  readonly replica: PublicKeyFile;
  readonly transport: PublicKeyFile;
  readonly hpke: PublicKeyFile;
}

async function keys(setup: NodeSetup): Promise<NodeKeys> {
  const { home, renew, nodePassphrase } = setup;
  const take = (name: string): Promise<PublicKeyFile> =>
    renew ? publicKeyOf(home, name) : createKey(home, name, nodePassphrase);
  return {
    node: await take('node'),
    release: await take('release'),
    replica: await take('replica'),
    transport: await take('transport'),
    hpke: renew ? await publicKeyOf(home, 'hpke') : await createHpkeKey(home, nodePassphrase),
  };
}

async function credentials(
  setup: NodeSetup,
  issuer: Issuer & { readonly credential: Credential },
  made: NodeKeys,
): Promise<{ readonly node: Credential; readonly all: readonly Credential[] }> {
  const { name, days = NODE_DAYS, renew } = setup;
  const { coi, clearance, expires } = issuer.credential;
  const stated: Pick<Statement, 'name' | 'days' | 'coi' | 'clearance' | 'domains' | 'roles'> = {
    name,
    days,
    coi,
    clearance,
    domains: [],
    roles: ROLES,
  };
  const now = Math.floor(setup.nowMs / 1000);
  const node = await issue(issuer, {
    ...stated,
    kind: 'node',
    publicKey: made.node.publicKey,
    transportKey: made.transport.publicKey,
    hpkeKey: {
      kem: KEM_X25519,
      publicKey: made.hpke.publicKey,
      notAfter: Math.min(now + days * 86_400, expires),
    },
  });
  const release = await issue(issuer, {
    ...stated,
    kind: 'release',
    publicKey: made.release.publicKey,
  });
  if (renew) return { node, all: [node, release] };
  // Operations pin the replica's credential: it lives as long as its authority and is not renewed.
  const replica = await issue(issuer, {
    ...stated,
    kind: 'replica',
    publicKey: made.replica.publicKey,
    days: Math.ceil((expires - now) / 86_400),
  });
  return { node, all: [node, release, replica] };
}

function checkFresh({ home, renew }: NodeSetup): void {
  if (existsSync(join(home.keys, 'node.json')) === renew) return;
  throw refuse(renew ? 'NOT_FOUND' : 'EXISTS', 'home', {
    rule: 'a node is set up once; afterwards its credentials are renewed',
    detail: renew ? `there is no node in ${home.dir}` : `a node is set up in ${home.dir} already`,
    remedy: renew ? 'entente node init' : 'entente node init --renew',
  });
}

function configure(setup: NodeSetup): void {
  const { home, config } = setup;
  const { listen, bootstrap, profile = 'lan', apiPort = 0 } = config;
  writeConfig(home, {
    nation: readNation(home).nation,
    listen: listen.length > 0 ? listen : ['/ip4/127.0.0.1/tcp/0'],
    bootstrap,
    link: { profile },
    api: { host: '127.0.0.1', port: apiPort },
    log: { level: 'info' },
  });
}

/** Makes the keys of a nation's node, has its authority sign their credentials, and configures it. */
export async function setUpNode(setup: NodeSetup): Promise<NodeMade> {
  const { home, authorityPassphrase } = setup;
  readNation(home);
  checkFresh(setup);
  // Both secrets are at hand before anything is made.
  const issuer = await openAuthority({ ...setup, passphrase: authorityPassphrase });
  if (!setup.renew) await setup.nodePassphrase();
  if (!setup.renew) configure(setup);
  const made = await keys(setup);
  const { node, all } = await credentials(setup, issuer, made);
  for (const credential of all) {
    writePrivateFile(join(home.credentials, `${credential.kind}.cred`), credential.bytes);
  }
  const peerId = peerIdFromPublicKey(publicKeyFromRaw(made.transport.publicKey)).toString();
  const publish = setup.renew ? all : [issuer.credential, ...all];
  return { home, node, peerId, publish };
}
