import type { OpenedConsent } from '../core/settlement/index.js';
import type { Op } from '../domain/ids.js';
import type { ActParts } from './act-parts.js';

/** The consents of originators that this node holds and can open in an operation. */
export async function originatorConsents(
  { contents, directory, ports }: Pick<ActParts, 'contents' | 'directory' | 'ports'>,
  op: Op,
): Promise<readonly OpenedConsent[]> {
  const consents: OpenedConsent[] = [];
  for await (const { event } of ports.log.events({ type: 'originator-consent', op })) {
    const content = await contents.content(event);
    const credential = directory.byDigest(event.payload.credential);
    if (content?.type === 'originator-consent' && credential !== undefined) {
      consents.push({ admitted: { event, credential }, content });
    }
  }
  return consents;
}
