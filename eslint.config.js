import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import boundaries from 'eslint-plugin-boundaries';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

const room = (type, pattern) => ({ type, pattern });

export default ts.config(
  { ignores: ['out', 'dist', 'node_modules', 'coverage', '**/*.cjs', 'test/gallery/pages'] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser }, globals: globals.browser },
    rules: {
      // State is replaced whole ($state.raw): plain Map, Set and Date are meant.
      'svelte/prefer-svelte-reactivity': 'off',
      // svelte-check decides which of the compiler's warnings there are.
      'svelte/no-unused-svelte-ignore': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.svelte'],
    plugins: { boundaries },
    settings: {
      'import/resolver-next': [createTypeScriptImportResolver({ project: 'tsconfig.json' })],
      'boundaries/elements': ['core', 'contract', 'node', 'main', 'preload', 'renderer'].map((name) => room(name, `src/${name}`)),
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: [
            { from: { element: { type: 'core' } }, allow: { to: { element: { type: 'core' } } } },
            { from: { element: { type: 'contract' } }, allow: { to: { element: { type: ['core', 'contract'] } } } },
            { from: { element: { type: 'node' } }, allow: { to: { element: { type: ['core', 'contract', 'node'] } } } },
            { from: { element: { type: 'main' } }, allow: { to: { element: { type: ['core', 'contract', 'node', 'main'] } } } },
            { from: { element: { type: 'preload' } }, allow: { to: { element: { type: ['contract', 'preload'] } } } },
            { from: { element: { type: 'renderer' } }, allow: { to: { element: { type: ['core', 'contract', 'renderer'] } } } },
          ],
        },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
    },
  },
  {
    files: ['src/{core,contract,renderer,node}/**/*.{ts,svelte}'],
    rules: { 'no-restricted-imports': ['error', { paths: [{ name: 'electron', message: 'Only main and preload import electron.' }] }] },
  },
  {
    files: ['src/core/**/*.ts'],
    ignores: ['src/core/**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: ['node:*', 'electron', 'fs', 'path'], message: 'core is pure.' }] }] },
  },
  { rules: { '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' }] } },
  {
    files: ['scripts/**/*.js', 'bin/*.js', '*.config.{js,ts}', 'test/**/*.ts'],
    languageOptions: { globals: globals.node },
  },
);
