import type { KnipConfig } from 'knip'
import { bundled } from './scripts/entries.mjs'

/** Installed for parts that are still to come; a name leaves this list with the first file that imports it. */
const toCome = [
  '@anthropic-ai/sdk',
  '@cfworker/json-schema',
  '@google/genai',
  '@opentelemetry/api',
  '@types/react',
  '@types/react-dom',
  'arktype',
  'effect',
  'eventsource-parser',
  'fast-check',
  'happy-dom',
  'mitata',
  'ollama',
  'openai',
  'playwright-core',
  'react',
  'react-dom',
  'valibot',
  'zod-to-json-schema',
]

export default {
  entry: [
    ...Object.values(bundled).map((source) => `${source}!`),
    'scripts/*.{mjs,ts}',
    'examples/**/*.ts',
    'bench/**/*.{ts,tsx}',
    'test/**/*.{test,fuzz,soak,browser}.{ts,tsx}',
    'test/browser/page.tsx',
    'test/types/**/*.ts',
    'test/**/fixtures/*.mjs',
    'src/globals.d.ts',
  ],
  project: ['{src,schemas}/**/*.{ts,tsx}!', '{scripts,examples,bench,test}/**/*.{ts,tsx,mjs}', '*.{ts,js}'],
  ignoreDependencies: toCome,
  // A server, from the system's packages.
  ignoreBinaries: ['redis-server'],
  ignoreExportsUsedInFile: { interface: true, type: true },
} satisfies KnipConfig
