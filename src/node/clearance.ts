import { clearance as clearanceSchema } from '../api/schemas/values.js';
import type { Clearance } from '../domain/credential.js';
import type { ClearanceBody } from '../domain/requests.js';
import { parseYaml } from './config.js';
import { readIfThere } from './private-file.js';
import { refuse } from './refusal-error.js';

/** A clearance from YAML: per policy its `classifications` and the values of its `tags`. */
export function readClearance(path: string): Clearance {
  const bytes = readIfThere(path);
  if (bytes !== undefined) return parseYaml(clearanceSchema, bytes.toString('utf8'), path);
  throw refuse('USAGE', '--clearance', {
    rule: 'a clearance is a YAML file: policy, its classifications, its tags',
    detail: `there is no ${path}`,
    remedy: 'check the path',
  });
}

export function clearanceBody(clearance: Clearance): ClearanceBody {
  return Object.fromEntries(
    [...clearance].map(([policy, { classifications, tags }]) => [
      policy,
      { classifications, tags: Object.fromEntries(tags) },
    ]),
  );
}
