import { actSchema } from '../api/schemas/act.js';
import type { Kid } from '../domain/ids.js';
import type { ActBody } from '../domain/requests.js';
import type { ActView, LogAuditView } from '../domain/views.js';
import { systemClock } from '../adapters/system/index.js';
import type { OpenOfflineService, Passphrases } from './contract.js';
import { homeAt } from './home.js';
import { takeLock } from './node-lock.js';
import { storeGuarded } from './store-refusal.js';

/** A person's key at hand: signs after showing what the signature means. */
export interface PersonSigner {
  readonly kid: Kid;
  sign(message: Uint8Array, statement: readonly string[]): Promise<Uint8Array>;
}

export interface OfflineParts {
  readonly home: string;
  readonly passphrases: Passphrases;
  readonly open: OpenOfflineService;
}

async function withService<T>(
  parts: OfflineParts,
  use: (service: Awaited<ReturnType<OpenOfflineService>>['service']) => Promise<T>,
): Promise<T> {
  const release = takeLock(homeAt(parts.home), systemClock.nowMs());
  try {
    const opened = await parts.open(parts.home, parts.passphrases);
    try {
      return await storeGuarded(() => use(opened.service));
    } finally {
      await opened.close();
    }
  } finally {
    release();
  }
}

/**
 * Performs acts in order on the store while no node runs, in one opening of it; the same strict
 * form as over the API. The first refused act is the last view: the acts after it are not tried.
 */
export async function actOffline(
  parts: OfflineParts,
  bodies: readonly ActBody[],
  signer: PersonSigner,
): Promise<readonly ActView[]> {
  const requests = bodies.map((body) => actSchema.parse(body));
  return withService(parts, async (service) => {
    const views: ActView[] = [];
    for (const request of requests) {
      const result = await service.act(request, signer);
      const { act } = request;
      if (!result.ok) return [...views, { state: 'refused', act, refusal: result.error }];
      views.push({ state: 'done', act, result: result.value });
    }
    return views;
  });
}

/** Checks the whole log of a home while no node runs. */
export async function auditOffline(parts: OfflineParts): Promise<LogAuditView> {
  return withService(parts, (service) => service.auditLog());
}
