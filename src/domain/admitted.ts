import type { Credential } from './credential.js';
import type { Event } from './event.js';

/** An event with the credential that its signature was checked against. */
export interface AdmittedEvent {
  readonly event: Event;
  readonly credential: Credential;
}
