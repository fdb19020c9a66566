import type { LabelDigest } from './ids.js';

/**
 * A confidentiality label in the compact projection of STANAG 4774 (all fields of
 * `ConfidentialityInformation` and the envelope; times stay text so that the projection is lossless).
 */
export interface Label {
  readonly kind: 'originator' | 'alternative' | 'metadata';
  readonly policy: { readonly name: string; readonly uri: string | null };
  readonly classification: string;
  readonly privacyMark?: string;
  readonly categories: readonly Category[];
  readonly originatorId?: { readonly type: number; readonly id: string };
  /** CreationDateTime as written, with its zone. Dates the label, not the data. */
  readonly created: string;
  readonly review?: string;
  readonly succession?: { readonly at: string; readonly successor: LabelBody };
  readonly id?: string;
}

/** What a successor label states: keys 2..7 of the projection. */
export type LabelBody = Pick<
  Label,
  'policy' | 'classification' | 'privacyMark' | 'categories' | 'originatorId' | 'created'
>;

/** PERMISSIVE: any one value suffices. RESTRICTIVE: all are needed. INFORMATIVE: never decides. */
export type CategoryType = 'permissive' | 'restrictive' | 'informative';

export interface Category {
  readonly type: CategoryType;
  readonly tag: string;
  readonly uri: string | null;
  readonly values: readonly string[];
}

/** A label with the digest that names it. */
export interface DigestedLabel {
  readonly digest: LabelDigest;
  readonly bytes: Uint8Array;
  readonly label: Label;
}
