import type { Group } from '../../../domain/operation.js';
import { nation } from '../../../domain/ids.js';

/**
 * Groups with dated membership. Sources: FVEY — the five parties of the UKUSA Agreement as stated
 * in the 1955/56 issue (NSA and GCHQ release of 2010); AUKUS — joint leaders' statement of
 * 15 September 2021; NATO — dates of accession as listed by the Alliance (nato.int, "Member
 * countries").
 */
function members(from: string, codes: string): Group['members'] {
  return codes.split(' ').map((code) => ({ nation: nation(code), from: `${from}T00:00:00Z` }));
}

export const GROUPS: readonly Group[] = [
  { name: 'FVEY', members: members('1956-10-10', 'AUS CAN GBR NZL USA') },
  { name: 'AUKUS', members: members('2021-09-15', 'AUS GBR USA') },
  {
    name: 'NATO',
    members: [
      ...members('1949-08-24', 'BEL CAN DNK FRA GBR ISL ITA LUX NLD NOR PRT USA'),
      ...members('1952-02-18', 'GRC TUR'),
      ...members('1955-05-06', 'DEU'),
      ...members('1982-05-30', 'ESP'),
      ...members('1999-03-12', 'CZE HUN POL'),
      ...members('2004-03-29', 'BGR EST LTU LVA ROU SVK SVN'),
      ...members('2009-04-01', 'ALB HRV'),
      ...members('2017-06-05', 'MNE'),
      ...members('2020-03-27', 'MKD'),
      ...members('2023-04-04', 'FIN'),
      ...members('2024-03-07', 'SWE'),
    ],
  },
];
