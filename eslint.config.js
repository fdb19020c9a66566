import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const clocksAndChance = [
  { object: 'Date', property: 'now', message: 'Time is an argument.' },
  { object: 'Math', property: 'random', message: 'Randomness is an argument.' },
];
const timers = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map((name) => ({
  name,
  message: 'Timers are effects: say so in data.',
}));
const ambient = [
  'globalThis',
  'process',
  'Buffer',
  'crypto',
  'performance',
  'fetch',
  'console',
  'Promise',
].map((name) => ({ name, message: 'A pure layer reaches nothing but its arguments.' }));

export default defineConfig(
  { ignores: ['dist/', 'coverage/', '.testnet/', '**/*.cjs'] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // A constructor of a branded type names the brand once, in its result.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // A #private mark is written with its literal type.
      '@typescript-eslint/prefer-as-const': 'off',
      // A port is asynchronous for its slowest adapter; the quick ones have nothing to await.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'testnet/**/*.ts'],
    rules: { '@typescript-eslint/max-params': ['error', { max: 4 }] },
  },
  {
    files: ['src/{base,domain,core}/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', ...clocksAndChance],
      'no-restricted-globals': ['error', ...timers],
    },
  },
  {
    files: ['src/{domain,core}/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...timers, ...ambient],
      'no-restricted-syntax': [
        'error',
        {
          selector: ':function[async=true], AwaitExpression',
          message: 'Cores are synchronous: answers come back as inputs.',
        },
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'Time is an argument.',
        },
      ],
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    rules: {
      // The compiler reads JSDoc casts, the linter does not.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Tests look inside what came over a wire; the assertion is the check.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
