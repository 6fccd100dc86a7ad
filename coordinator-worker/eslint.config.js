// SPDX-License-Identifier: Apache-2.0
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Direction of imports: routes → domain ← sql. Only the composition (index.ts, cron.ts) sees all. */
const only = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

const NO_SQL = {
  regex: '(^|/)sql/',
  message: 'The database is reached through the ports of src/domain/.',
};

const NO_D1_TYPES = {
  selector: 'TSTypeReference > Identifier[name=/^D1/]',
  message: 'D1 is seen by src/sql/ only (and declared in src/env.ts).',
};

/** In plain strings and in templates. */
const NO_NUMBERED_VALUES = ['Literal[value=/\\?\\d/]', 'TemplateElement[value.raw=/\\?\\d/]'].map(
  (selector) => ({ selector, message: 'Values of SQL have names (:session), no numbers.' }),
);

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
    rules: {
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
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
        {
          regex: '^(?!\\./|(\\.\\./)+generated/)',
          message: 'src/domain/ imports nothing but itself and the generated types.',
        },
        {
          regex: '/ports/ports$',
          importNames: ['Ports'],
          message: 'Say which of the ports it needs: Needs<...>.',
        },
      ),
      'no-restricted-globals': [
        'error',
        { name: 'Date', message: 'src/domain/ has no clock: take `now` as a parameter.' },
        { name: 'performance', message: 'src/domain/ has no clock: take `now` as a parameter.' },
      ],
    },
  },
  {
    files: ['src/domain/ports/*.ts'],
    rules: only({
      regex: '^(?!\\./|\\.\\./(model|plan)$|(\\.\\./)+generated/)',
      message: 'Ports know the words of the domain, and none of its functions.',
    }),
  },
  {
    files: ['src/sql/**/*.ts'],
    rules: {
      ...only({
        regex: '^(?!\\./(?!ports$)|\\.\\./(domain|generated)/)',
        message:
          'src/sql/ imports domain/, generated/ and itself; ports.ts is for the composition.',
      }),
      'no-restricted-syntax': ['error', ...NO_NUMBERED_VALUES],
    },
  },
  {
    files: ['src/routes/**/*.ts', 'src/auth/**/*.ts', 'src/http/**/*.ts', 'src/env.ts'],
    rules: only(NO_SQL),
  },
  {
    files: ['src/index.ts', 'src/cron.ts'],
    rules: only({
      regex: '/sql/(?!ports$)',
      message: 'Of src/sql/ the composition sees ports.ts only.',
    }),
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
