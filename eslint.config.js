import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const tests = ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts', 'test/**/*.ts'];
const scripts = ['**/*.mjs', '**/*.js', '**/*.cjs'];

export default tseslint.config(
  {
    ignores: [
      'dist/',
      '.dist-*/',
      'data/',
      'coverage/',
      '.cache/',
      'test-results/',
      'bench/results/',
      '**/node_modules/',
      'examples/*/dist/',
    ],
  },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // consistent-type-imports stays off: an `import type` of an injected class breaks Nest's injection.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Options of the driver are a class there and an object literal with everybody who uses it.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // A union may have a part that is empty until a consumer fills it by declaration merging.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      // Nest modules are classes that only carry a decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // An adapter implements a promise-returning port also where it has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // An RxJS operator is one closure over its state.
    files: ['src/common/rxjs/*.ts', 'src/neo4j/group-commit/*.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }] },
  },
  {
    // Markup is long and flat.
    files: ['console/**/*.tsx'],
    rules: { 'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: tests,
    rules: {
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Its types come from the packed package; a test compiles it against that.
    files: ['examples/consumer/**/*.ts'],
    ...tseslint.configs.disableTypeChecked,
  },
  {
    files: scripts,
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      ...tseslint.configs.disableTypeChecked.languageOptions,
      globals: { console: 'readonly', process: 'readonly', URL: 'readonly', module: 'writable' },
    },
  },
  prettier,
);
