import type { Result } from '../base/result.js';
import { err, ok } from '../base/result.js';
import type { Chain, IdentityRefusal, TrustView, Verified } from '../core/identity/index.js';
import { checkTrust, checkValidity, identityRefusal, verifyChain } from '../core/identity/index.js';
import { decodeCredential } from '../domain/codec/credential.js';
import { decodeTrustList } from '../domain/codec/trust-list.js';
import type { Credential, TrustEntry } from '../domain/credential.js';
import type { Event } from '../domain/event.js';
import type { CredentialDigest, Kid, Nation } from '../domain/ids.js';
import type { Verifier } from '../ports/verifier.js';
import type { AppConfig } from './parts.js';

/**
 * Who is who, as this node believes it: pinned roots, its own trust list, and the credentials whose
 * chains it verified. A projection of the log; nothing a peer sends can add a root.
 */
export class Directory {
  readonly #config: AppConfig;
  readonly #verifier: Verifier;
  readonly #roots = new Map<Kid, Credential>();
  readonly #credentials = new Map<CredentialDigest, Credential>();
  readonly #byKid = new Map<Kid, Credential>();
  readonly #chains = new Map<CredentialDigest, Result<Chain, IdentityRefusal>>();
  #entries: readonly TrustEntry[] = [];

  constructor(config: AppConfig, verifier: Verifier) {
    this.#config = config;
    this.#verifier = verifier;
    for (const root of [config.ownRoot, ...config.foreignRoots]) this.addRoot(root);
    for (const credential of config.ownCredentials) this.add(credential);
  }

  get trustEntries(): readonly TrustEntry[] {
    return this.#entries;
  }

  /** Pins a root that the operator added. Trust in it comes from the own trust list alone. */
  addRoot(root: Credential): void {
    this.#roots.set(root.kid, root);
    this.#remember(root);
  }

  root(kid: Kid): Credential | undefined {
    return this.#roots.get(kid);
  }

  /** Takes a credential in when its chain to a pinned root holds; answers why not. */
  add(credential: Credential): Result<Verified<Credential>, IdentityRefusal> {
    const chain = this.#chainOf(credential);
    if (!chain.ok) return chain;
    const verified = verifyChain(chain.value, this.#verifier);
    if (verified.ok) {
      this.#chains.set(credential.digest, chain);
      this.#remember(credential);
    }
    return verified;
  }

  /** Bytes of a credential event or of a hello. */
  addBytes(bytes: Uint8Array): Result<Verified<Credential>, IdentityRefusal> {
    const decoded = decodeCredential(bytes);
    if (decoded.ok) return this.add(decoded.value);
    const { field, rule } = decoded.error;
    return err(
      identityRefusal('MALFORMED', {
        field,
        rule,
        authority: 'format',
        detail: `${field} ${rule}`,
      }),
    );
  }

  /** A credential that this node believes at its author's time; the door asks validity itself. */
  trusted(digest: CredentialDigest): Result<Credential, IdentityRefusal> | 'unknown' {
    const credential = this.#credentials.get(digest);
    if (credential === undefined) return 'unknown';
    const refusal = this.#trustRefusal(credential, credential.notBefore);
    return refusal === undefined ? ok(credential) : err(refusal);
  }

  byDigest(digest: CredentialDigest): Credential | undefined {
    return this.#credentials.get(digest);
  }

  byKid(kid: Kid): Credential | undefined {
    return this.#byKid.get(kid);
  }

  /** Chain of a held credential, the leaf first, the root last. */
  chain(digest: CredentialDigest): Chain | undefined {
    const chain = this.#chains.get(digest);
    return chain?.ok ? chain.value : undefined;
  }

  /** The newest node credential of a nation that is believed here, whether or not it has expired. */
  newestNode(nation: Nation): Credential | null {
    return this.#newest(nation, 'node');
  }

  credentialsOf(nation: Nation, kind: Credential['kind']): readonly Credential[] {
    return [...this.#credentials.values()]
      .filter((c) => c.issuer === nation && c.kind === kind)
      .filter((c) => this.#trustRefusal(c, c.notBefore) === undefined)
      .sort((a, b) => b.issuedAt - a.issuedAt || (a.digest < b.digest ? -1 : 1));
  }

  /** Nations of the own trust list, and the own one. */
  trustedNations(): readonly Nation[] {
    return [this.#config.nation, ...this.#entries.map(({ nation }) => nation)].sort();
  }

  /** Verifies a peer's chain (leaf first, without root) and binds it to its transport key. */
  admitPeer(
    chain: readonly Uint8Array[],
    transportKey: Uint8Array,
    nowMs: number,
  ): Result<Credential, IdentityRefusal> {
    // Issuers first: a child is only believed once its issuer is.
    let last: Result<Verified<Credential>, IdentityRefusal> | undefined;
    for (const bytes of [...chain].reverse()) {
      last = this.addBytes(bytes);
      if (!last.ok) return last;
    }
    if (!last?.ok) return err(peerRefusal('MALFORMED', 'chain', 'is not empty', 'no credential'));
    const leaf = last.value.value;
    const seconds = Math.floor(nowMs / 1000);
    const refusal =
      bindingRefusal(leaf, transportKey) ??
      this.#trustRefusal(leaf, seconds) ??
      this.#chainValidity(leaf, seconds);
    return refusal === undefined ? ok(leaf) : err(refusal);
  }

  /** Applies what an admitted identity event states. */
  apply(event: Event): void {
    const { type, nation, body } = event.payload;
    if (body.form !== 'inline') return;
    if (type === 'credential') this.addBytes(body.bytes);
    if (type !== 'trust-list' || nation !== this.#config.nation) return;
    const entries = decodeTrustList(body.bytes);
    if (entries.ok) this.#entries = entries.value;
  }

  #remember(credential: Credential): void {
    this.#credentials.set(credential.digest, credential);
    const held = this.#byKid.get(credential.kid);
    if (held === undefined || held.issuedAt <= credential.issuedAt) {
      this.#byKid.set(credential.kid, credential);
    }
  }

  #newest(nation: Nation, kind: Credential['kind']): Credential | null {
    return this.credentialsOf(nation, kind)[0] ?? null;
  }

  #chainOf(leaf: Credential): Result<Chain, IdentityRefusal> {
    const chain: [Credential, ...Credential[]] = [leaf];
    for (let at = leaf; at.kind !== 'root';) {
      const issuer = this.#roots.get(at.issuerKid) ?? this.#byKid.get(at.issuerKid);
      if (issuer === undefined || chain.includes(issuer)) {
        return err(
          peerRefusal('ISSUER_UNKNOWN', 'kid', 'names a credential held here', at.issuerKid),
        );
      }
      chain.push(issuer);
      at = issuer;
    }
    const root = chain[chain.length - 1] ?? leaf;
    return this.#roots.has(root.kid)
      ? ok(chain)
      : err(peerRefusal('UNTRUSTED_ROOT', 'root', 'is pinned here', root.kid));
  }

  #trustRefusal(leaf: Credential, atSeconds: number): IdentityRefusal | undefined {
    if (this.#roots.has(leaf.kid)) {
      return leaf.kid === this.#config.ownRoot.kid
        ? undefined
        : this.#checkTrust(leaf, leaf, atSeconds);
    }
    const chain = this.chain(leaf.digest);
    const root = chain?.[chain.length - 1];
    if (root === undefined) {
      return peerRefusal('ISSUER_UNKNOWN', 'chain', 'ends at a pinned root', leaf.subject);
    }
    return this.#checkTrust(leaf, root, atSeconds);
  }

  #checkTrust(leaf: Credential, root: Credential, atSeconds: number): IdentityRefusal | undefined {
    const view: TrustView = {
      owner: this.#config.nation,
      ownRoot: this.#config.ownRoot.kid,
      entries: this.#entries,
    };
    return checkTrust(leaf, root, view, Math.max(atSeconds, this.#trustFloor(leaf.issuer)));
  }

  /** History stays readable: what was signed before a nation was listed counts as of the listing. */
  #trustFloor(nation: Nation): number {
    return this.#entries.find((entry) => entry.nation === nation)?.notBefore ?? 0;
  }

  #chainValidity(leaf: Credential, seconds: number): IdentityRefusal | undefined {
    for (const credential of this.chain(leaf.digest) ?? []) {
      const refusal = checkValidity(credential, seconds);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }
}

function peerRefusal(
  code: IdentityRefusal['code'],
  field: string,
  rule: string,
  detail: string,
): IdentityRefusal {
  return identityRefusal(code, { field, rule, authority: 'receiver', detail });
}

/** The hello binds a PeerId to a node credential: the raw transport keys are equal. */
function bindingRefusal(leaf: Credential, transportKey: Uint8Array): IdentityRefusal | undefined {
  if (leaf.kind !== 'node') {
    return peerRefusal('WRONG_KIND', 'kind', 'is node', `${leaf.subject} is a ${leaf.kind}`);
  }
  const bound = leaf.transportKey;
  const same = bound?.length === 32 && bound.every((byte, i) => byte === transportKey[i]);
  if (same) return undefined;
  return peerRefusal(
    'TRANSPORT_MISMATCH',
    'transportKey',
    'equals the public key of the PeerId',
    leaf.subject,
  );
}
