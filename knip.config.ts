import type { KnipConfig } from 'knip'
import { bundled } from './scripts/entries.mjs'

export default {
  entry: [
    ...Object.values(bundled).map((source) => `${source}!`),
    'scripts/*.{mjs,ts}',
    'examples/**/*.ts',
    'examples/pages/*/page.tsx',
    'bench/**/*.{ts,tsx,mjs}',
    'test/**/*.{test,fuzz,soak,browser}.{ts,tsx}',
    'test/browser/{page,chat-page}.tsx',
    'test/bindings/apps/{react,vue,svelte,solid,angular}.{ts,tsx}',
    'test/types/**/*.ts',
    'test/**/fixtures/*.mjs',
    'src/globals.d.ts',
    'vitest.{sdks,zod}.config.ts',
  ],
  project: ['{src,schemas}/**/*.{ts,tsx}!', '{scripts,examples,bench,test}/**/*.{ts,tsx,mjs}', '*.{ts,js}'],
  // Loaded where bench/schemas/ has installed it, outside this repository.
  ignoreDependencies: ['eslint'],
  // A server, from the system's packages.
  ignoreBinaries: ['redis-server'],
  // Tests of separate projects, with dependencies of their own.
  ignore: ['compat/**'],
  ignoreExportsUsedInFile: { interface: true, type: true },
} satisfies KnipConfig
