import type { AppConfig, AppPorts, OwnKey } from '../app/parts.js';
import { createApp } from '../app/create-app.js';
import type { App } from '../app/create-app.js';
import { openLevelStore } from '../adapters/level/index.js';
import type { LevelStore } from '../adapters/level/index.js';
import { createLibp2pMesh } from '../adapters/libp2p/index.js';
import { systemClock, systemEntropy, systemTimers } from '../adapters/system/index.js';
import { createSealer, createVerifier } from '../adapters/keys/index.js';
import { GROUPS, MISSION_POLICY } from '../core/policy/index.js';
import type { Credential, CredentialKind } from '../domain/credential.js';
import type { StateStore } from '../ports/state-store.js';
import type { Vault } from '../ports/vault.js';
import { readConfig } from './config.js';
import type { NodeConfig } from './config.js';
import type { CreateNode, OpenOfflineService, Passphrases } from './contract.js';
import { homeCredentials } from './credential-files.js';
import { feedReader } from './feeds.js';
import type { Home } from './home.js';
import { homeAt } from './home.js';
import { lazySigner, openKeyPair, openVault, publicKeyOf } from './keyring.js';
import { pinoLogger } from './pino-logger.js';
import { refuse } from './refusal-error.js';
import { homeRoots } from './roots.js';
import { storeGuarded } from './store-refusal.js';
import { createTap } from './tap-file.js';

const SECRETS = 'node-secret';
/** libp2p tells only in its message why it cannot listen. */
const UNLISTENABLE = /EADDRINUSE|EADDRNOTAVAIL|EACCES/;

/** The log's secret: made once, sealed at rest, the same for the log's whole life. */
async function logSecret(state: StateStore, vault: Vault): Promise<Uint8Array> {
  const held = await state.get(SECRETS, 'log');
  if (held !== undefined) return vault.open(held, 'log-secret');
  const secret = systemEntropy.bytes(32);
  const value = vault.seal(secret, 'log-secret');
  await state.write([{ collection: SECRETS, key: 'log', value }]);
  return secret;
}

/** The newest credential of a kind in the home. */
function credentialOf(own: readonly Credential[], kind: CredentialKind): Credential | undefined {
  return own
    .filter((credential) => credential.kind === kind)
    .sort((a, b) => b.issuedAt - a.issuedAt)[0];
}

async function ownKey(
  home: Home,
  own: readonly Credential[],
  kind: 'node' | 'release' | 'replica',
  ask: () => Promise<string>,
): Promise<OwnKey> {
  const credential = credentialOf(own, kind);
  const { kid } = await publicKeyOf(home, kind);
  if (credential?.kid === kid) {
    return { signer: await lazySigner(home, kind, ask), credential };
  }
  throw refuse('CONFIG', `credentials/${kind}.cred`, {
    rule: `vouches for the key in keys/${kind}.json`,
    detail: credential === undefined ? 'there is no such credential' : 'is of another key',
    remedy: 'entente node init, or node init --renew',
  });
}

async function appConfig(
  home: Home,
  config: NodeConfig,
  parts: { readonly ask: () => Promise<string>; readonly secret: Uint8Array },
): Promise<AppConfig> {
  const own = homeCredentials(home);
  const roots = homeRoots(home);
  const ownRoot = roots.find((root) => root.own);
  if (ownRoot === undefined) {
    throw refuse('CONFIG', 'roots', {
      rule: "holds the own nation's root",
      detail: `there is no roots/${config.nation}.cred`,
      remedy: 'restore it from a backup',
    });
  }
  const { checkpointIntervalMs, viewTimeoutBaseMs, viewTimeoutMaxMs } = config.timers;
  return {
    nation: config.nation,
    ownRoot,
    foreignRoots: roots.filter((root) => !root.own),
    ownCredentials: own,
    node: await ownKey(home, own, 'node', parts.ask),
    release: await ownKey(home, own, 'release', parts.ask),
    replica: await ownKey(home, own, 'replica', parts.ask),
    logSecret: parts.secret,
    policy: {
      policies: new Map([[MISSION_POLICY.name, MISSION_POLICY]]),
      groups: new Map(GROUPS.map((group) => [group.name, group])),
    },
    timing: {
      checkpointIntervalMs,
      viewBaseMs: viewTimeoutBaseMs,
      viewMaxMs: viewTimeoutMaxMs,
    },
    process: { pid: process.pid, startedMs: systemClock.nowMs() },
  };
}

interface Opened {
  readonly app: App;
  readonly ports: AppPorts;
  readonly store: LevelStore;
}

async function openApp(home: Home, config: NodeConfig, passphrases: Passphrases): Promise<Opened> {
  const ask = onceAsked(passphrases);
  const store = await storeGuarded(() => openLevelStore(home.data));
  try {
    const vault = await openVault(home, ask);
    const ports: AppPorts = {
      clock: systemClock,
      timers: systemTimers,
      entropy: systemEntropy,
      verifier: createVerifier(),
      sealer: createSealer([await openKeyPair(home, 'hpke', ask)]),
      vault,
      log: store.eventLog,
      state: store.stateStore,
      safety: store.safetyStore,
      feeds: feedReader,
      logger: pinoLogger(config.log.level, config.nation),
    };
    const secret = await logSecret(store.stateStore, vault);
    const app = createApp(await appConfig(home, config, { ask, secret }), ports);
    await storeGuarded(() => app.load());
    return { app, ports, store };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Asks a person at most once for what opens several keys. */
function onceAsked(passphrases: Passphrases): () => Promise<string> {
  let answer: Promise<string> | undefined;
  return () => (answer ??= passphrases.node());
}

/** Peers answer nothing to a node whose credential has run out: better said here than by silence. */
function checkInForce(home: Home): void {
  const node = credentialOf(homeCredentials(home), 'node');
  if (node === undefined || systemClock.nowMs() < node.expires * 1000) return;
  throw refuse('EXPIRED', 'credentials/node.cred', {
    rule: "a node runs under a credential of its nation's authority that is in force",
    detail: `${node.subject} expired at ${new Date(node.expires * 1000).toISOString()}`,
    remedy: `entente node init --renew --home ${home.dir}`,
  });
}

async function startMesh(mesh: { start(): Promise<void> }, { listen }: NodeConfig): Promise<void> {
  try {
    await mesh.start();
  } catch (error) {
    const code = error instanceof Error ? UNLISTENABLE.exec(error.message)?.[0] : undefined;
    if (code === undefined) throw error;
    throw refuse('PORT_IN_USE', 'listen', {
      rule: 'the node listens on the configured addresses',
      detail: `cannot listen on ${listen.join(', ')}: ${code}`,
      remedy: 'choose other addresses in config.yaml, or stop what holds them',
    });
  }
}

/** Composes a node over the real adapters, from its home folder. */
export const createNode: CreateNode = async (dir, passphrases) => {
  const home = homeAt(dir);
  const config = readConfig(home);
  checkInForce(home);
  const { app, ports, store } = await openApp(home, config, passphrases);
  const transport = await openKeyPair(home, 'transport', () => passphrases.node());
  const tap = config.debug.tapFile === undefined ? undefined : createTap(config.debug.tapFile);
  const mesh = await createLibp2pMesh({
    transportPrivateKey: transport.privateKey,
    listen: config.listen,
    profile: config.link.profile,
    bootstrap: config.bootstrap,
    helloGate: app.hello,
    linkHandlers: app.linkHandlers,
    gossipHandlers: app.gossipHandlers,
    clock: ports.clock,
    timers: ports.timers,
    entropy: ports.entropy,
    logger: ports.logger,
    rosterSize: () => app.rosterSize(),
    dialAddressMap: (address) => config.addressMap[address] ?? address,
    ...(tap === undefined ? {} : { tap: tap.see }),
  });
  const stop = async (): Promise<void> => {
    await app.stop();
    await mesh.stop();
    await tap?.close();
    await store.close();
  };
  try {
    await startMesh(mesh, config);
    await app.connect({ links: mesh.links, gossip: mesh.gossip });
  } catch (error) {
    await stop();
    throw error;
  }
  return { service: app.service, stop };
};

/** The service over the store alone, for acts while no node runs. */
export const openOfflineService: OpenOfflineService = async (dir, passphrases) => {
  const home = homeAt(dir);
  const { app, store } = await openApp(home, readConfig(home), passphrases);
  return {
    service: app.service,
    close: async () => {
      await app.stop();
      await store.close();
    },
  };
};
