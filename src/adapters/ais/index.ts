/**
 * AIS from NMEA 0183 files: AIVDM and AIVDO sentences (IEC 61162-1, ITU-R M.1371) into positions
 * and static data, line by line, with every line that gave none and why.
 *
 * @example
 * const { reports, skipped } = readAis(await readFile('feed.nmea', 'latin1'));
 */
export { linesOf } from './lines.js';
export { readAis, readAisLines } from './reader.js';
export { isSkipped, type AisReport, type SkippedLine } from './report.js';
