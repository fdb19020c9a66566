import type { ActResult } from '../domain/views.js';
import type { Output } from './output.js';

/** What came of an act, with every id it made. */
export function actOutput(done: string, result: ActResult): Output {
  const ids = [
    ['declaration', result.declaration],
    ['operation', result.opId],
    ['settlement', result.settlement],
  ] as const;
  const named = ids.flatMap(([name, id]) => (id === undefined ? [] : [`  ${name} ${id}\n`]));
  const events = result.events.map((id) => `  event ${id}\n`);
  return { json: result, text: `${done}\n${[...named, ...events].join('')}` };
}
