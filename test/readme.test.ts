import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exported } from '../scripts/entries.mjs'
import { startProviderServer } from '../src/testing/index.ts'
import { bundlePrograms } from './support/bundle-programs.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const first = /```ts\n([\s\S]*?)```/.exec(readme)![1]!
const partials = /```json\n([\s\S]*?)```/.exec(readme)![1]!.trimEnd().split('\n')

/** A block as a program: the same text, but for where its model is asked. */
function programOf(block: string): string {
  const here = block.replace(
    "openai('gpt-5.4')",
    "openai('gpt-5.4', { apiKey: 'test', baseURL: process.env['README_URL'] })",
  )
  return `const render = (value: unknown) => console.log(JSON.stringify(value))\n${here}`
}

let folder = ''
let programs: Awaited<ReturnType<typeof bundlePrograms>>

beforeAll(async () => {
  await mkdir(join(root, 'scratch'), { recursive: true })
  folder = await mkdtemp(join(root, 'scratch/readme-'))
  await writeFile(join(folder, 'first.ts'), programOf(first))
  programs = await bundlePrograms([join(folder, 'first.ts')])
})
afterAll(() => Promise.all([rm(folder, { recursive: true, force: true }), programs.remove()]))

async function execute(args: string[], env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env: { ...process.env, ...env } })
  return stdout
}

test('its first lines print the partials that it shows', async () => {
  const deltas = [
    '{"title":"',
    'Blade',
    ' Runner',
    '","year":',
    '19',
    '82,',
    '"genre":"sci',
    '-fi"',
    ',"reason":"',
    'Rain and',
    ' doubt.',
    '"}',
  ]
  // Slow enough that each arrives on its own: what arrives together is shown together.
  await using server = await startProviderServer({ respond: { deltas, latency: { tokensPerSecond: 8 } } })
  const stdout = await execute([programs.programOf('first')], { README_URL: server.openaiBaseURL })
  const printed = stdout.trimEnd().split('\n')
  const shown = partials.map((line) => JSON.stringify(JSON.parse(line)))
  expect(printed.filter((line) => shown.includes(line))).toEqual(shown)
}, 60_000)

test('every subpath is named, and no other', () => {
  const named = new Set(
    [...readme.matchAll(/structstream\/([a-z-]+)`/g), ...readme.matchAll(/`\/([a-z-]+)`/g)].map((match) => match[1]),
  )
  const real = exported.map(({ path }) => path.slice(2)).filter((path) => path !== '')
  expect(named).toEqual(new Set(real))
})

test('files it links to exist', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)/g)]
    .map((match) => match[1]!)
    .filter((link) => !link.startsWith('http'))
  expect(links.length).toBeGreaterThan(3)
  expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([])
})
