import fc from 'fast-check';
import { nation } from '../../../src/domain/ids.js';
import type { Nation } from '../../../src/domain/ids.js';
import type { Category, Label } from '../../../src/domain/label.js';
import { MISSION_POLICY } from '../../../src/core/policy/index.js';

/** Labels that the mission policy accepts, over few nations so that sets meet and miss. */

export const NATIONS: readonly Nation[] = ['AUS', 'CAN', 'GBR', 'JPN', 'NZL', 'USA'].map(nation);

const nations = fc.subarray([...NATIONS], { minLength: 1 });

function categoryOf(tagName: string): fc.Arbitrary<Category | undefined> {
  const tag = MISSION_POLICY.tags.find(({ name }) => name === tagName);
  if (tag === undefined) throw new Error(`${tagName} is a tag of the policy`);
  const values = tag.values === null ? nations : fc.subarray([...tag.values], { minLength: 1 });
  return fc.option(
    values.map((list) => ({ type: tag.type, tag: tag.name, uri: tag.uri, values: list })),
    { nil: undefined },
  );
}

const ownership = fc.option(fc.constantFrom(...NATIONS, 'NATO'), { nil: undefined });
const days = fc.integer({ min: 0, max: 20_000 });

export const missionLabels: fc.Arbitrary<Label> = fc
  .record({
    classification: fc.constantFrom(...MISSION_POLICY.classifications.map(({ name }) => name)),
    owner: ownership,
    categories: fc.tuple(
      ...['Release', 'Dissemination', 'Handling', 'Export Control', 'Export Authority'].map(
        categoryOf,
      ),
    ),
    created: days.map((day) => new Date(day * 86_400_000).toISOString()),
  })
  .map(({ classification, owner, categories, created }) => {
    const tag = MISSION_POLICY.tags.find(({ name }) => name === 'Ownership');
    const owned: Category[] =
      owner === undefined || tag === undefined
        ? []
        : [{ type: tag.type, tag: tag.name, uri: tag.uri, values: [owner] }];
    return {
      kind: 'originator',
      policy: { name: MISSION_POLICY.name, uri: MISSION_POLICY.uri },
      classification,
      categories: [...owned, ...categories.filter((one) => one !== undefined)],
      created,
    };
  });
