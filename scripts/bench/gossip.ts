import type { Options } from './options.js';
import type { Row } from './report.js';
export function gossip(_options: Options): Promise<readonly Row[]> {
  return Promise.reject(new Error('not yet'));
}
