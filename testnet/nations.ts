/** The reference coalition: maritime interdiction in the Indo-Pacific. */
export type Code = 'AUS' | 'GBR' | 'JPN' | 'USA' | 'CAN' | 'NZL';
export type CoalitionRole = 'lead' | 'supporting' | 'observing';

export const ROLES: Readonly<Record<Code, CoalitionRole>> = {
  AUS: 'lead',
  GBR: 'supporting',
  JPN: 'supporting',
  USA: 'supporting',
  CAN: 'observing',
  NZL: 'observing',
};

export const CODES = Object.keys(ROLES) as readonly Code[];
export const FVEY: readonly Code[] = ['AUS', 'CAN', 'GBR', 'NZL', 'USA'];
export const AUKUS: readonly Code[] = ['AUS', 'GBR', 'USA'];

export function isCode(text: string): text is Code {
  return (CODES as readonly string[]).includes(text);
}

/** Groups in which a nation counts another, beside the mission itself. */
export function communities(of: Code): readonly string[] {
  return [
    'MISSION',
    ...(FVEY.includes(of) ? ['FVEY'] : []),
    ...(AUKUS.includes(of) ? ['AUKUS'] : []),
  ];
}

/**
 * Whom each node is told about at the start: exactly one living peer, in a tree without a centre
 * (no nation is named more than twice). The rest it must find.
 */
export const FIRST_PEER: Readonly<Record<Code, Code | null>> = {
  AUS: null,
  GBR: 'AUS',
  USA: 'GBR',
  JPN: 'USA',
  CAN: 'JPN',
  NZL: 'CAN',
};
