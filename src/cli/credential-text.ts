import type { Credential } from '../domain/credential.js';
import { clearanceBody } from '../node/clearance.js';
import { fields, list, utc } from './output.js';

/** A credential as plain JSON, times in Unix milliseconds. */
export function credentialView(credential: Credential): Readonly<Record<string, unknown>> {
  const { digest, kid, issuer, issuerKid, subject, kind, nationality, coi, domains, roles } =
    credential;
  return {
    digest,
    kid,
    issuer,
    issuerKid,
    subject,
    kind,
    nationality,
    coi,
    domains,
    roles,
    clearance: clearanceBody(credential.clearance),
    notBeforeMs: credential.notBefore * 1000,
    expiresMs: credential.expires * 1000,
    delegates: credential.delegate?.kinds ?? [],
  };
}

export function credentialText(credential: Credential): string {
  const clearances = [...credential.clearance].map(
    ([policy, { classifications }]) => `${policy}: ${classifications.join(', ')}`,
  );
  return fields([
    ['subject', credential.subject],
    ['kind', credential.kind],
    ['kid', credential.kid],
    ['digest', credential.digest],
    ['issuer', `${credential.issuer}, kid ${credential.issuerKid}`],
    ['valid', `${utc(credential.notBefore * 1000)} to ${utc(credential.expires * 1000)}`],
    ['communities', list(credential.coi)],
    ['domains', list(credential.domains)],
    ['roles', list(credential.roles)],
    ['clearance', list(clearances)],
    ['may issue', list(credential.delegate?.kinds ?? [])],
  ]);
}
