import { createRequire } from 'node:module';
import { cruise } from 'dependency-cruiser';
import type { IConfiguration, ICruiseResult, IForbiddenRuleType } from 'dependency-cruiser';
import { describe, expect, it } from 'vitest';
import { withTree } from './temp-tree.js';

const config = createRequire(import.meta.url)('../../../.dependency-cruiser.cjs') as IConfiguration;
const forbidden = (config.forbidden ?? []) as readonly IForbiddenRuleType[];

type Tree = Readonly<Record<string, string>>;

const pkg = (name: string): Tree => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, main: 'index.js' }),
  [`node_modules/${name}/index.js`]: 'export const value = 1;\n',
});

/** What stands around every case: a manifest and the packages that a case may import. */
const world: Tree = {
  'package.json': JSON.stringify({
    dependencies: { cborg: '1', fastify: '1', '@cedar-policy/cedar-wasm': '1' },
    devDependencies: { vitest: '1' },
  }),
  ...pkg('cborg'),
  ...pkg('fastify'),
  ...pkg('undeclared'),
  ...pkg('vitest'),
  ...pkg('@cedar-policy/cedar-wasm'),
};

/** A module with one type and one value. */
const thing = 'export interface Thing { readonly a: 1 }\nexport const value = 1;\n';

async function brokenRules(files: Tree): Promise<readonly string[]> {
  return withTree({ ...world, ...files }, async (root) => {
    const { output } = await cruise(
      ['src', 'testnet', 'test'].filter((top) =>
        Object.keys(files).some((path) => path.startsWith(`${top}/`)),
      ),
      {
        baseDir: root,
        validate: true,
        ruleSet: { forbidden: [...forbidden] },
        tsPreCompilationDeps: true,
        doNotFollow: { path: ['node_modules'] },
      },
      { ...config.options?.enhancedResolveOptions },
    );
    const { violations } = (output as ICruiseResult).summary;
    return [...new Set(violations.map((violation) => violation.rule.name))];
  });
}

/** Two files, of which `from` imports `names` of `to`. */
function edge(from: string, to: string, names = '{ value }'): Tree {
  const up = '../'.repeat(from.split('/').length - 1);
  const target = `${up}${to.replace(/\.ts$/, '.js')}`;
  const statement =
    names === '* as all' ? `export * from '${target}';` : `import ${names} from '${target}';`;
  return { [to]: thing, [from]: `${statement}\nexport const own = 1;\n` };
}

const asType = 'type { Thing }';
const external = (from: string, name: string): Tree => ({
  [from]: `import { value } from '${name}';\nexport const own = value;\n`,
});

const verified = 'src/core/identity/verified.ts';
const released = 'src/core/policy/released.ts';

const breaking: readonly (readonly [string, string, Tree])[] = [
  ['base-imports-nothing', 'domain', edge('src/base/a.ts', 'src/domain/b.ts')],
  ['base-imports-nothing', 'a type', edge('src/base/a.ts', 'src/domain/b.ts', asType)],
  ['base-imports-nothing', 'npm', external('src/base/a.ts', 'cborg')],
  ['base-imports-nothing', 'node', external('src/base/a.ts', 'node:fs')],
  ['domain-imports-base-only', 'core', edge('src/domain/a.ts', 'src/core/log/b.ts', asType)],
  ['domain-imports-base-only', 'npm', external('src/domain/a.ts', 'fastify')],
  ['domain-imports-base-only', 'node', external('src/domain/a.ts', 'node:crypto')],
  ['core-no-node', 'crypto', external('src/core/log/a.ts', 'node:crypto')],
  ['core-npm-pure-only', 'fastify', external('src/core/log/a.ts', 'fastify')],
  ['core-npm-pure-only', 'cedar', external('src/core/log/a.ts', '@cedar-policy/cedar-wasm')],
  ['core-policy-npm-pure-only', 'fastify', external('src/core/policy/a.ts', 'fastify')],
  ['core-inward-only', 'ports', edge('src/core/log/a.ts', 'src/ports/b.ts', asType)],
  ['core-inward-only', 'app', edge('src/core/log/a.ts', 'src/app/b.ts')],
  ['core-on-a-floor', 'a new core', edge('src/core/attic/a.ts', 'src/domain/b.ts')],
  ['core-ground-floor', 'its own floor', edge('src/core/log/a.ts', 'src/core/labels/b.ts')],
  ['core-ground-floor', 'the floor above', edge('src/core/log/a.ts', 'src/core/policy/b.ts')],
  ['core-second-floor', 'its own floor', edge('src/core/policy/a.ts', 'src/core/consensus/b.ts')],
  ['core-second-floor', 'above', edge('src/core/consensus/a.ts', 'src/core/settlement/b.ts')],
  ['core-third-floor', 'its own floor', edge('src/core/lineage/a.ts', 'src/core/settlement/b.ts')],
  ['ports-know-domain-only', 'app', edge('src/ports/a.ts', 'src/app/b.ts', asType)],
  ['ports-know-domain-only', 'npm', external('src/ports/a.ts', 'fastify')],
  ['ports-know-domain-only', 'core', edge('src/ports/a.ts', 'src/core/log/b.ts', asType)],
  ['ports-import-types-only', 'a value', edge('src/ports/a.ts', 'src/domain/b.ts')],
  ['ports-used-as-types', 'a value', edge('src/app/a.ts', 'src/ports/b.ts')],
  ['app-orders-cores-and-ports', 'adapters', edge('src/app/a.ts', 'src/adapters/level/b.ts')],
  ['app-orders-cores-and-ports', 'npm', external('src/app/a.ts', 'fastify')],
  ['app-orders-cores-and-ports', 'node', external('src/app/a.ts', 'node:fs')],
  ['adapters-are-strangers', 'level', edge('src/adapters/cot/a.ts', 'src/adapters/level/b.ts')],
  ['adapters-never-call-inward', 'app', edge('src/adapters/cot/a.ts', 'src/app/b.ts')],
  ['adapters-never-call-inward', 'core', edge('src/adapters/cot/a.ts', 'src/core/log/b.ts')],
  ['api-serves-app', 'core', edge('src/api/a.ts', 'src/core/log/b.ts')],
  ['api-serves-app', 'node', edge('src/api/a.ts', 'src/node/b.ts')],
  ['cli-uses-client-or-node', 'app', edge('src/cli/a.ts', 'src/app/b.ts')],
  ['cli-uses-client-or-node', 'core', edge('src/cli/a.ts', 'src/core/log/b.ts')],
  ['console-stands-alone', 'domain', edge('src/console/a.ts', 'src/domain/b.ts', asType)],
  ['only-node-composes', 'cli', edge('src/cli/a.ts', 'src/adapters/level/b.ts')],
  ['only-node-composes', 'api', edge('src/api/a.ts', 'src/adapters/level/b.ts')],
  ['node-is-not-a-front-end', 'cli', edge('src/node/a.ts', 'src/cli/b.ts')],
  ['index-exports-node', 'app', edge('src/index.ts', 'src/app/b.ts')],
  ['testnet-is-a-customer', 'core', edge('testnet/a.ts', 'src/core/log/b.ts')],
  ['testnet-is-a-customer', 'a CLI verb', edge('testnet/a.ts', 'src/cli/commands/b.ts')],
  ['product-knows-no-test', 'test', edge('src/node/a.ts', 'test/b.ts')],
  ['src-knows-no-testnet', 'testnet', edge('src/node/a.ts', 'testnet/b.ts')],
  ['verified-minted-by-admission-and-identity', 'app', edge('src/app/a.ts', verified)],
  ['verified-minted-by-admission-and-identity', 'policy', edge('src/core/policy/a.ts', verified)],
  ['released-minted-by-policy', 'app', edge('src/app/a.ts', released)],
  ['released-minted-by-policy', 'settlement', edge('src/core/settlement/a.ts', released)],
  ['mints-not-passed-on', 'Verified', edge('src/core/identity/index.ts', verified, '* as all')],
  ['mints-not-passed-on', 'Released', edge('src/core/policy/index.ts', released, '* as all')],
  [
    'no-circular',
    'two files',
    {
      'src/base/a.ts': "import { b } from './b.js';\nexport const a = (): unknown => b;\n",
      'src/base/b.ts': "import { a } from './a.js';\nexport const b = (): unknown => a;\n",
    },
  ],
  ['no-orphans', 'a lone file', { 'src/base/alone.ts': 'export const a = 1;\n' }],
  ['no-unresolvable', 'a wrong path', external('src/node/a.ts', './nowhere.js')],
  ['no-undeclared-package', 'npm', external('src/node/a.ts', 'undeclared')],
  ['no-development-package', 'vitest', external('src/node/a.ts', 'vitest')],
];

const allowed: readonly (readonly [string, Tree])[] = [
  ['domain uses base', edge('src/domain/a.ts', 'src/base/b.ts')],
  ['domain uses cborg', external('src/domain/a.ts', 'cborg')],
  ['a core uses domain', edge('src/core/log/a.ts', 'src/domain/b.ts')],
  ['a core uses its own folder', edge('src/core/log/a.ts', 'src/core/log/b.ts')],
  ['the second floor uses the ground', edge('src/core/policy/a.ts', 'src/core/labels/b.ts')],
  ['the third floor uses the second', edge('src/core/lineage/a.ts', 'src/core/policy/b.ts')],
  ['policy uses cedar', external('src/core/policy/a.ts', '@cedar-policy/cedar-wasm')],
  ['admission mints Verified', edge('src/core/admission/a.ts', verified)],
  ['policy mints Released', edge('src/core/policy/a.ts', released)],
  ['policy sees Verified as a type', edge('src/core/policy/a.ts', verified, asType)],
  ['a port sees Released as a type', edge('src/ports/a.ts', released, asType)],
  ['an adapter sees Verified as a type', edge('src/adapters/level/a.ts', verified, asType)],
  ['a front door passes a type on', edge('src/core/identity/index.ts', verified, asType)],
  ['app uses a port', edge('src/app/a.ts', 'src/ports/b.ts', asType)],
  ['node uses an adapter', edge('src/node/a.ts', 'src/adapters/level/b.ts')],
  ['an adapter uses npm', external('src/adapters/level/a.ts', 'fastify')],
  ['cli uses node', edge('src/cli/a.ts', 'src/node/b.ts')],
  ['testnet uses the client', edge('testnet/a.ts', 'src/cli/client.ts')],
  ['a test uses anything', edge('test/a.ts', 'src/core/log/b.ts')],
];

describe('architecture rules', () => {
  it.each(breaking)('%s reports %s', async (rule, _what, files) => {
    expect(await brokenRules(files)).toContain(rule);
  });

  it.each(allowed)('allows that %s', async (_what, files) => {
    expect(await brokenRules(files)).toEqual([]);
  });

  it('has a failing case for every rule', () => {
    const shown = new Set(breaking.map(([rule]) => rule));
    expect(forbidden.map((rule) => rule.name).filter((name) => !shown.has(name ?? ''))).toEqual([]);
  });

  it('counts a type that comes together with its mint as a value', async () => {
    const files = {
      [verified]: thing,
      'src/app/a.ts': [
        "import type { Thing } from '../core/identity/verified.js';",
        "import { value } from '../core/identity/verified.js';",
        'export const own: Thing = { a: value as 1 };',
      ].join('\n'),
    };
    expect(await brokenRules(files)).toEqual(['verified-minted-by-admission-and-identity']);
  });
});
