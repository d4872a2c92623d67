// Runs the tests of everything that takes a peer against both ends of the peers' ranges: UI frameworks, Redis clients,
// schema libraries, AI SDK providers, OpenTelemetry. Each set of versions is installed next to a copy of the sources, so that nothing of this
// repository's own node_modules is found. SDKs and Zod have other scripts; `ai` 6 is a project of `test:compat`.
//   npm run test:peer-versions -- [--only oldest] [test files]
// PEERS_DIR says where (default: the system's temporary folder).
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const root = join(import.meta.dirname, '..')
const target = process.env.PEERS_DIR ?? join(tmpdir(), 'structstream-peers')
const { values, positionals } = parseArgs({
  options: { only: { type: 'string', multiple: true } },
  allowPositionals: true,
})

const SUITES = [
  'test/bindings',
  'test/hosts/ai-sdk',
  'test/models/ai-sdk',
  'test/otel',
  'test/react',
  'test/schema/json-schema',
  'test/schema/libraries',
  'test/store',
]
const COPIED = ['src', 'schemas', 'scripts', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts']

/**
 * Tests of what an older version doesn't have: React's `use()`; what was written to a cache, in the usage of AI SDK
 * providers; in `ai` 7.0.0, the end of the model's stream after an error, and elements after a tool step.
 *
 * @type {Record<string, string[]>}
 */
const exempt = {
  oldest: [
    'next to something that suspends',
    'usage is in totals, model and request id are reported',
    'with onInvalid: abort the model is stopped',
    'After a tool step the answer is a new text',
  ],
  newest: [],
}

/** @type {(command: string, args: string[], cwd: string) => boolean} */
const run = (command, args, cwd) => spawnSync(command, args, { cwd, stdio: 'inherit' }).status === 0

/** Installs by the lockfile, unless that was done before. @param {string} name @param {string} at */
function install(name, at) {
  const project = join(root, 'compat/peers', name)
  const lock = readFileSync(join(project, 'package-lock.json'), 'utf8')
  const installed = join(at, 'node_modules/.lock')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return true
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(project, file), join(at, file))
  if (!run('npm', ['ci', '--no-audit', '--no-fund', '--legacy-peer-deps'], at)) return false
  writeFileSync(installed, lock)
  return true
}

const failed = Object.entries(exempt).filter(([name, tests]) => {
  if (values.only?.includes(name) === false) return false
  console.log(`\n${name}`)
  const at = join(target, name)
  mkdirSync(at, { recursive: true })
  if (!install(name, at)) return true
  for (const path of COPIED) {
    rmSync(join(at, path), { recursive: true, force: true })
    cpSync(join(root, path), join(at, path), { recursive: true })
  }
  const filter = tests.length === 0 ? [] : ['-t', `^(?!.*(?:${tests.join('|')}))`]
  const suites = positionals.length === 0 ? SUITES : positionals
  return !run('npx', ['vitest', 'run', '--reporter=dot', '--retry=1', ...filter, ...suites], at)
})
if (failed.length > 0) {
  console.log(`Failed: ${failed.map(([name]) => name).join(', ')}`)
  process.exitCode = 1
}
