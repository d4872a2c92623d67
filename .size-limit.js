import { existsSync } from 'node:fs'
import { exported } from './scripts/entries.mjs'

// Loaded only when they are used, so a bundle that does not name them does not hold them.
const optional = [
  'openai',
  '@anthropic-ai/sdk',
  '@google/genai',
  'ollama',
  '@cfworker/json-schema',
  'zod-to-json-schema',
]

/** Minified and gzipped, everything that is statically imported, peers excluded. */
const limits = [
  { name: 'structstream/json', paths: ['./json'], limit: '4 kB' },
  { name: 'structstream', paths: ['.'], limit: '14 kB' },
  { name: 'structstream/client + /react', paths: ['./client', './react'], limit: '10 kB' },
]

export default limits.flatMap(({ name, paths, limit }) => {
  const files = exported.filter(({ path }) => paths.includes(path)).map(({ js }) => js.slice(2))
  if (files.length < paths.length || !files.every((file) => existsSync(new URL(file, import.meta.url)))) return []
  return [
    {
      name,
      path: files,
      limit,
      gzip: true,
      ignore: ['zod', 'react', ...optional],
      /** @param {{ external?: string[] }} config */
      modifyEsbuildConfig: (config) => ({
        ...config,
        logLevel: 'error',
        format: 'esm',
        splitting: files.length > 1,
        target: 'es2022',
        // The adapters are entries of their own that the main entry imports on demand.
        external: [...(config.external ?? []), './models/*.js', '../models/*.js', 'zod/*', 'react/*', 'node:*'],
      }),
    },
  ]
})
