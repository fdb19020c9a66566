// The walls of the house. docs/ARCHITECTURE.md says why each stands where it does;
// test/unit/house/arch-rules.test.ts shows that each of them can fall.

const npm = (...names) => names.map((name) => `(^|/)node_modules/${name}/`);
const anyNpm = '(^|/)node_modules/';

const ground = '^src/core/(identity|labels|log)/';
const second = '^src/core/(policy|admission|sync|consensus|proximity)/';
const third = '^src/core/(settlement|composition|lineage|integrity)/';

// The two files that mint the types which stand for a check that was made.
const verified = '^src/core/identity/verified\\.ts$';
const released = '^src/core/policy/released\\.ts$';
const gates = [verified, released];

const pureNpm = npm('cborg', '@noble/hashes');

// `import type`, `export type` and `import('…').Name` leave nothing behind at run time.
const typeOnly = ['type-only', 'type-import'];

const layers = [
  {
    name: 'base-imports-nothing',
    comment: 'base is the floor everything stands on.',
    from: { path: '^src/base/' },
    to: { pathNot: '^src/base/' },
  },
  {
    name: 'domain-imports-base-only',
    comment: 'domain holds types, constructors and codecs: base and two pure packages suffice.',
    from: { path: '^src/domain/' },
    to: { pathNot: ['^src/(base|domain)/', ...pureNpm] },
  },
  {
    name: 'core-no-node',
    comment: 'Cores are pure: signatures, files and time are handed in.',
    from: { path: '^src/core/' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'core-npm-pure-only',
    comment: 'A core may use packages that are pure functions, and only these.',
    from: { path: '^src/core/', pathNot: '^src/core/policy/' },
    to: { path: anyNpm, pathNot: [...pureNpm, ...npm('geographiclib-geodesic')] },
  },
  {
    name: 'core-policy-npm-pure-only',
    comment: 'The policy core may also evaluate Cedar, which is a pure function.',
    from: { path: '^src/core/policy/' },
    to: {
      path: anyNpm,
      pathNot: [...pureNpm, ...npm('geographiclib-geodesic', '@cedar-policy/cedar-wasm')],
    },
  },
  {
    name: 'core-inward-only',
    comment: 'A core knows nothing of the shell around it.',
    from: { path: '^src/core/' },
    to: { path: '^(src|testnet|scripts)/', pathNot: '^src/(base|domain|core)/' },
  },
  {
    name: 'core-on-a-floor',
    comment: 'A core folder without a floor escapes the floor rules: give it one here.',
    from: { path: '^src/core/', pathNot: [ground, second, third] },
    to: {},
  },
  {
    name: 'core-ground-floor',
    comment: 'identity, labels and log use no other core.',
    from: { path: ground },
    to: { path: '^src/core/', pathNot: '^src/core/$1/' },
  },
  {
    name: 'core-second-floor',
    comment: 'The second floor uses the ground floor, never its own.',
    from: { path: second },
    to: { path: '^src/core/', pathNot: ['^src/core/$1/', ground] },
  },
  {
    name: 'core-third-floor',
    comment: 'The third floor uses the two below, never its own.',
    from: { path: third },
    to: { path: '^src/core/', pathNot: ['^src/core/$1/', ground, second] },
  },
  {
    name: 'ports-know-domain-only',
    comment: 'Ports are made of domain types, Verified and Released.',
    from: { path: '^src/ports/' },
    to: { pathNot: ['^src/(base|domain|ports)/', ...gates] },
  },
  {
    name: 'ports-import-types-only',
    comment: 'Ports are types; they import no value.',
    from: { path: '^src/ports/' },
    to: { dependencyTypesNot: typeOnly },
  },
  {
    name: 'ports-used-as-types',
    comment: 'Whoever uses a port names its type; there is no value to import.',
    from: { path: '^(src|testnet)/' },
    to: { path: '^src/ports/', dependencyTypesNot: typeOnly },
  },
  {
    name: 'app-orders-cores-and-ports',
    comment: 'app has no adapter, no package and no node module: everything comes through a port.',
    from: { path: '^src/app/' },
    to: { pathNot: '^src/(app|ports|core|domain|base)/' },
  },
  {
    name: 'adapters-are-strangers',
    comment: 'An adapter knows its port, never its neighbour.',
    from: { path: '^src/adapters/([^/]+)/' },
    to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
  },
  {
    name: 'adapters-never-call-inward',
    comment: 'Adapters are called; they do not call app or core.',
    from: { path: '^src/adapters/' },
    to: {
      path: '^(src|testnet|scripts)/',
      pathNot: ['^src/(adapters|ports|domain|base)/', ...gates],
    },
  },
  {
    name: 'api-serves-app',
    comment: 'The HTTP door calls app and speaks domain.',
    from: { path: '^src/api/' },
    to: {
      path: '^(src|testnet|scripts)/',
      pathNot: ['^src/(api|app|ports|domain|base)/', ...gates],
    },
  },
  {
    name: 'cli-uses-client-or-node',
    comment: 'The CLI talks to a running node over HTTP, or composes offline verbs in node.',
    from: { path: '^src/cli/' },
    to: { path: '^(src|testnet|scripts)/', pathNot: '^src/(cli|node|domain|base)/' },
  },
  {
    name: 'console-stands-alone',
    comment: 'The web page knows the API by its generated types only.',
    from: { path: '^src/console/' },
    to: { path: '^(src|testnet|scripts)/', pathNot: '^src/console/' },
  },
  {
    name: 'only-node-composes',
    comment: 'node is the only composition root: nobody else brings adapters in.',
    from: { path: '^(src|testnet)/', pathNot: '^src/(node|adapters)/' },
    to: { path: '^src/adapters/' },
  },
  {
    name: 'node-is-not-a-front-end',
    comment: 'The composition root is used by front ends and uses none.',
    from: { path: '^src/node/' },
    to: { path: '^(src/(cli|console)/|src/index\\.ts$|testnet/|scripts/)' },
  },
  {
    name: 'index-exports-node',
    comment: 'The public API is createNode and the types it is made of.',
    from: { path: '^src/index\\.ts$' },
    to: { path: '^(src|testnet|scripts)/', pathNot: '^src/(node|domain|base)/' },
  },
  {
    name: 'testnet-is-a-customer',
    comment: 'The launcher uses what a nation would: domain, node, the HTTP client, the command.',
    from: { path: '^testnet/' },
    to: {
      path: '^(src|scripts)/',
      pathNot: [
        '^src/(domain|base|node)/',
        '^src/cli/(client|doors|io|run)\\.ts$',
        '^src/index\\.ts$',
      ],
    },
  },
  {
    name: 'product-knows-no-test',
    comment: 'src and testnet do not depend on tests; src does not depend on testnet or scripts.',
    from: { path: '^(src|testnet)/' },
    to: { path: '^test/' },
  },
  {
    name: 'src-knows-no-testnet',
    from: { path: '^src/' },
    to: { path: '^(testnet|scripts)/' },
  },
];

const mints = [
  {
    name: 'verified-minted-by-admission-and-identity',
    comment: 'Everybody else sees Verified as a type, so a forgery does not compile.',
    from: { path: '^(src|testnet|scripts)/', pathNot: '^src/core/(admission|identity)/' },
    to: { path: verified, dependencyTypesNot: typeOnly },
  },
  {
    name: 'released-minted-by-policy',
    comment: 'Everybody else sees Released as a type, so nothing leaves without a decision.',
    from: { path: '^(src|testnet|scripts)/', pathNot: '^src/core/policy/' },
    to: { path: released, dependencyTypesNot: typeOnly },
  },
  {
    name: 'mints-not-passed-on',
    comment: 'A front door that re-exports a mint as a value would open it to everybody.',
    from: { path: '^src/' },
    to: { path: gates, dependencyTypes: ['export'], dependencyTypesNot: typeOnly },
  },
];

const hygiene = [
  {
    name: 'no-circular',
    comment: 'A cycle has no reading order.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'A module that nobody uses and that uses nothing is left over.',
    from: {
      orphan: true,
      pathNot: [
        '^src/index\\.ts$',
        '^src/cli/main\\.ts$',
        '^testnet/start\\.ts$',
        '^test/',
        // Declares an untyped package; the compiler finds it without an import.
        '\\.d\\.ts$',
      ],
    },
    to: {},
  },
  {
    name: 'no-unresolvable',
    comment: 'An import that leads nowhere.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'no-undeclared-package',
    comment: 'A package that package.json does not name may vanish with the next install.',
    from: { path: '^(src|testnet)/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'no-development-package',
    comment: 'The product runs without development packages.',
    from: { path: '^src/', pathNot: '^src/console/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: typeOnly },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...layers, ...mints, ...hygiene].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    // Type-only imports count: a type that leaks through a wall is a leak.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
