/**
 * Cursor-on-Target XML files into events, with every stretch of the file that gave none and why.
 *
 * @example
 * const { events, skipped } = readCot(await readFile('tracks.cot.xml', 'utf8'));
 */
export { readCot } from './reader.js';
export type { CotReport } from './report.js';
