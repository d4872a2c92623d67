import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exported } from '../scripts/entries.mjs'
import { startProviderServer } from '../src/testing/index.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!)
const partials = /```json\n([\s\S]*?)```/.exec(readme)![1]!.trimEnd().split('\n')

/** A block as a program: the same text, but for where its model is asked. */
function programOf(block: string): string {
  const here = block.replace(
    "openai('gpt-5.4')",
    "openai('gpt-5.4', { apiKey: 'test', baseURL: process.env['README_URL'] })",
  )
  const render = here.includes('render(')
    ? 'const render = (value: unknown) => console.log(JSON.stringify(value))\n'
    : ''
  return `${render}${here}`
}

let folder = ''

beforeAll(async () => {
  // Inside the project, so that the package's own name and its types are found; the folder is ignored by git.
  await mkdir(join(root, 'scratch'), { recursive: true })
  folder = await mkdtemp(join(root, 'scratch/readme-'))
  await Promise.all(blocks.map((block, index) => writeFile(join(folder, `block-${index}.ts`), programOf(block))))
  const config = { extends: '../../tsconfig.json', include: ['.'], exclude: [], compilerOptions: { noEmit: true } }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function execute(args: string[], env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env: { ...process.env, ...env } })
  return stdout
}

test('the code in the README compiles', async () => {
  const errors = await execute(['node_modules/typescript/bin/tsc', '-p', folder]).catch(
    (error: { stdout: string }) => error.stdout,
  )
  // The library's own errors are reported by `npm run typecheck`.
  expect(errors.split('\n').filter((line) => line.includes('block-'))).toEqual([])
}, 60_000)

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
  const stdout = await execute(['--import', 'tsx', join(folder, 'block-0.ts')], { README_URL: server.openaiBaseURL })
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
