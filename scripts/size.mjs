// What an import costs a page before anything is asked of it (its static imports), and in all (what it may load on
// demand added), minified and gzipped, peers excluded. `npm run size` fails where the first is over its limit.
import { build } from 'esbuild'
import { gzipSync } from 'node:zlib'

const client = "export { connect, StreamStore } from './src/web/client/index.ts'"

// Some are above what was aimed at: see docs/decisions/0011-size.md.
const limits = [
  { name: 'structstream/json', code: "export * from './src/json/index.ts'", limit: 5100 },
  { name: 'structstream', code: "export * from './src/index.ts'", limit: 16_900 },
  {
    name: 'structstream, once a run of text has begun',
    code: "export * from './src/index.ts'; export * from './src/stream/driver/run-attempts.ts'",
    limit: 32_300,
  },
  { name: 'structstream/client, connect', code: "export { connect } from './src/web/client/index.ts'", limit: 10_600 },
  { name: 'structstream/client, connect and StreamStore', code: client, limit: 12_500 },
  { name: 'structstream/client + /react', code: `${client}; export * from './src/react/index.ts'`, limit: 13_000 },
]
/** What a binding adds to a page that has the client. */
const bindings = ['react', 'vue', 'svelte', 'solid', 'angular'].map((name) => ({
  name: `structstream/${name}`,
  source: `./src/${name}/index.ts`,
  limit: 1500,
}))
const peers = [
  'zod',
  'react',
  'openai',
  '@anthropic-ai/sdk',
  '@google/genai',
  'ollama',
  '@cfworker/json-schema',
  'zod-to-json-schema',
  '@valibot/to-json-schema',
  'effect',
  'vue',
  'svelte',
  'solid-js',
  '@angular/core',
]
const external = [...peers, ...peers.map((name) => `${name}/*`), 'node:*']

/** Bytes of a page that runs `code`: at its start, and with all that it may load. @param {string} code */
async function sizeOf(code) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: code, resolveDir: process.cwd() },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    outdir: 'dist',
    metafile: true,
    write: false,
    logLevel: 'error',
    external,
  })
  const bytes = new Map(
    Object.keys(metafile.outputs).map((path) => {
      const file = outputFiles.find((one) => one.path.endsWith(`/${path}`))
      return [path, file === undefined ? 0 : gzipSync(file.contents).length]
    }),
  )
  /** @type {Set<string>} */
  const start = new Set()
  /** @param {string} path */
  const follow = (path) => {
    if (start.has(path) || !bytes.has(path)) return
    start.add(path)
    for (const { path: next, kind } of metafile.outputs[path]?.imports ?? [])
      if (kind === 'import-statement') follow(next)
  }
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) if (entryPoint === '<stdin>') follow(path)
  /** @param {Iterable<string>} paths */
  const sum = (paths) => [...paths].reduce((total, path) => total + (bytes.get(path) ?? 0), 0)
  return { first: sum(start), all: sum(bytes.keys()) }
}

let isOver = false
/** @param {number} bytes @param {number} limit */
const verdict = (bytes, limit) => {
  isOver ||= bytes > limit
  return `limit ${limit}: ${bytes <= limit ? 'ok' : `over by ${bytes - limit}`}`
}
for (const { name, code, limit } of limits) {
  const { first, all } = await sizeOf(code)
  console.log(`${name}: ${first} bytes at start (${verdict(first, limit)}), ${all} with all that it may load`)
}
const { first: base } = await sizeOf(client)
for (const { name, source, limit } of bindings) {
  const { first } = await sizeOf(`${client}; export * from '${source}'`)
  console.log(`${name}: ${first - base} bytes on top of the client (${verdict(first - base, limit)})`)
}
if (isOver) process.exitCode = 1
