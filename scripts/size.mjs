// What an entry costs a page before anything is asked of it (its static imports), and in all (what it may load on
// demand added), minified and gzipped, peers excluded. `npm run size` fails where the first is over its limit.
import { build } from 'esbuild'
import { existsSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

// Some are above what was aimed at: see docs/decisions/0011-size.md.
const limits = [
  { name: 'structstream/json', entries: ['src/json/index.ts'], limit: 5100 },
  { name: 'structstream', entries: ['src/index.ts'], limit: 15_300 },
  {
    name: 'structstream, once a run of text has begun',
    entries: ['src/index.ts', 'src/stream/driver/run-attempts.ts'],
    limit: 29_450,
  },
  { name: 'structstream/client', entries: ['src/web/client/index.ts'], limit: 9900 },
  { name: 'structstream/client + /react', entries: ['src/web/client/index.ts', 'src/react/index.ts'], limit: 12_000 },
]
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
]
const external = [...peers, ...peers.map((name) => `${name}/*`), 'node:*']

let isOver = false
for (const { name, entries, limit } of limits) {
  if (!entries.every((entry) => existsSync(entry))) continue
  const { metafile, outputFiles } = await build({
    entryPoints: entries,
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
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs))
    if (entries.includes(entryPoint ?? '')) follow(path)
  /** @param {Iterable<string>} paths */
  const sum = (paths) => [...paths].reduce((total, path) => total + (bytes.get(path) ?? 0), 0)
  const first = sum(start)
  const verdict = first <= limit ? 'ok' : `over its limit by ${first - limit}`
  console.log(
    `${name}: ${first} bytes at start (limit ${limit}: ${verdict}), ${sum(bytes.keys())} with all that it may load`,
  )
  isOver ||= first > limit
}
if (isOver) process.exitCode = 1
