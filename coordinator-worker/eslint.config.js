// SPDX-License-Identifier: Apache-2.0
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Direction of imports: routes → domain ← sql. Only the composition (index.ts, env.ts) sees all. */
const only = (regex, message) => ({
  'no-restricted-imports': ['error', { patterns: [{ regex, message }] }],
});

const NO_D1_TYPES = {
  selector: 'TSTypeReference > Identifier[name=/^D1/]',
  message: 'D1 is seen by src/sql/ only (and declared in src/env.ts).',
};

export default defineConfig(
  { ignores: ['dist/', '.wrangler/', 'src/generated/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './tsconfig.node.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': ['error', { allow: ['info', 'warn', 'error'] }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/sql/**', 'src/env.ts'],
    rules: { 'no-restricted-syntax': ['error', NO_D1_TYPES] },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      ...only(
        '^(?!\\./|(\\.\\./)+(generated|domain)/)',
        'src/domain/ imports nothing but itself and the generated types.',
      ),
      'no-restricted-globals': [
        'error',
        { name: 'Date', message: 'src/domain/ has no clock: take `now` as a parameter.' },
        { name: 'performance', message: 'src/domain/ has no clock: take `now` as a parameter.' },
      ],
    },
  },
  {
    files: ['src/sql/**/*.ts'],
    rules: only(
      '^hono|(^|/)(routes|auth|http)/|index(\\.ts)?$',
      'src/sql/ imports domain/ and generated/ only.',
    ),
  },
  {
    files: ['src/routes/**/*.ts', 'src/auth/**/*.ts', 'src/http/**/*.ts'],
    rules: only('(^|/)sql/', 'Routes reach the database through a port of src/domain/.'),
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        Buffer: 'readonly',
        URL: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        process: 'readonly',
      },
    },
  },
);
