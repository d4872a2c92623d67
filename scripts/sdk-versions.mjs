// Runs the tests of the models against the SDKs in compat/sdks, both ends of every peer range:
// npm run test:sdk-versions -- [--only oldest]
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const root = join(import.meta.dirname, '..')
const project = join(root, 'compat/sdks')
const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } })
const SUITES = [
  'test/models/anthropic',
  'test/models/google',
  'test/models/ollama',
  'test/models/openai',
  'test/models/not-understood',
]

/** @type {Record<string, string[]>} */
const sets = {
  oldest: ['openai-oldest', '@anthropic-ai/sdk-oldest', '@google/genai-oldest', 'ollama-oldest'],
  early: ['openai-5', '@anthropic-ai/sdk-0', '@google/genai-2.0', 'ollama-newest'],
  middle: ['openai-6', '@anthropic-ai/sdk-1', '@google/genai-2.13', 'ollama-newest'],
  newest: ['openai-newest', '@anthropic-ai/sdk-newest', '@google/genai-newest', 'ollama-newest'],
}

/**
 * What the adapter can't make good in older SDKs: Google's take a comment for the beginning of an event before 2.32
 * (Gemini sends none), and Anthropic's oldest drops events whose names it doesn't know before anyone sees them.
 *
 * @type {Record<string, string[]>}
 */
const exempt = {
  oldest: ['gemini: a byte order mark', 'gemini .*count as activity', 'anthropic: events of another wire'],
  early: ['gemini: a byte order mark', 'gemini .*count as activity'],
  middle: ['gemini: a byte order mark', 'gemini .*count as activity'],
}

/** @type {(command: string, args: string[], options: import('node:child_process').SpawnSyncOptions) => boolean} */
const run = (command, args, options) => spawnSync(command, args, { stdio: 'inherit', ...options }).status === 0
if (!existsSync(join(project, 'node_modules')) && !run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: project })) {
  process.exit(1)
}

const failed = Object.entries(sets).filter(([name, sdks]) => {
  if (values.only?.includes(name) === false) return false
  console.log(`\n${name}: ${sdks.join(', ')}`)
  const env = { ...process.env, SDKS: sdks.map((alias) => `${alias.replace(/-[^-/]+$/, '')}=${alias}`).join(',') }
  const filter = name in exempt ? ['-t', `^(?!.*(?:${exempt[name]?.join('|')}))`] : []
  const args = ['vitest', 'run', '-c', 'vitest.sdks.config.ts', '--reporter=dot', ...filter, ...SUITES]
  return !run('npx', args, { cwd: root, env })
})
if (failed.length > 0) {
  console.log(`Failed: ${failed.map(([name]) => name).join(', ')}`)
  process.exitCode = 1
}
