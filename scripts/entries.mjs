import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Every public import path and the file it comes from: the one place to add a subpath.
 * `npm run sync-exports` writes package.json's `exports` from it, and the build and the size check read it.
 *
 * @type {Record<string, string>}
 */
const table = {
  '.': 'src/index.ts',
  './openai': 'src/models/openai/entry.ts',
  './anthropic': 'src/models/anthropic/entry.ts',
  './google': 'src/models/google/entry.ts',
  './ollama': 'src/models/ollama/entry.ts',
  './ai-sdk': 'src/hosts/ai-sdk/index.ts',
  './mcp': 'src/hosts/mcp/index.ts',
  './simulate': 'src/models/simulate/index.ts',
  './partial': 'src/open-partial.ts',
  './json': 'src/json/index.ts',
  './schema': 'src/schema/index.ts',
  './schemas': 'schemas/index.ts',
  './server': 'src/web/server/index.ts',
  './client': 'src/web/client/index.ts',
  './react': 'src/react/index.ts',
  './vue': 'src/vue/index.ts',
  './svelte': 'src/svelte/index.ts',
  './solid': 'src/solid/index.ts',
  './angular': 'src/angular/index.ts',
  './store': 'src/store/index.ts',
  './otel': 'src/otel/index.ts',
  './diagnostics': 'src/diagnostics/index.ts',
  './record': 'src/record/index.ts',
  './testing': 'src/testing/index.ts',
}

/** Runs as a program and is not importable. */
const programs = ['src/cli/main.ts']

/** @param {string} source */
const exists = (source) => existsSync(fileURLToPath(new URL(`../${source}`, import.meta.url)))

/** Path inside `dist` without its extension; `dist` mirrors `src`. @param {string} source */
const outputName = (source) => source.replace(/^src\//, '').replace(/\.tsx?$/, '')

/** Public paths whose source exists. */
export const exported = Object.entries(table)
  .filter(([, source]) => exists(source))
  .map(([path, source]) => ({
    path,
    source,
    js: `./dist/${outputName(source)}.js`,
    // The declarations keep the source tree's shape, since `schemas/` and `src/` import each other.
    types: `./dist/types/${source.replace(/\.tsx?$/, '.d.ts')}`,
  }))

/**
 * For tools that resolve the package's own name to its sources, before there is a build: `find` and `replacement` of Vite.
 */
export const sourceAliases = exported.map(({ path, source }) => ({
  find: new RegExp(`^structstream${path.slice(1)}$`),
  replacement: fileURLToPath(new URL(`../${source}`, import.meta.url)),
}))

/** What the bundler builds: output name to source. */
export const bundled = Object.fromEntries(
  [...Object.values(table), ...programs].filter(exists).map((source) => [outputName(source), source]),
)
