import { build, type Plugin } from 'esbuild'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compile } from 'svelte/compiler'
import type { App } from './apps/app.ts'

const root = join(import.meta.dirname, '../..')

const svelte = (generate: 'client' | 'server'): Plugin => ({
  name: 'svelte',
  setup(build) {
    build.onLoad({ filter: /\.svelte$/ }, ({ path }) => ({
      contents: compile(readFileSync(path, 'utf8'), { filename: path, generate }).js.code,
    }))
  },
})

/**
 * Both halves of a framework's app, as a bundler makes them for a page and for a server: frameworks are other modules
 * in each.
 */
export async function bundle(framework: string): Promise<App> {
  // Inside the project, so that what isn't bundled is found, and where Vitest leaves files to Node.
  const cache = join(root, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'bindings-'))
  const half = async (name: 'mount' | 'render'): Promise<App> => {
    const generate = name === 'mount' ? 'client' : 'server'
    const { outputFiles } = await build({
      stdin: { contents: `export { ${name} } from './apps/${framework}'`, resolveDir: import.meta.dirname },
      bundle: true,
      format: 'esm',
      platform: generate === 'client' ? 'browser' : 'node',
      mainFields: ['module', 'main'],
      conditions: generate === 'client' ? ['svelte', 'browser'] : ['svelte', 'node'],
      target: 'es2022',
      define: {
        'process.env.NODE_ENV': '"production"',
        ngDevMode: 'false',
        ngServerMode: String(generate === 'server'),
        // Vue's flags, which it wants of every bundler.
        __VUE_OPTIONS_API__: 'true',
        __VUE_PROD_DEVTOOLS__: 'false',
        __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
      },
      banner: {
        js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
      },
      external: [
        'zod',
        'zod/*',
        'zod-to-json-schema',
        '@valibot/to-json-schema',
        'effect',
        '@cfworker/json-schema',
        'node:*',
        // Of Angular's server, for requests of Node before it had fetch.
        'xhr2',
      ],
      plugins: [svelte(generate)],
      write: false,
      logLevel: 'error',
    })
    const file = join(folder, `${framework}-${name}.mjs`)
    await writeFile(file, outputFiles[0]!.contents)
    return (await import(file)) as App
  }
  try {
    const [{ mount }, { render }] = await Promise.all([half('mount'), half('render')])
    return { mount, render }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
