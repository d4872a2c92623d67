import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundlePrograms } from './support/bundle-programs.ts'

const root = join(import.meta.dirname, '..')
const pages = [
  'reading',
  'providers',
  'parser',
  'tools',
  'guardrails',
  'sessions',
  'recipes',
  'observing',
  'opentelemetry',
  'many',
  'recording',
  'parsing',
  'testing',
]
const blocksOf = (name: string, page: string): [name: string, code: string][] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map((match, index) => [
    `${name}-${index}`,
    match[1]!,
  ])
const blocks = pages.flatMap((page) => blocksOf(page, `docs/${page}.md`))
/** The README's own test runs its first lines; compiling all pages at once is cheaper. */
const compiled = [
  ...blocks,
  ...blocksOf('readme', 'README.md').map(([name, code]) => [
    name,
    code.includes('render(') ? `declare const render: (value: unknown) => void\n${code}` : code,
  ]),
] as [string, string][]
/** What needs neither a key nor a network can be run. */
const runnable = blocks.filter(([, code]) =>
  /simulate\(|parseStream\(|openPartial\(|structstream\/json|const echo/.test(code),
)

let folder = ''
let programs: Awaited<ReturnType<typeof bundlePrograms>>
beforeAll(async () => {
  // Inside the project, so that the package's own name and its types are found; the folder is ignored by git.
  await mkdir(join(root, 'scratch'), { recursive: true })
  folder = await mkdtemp(join(root, 'scratch/docs-'))
  await Promise.all(compiled.map(([name, code]) => writeFile(join(folder, `${name}.ts`), code)))
  const config = { extends: '../../tsconfig.json', include: ['.'], exclude: [], compilerOptions: { noEmit: true } }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  programs = await bundlePrograms(runnable.map(([name]) => join(folder, `${name}.ts`)))
})
afterAll(() => Promise.all([rm(folder, { recursive: true, force: true }), programs.remove()]))

const execute = (args: string[]) => promisify(execFile)(process.execPath, args, { cwd: root })

test('code in the docs and in the README compiles', async () => {
  const { stdout } = await execute(['node_modules/typescript/bin/tsc', '-p', folder]).catch(
    (error: { stdout: string }) => error,
  )
  // The library's own errors are reported by `npm run typecheck`.
  expect(stdout.split('\n').filter((line) => new RegExp(`(?:readme|${pages.join('|')})-\\d`).test(line))).toEqual([])
}, 60_000)

test.each(runnable)(
  '%s runs',
  async (name) => {
    const { stdout, stderr } = await execute([programs.programOf(name)])
    expect(stderr).toBe('')
    expect(stdout).not.toBe('')
  },
  60_000,
)

test('every example that the recipes name exists', () => {
  const rows = readFileSync(join(root, 'docs/recipes.md'), 'utf8').match(/^\|.*\|$/gm)!
  const last = rows.findIndex((row) => row.startsWith('| provider'))
  const named = rows.slice(2, last).flatMap((row) => [
    ...row
      .split('|')
      .at(-2)!
      .matchAll(/`([\w-]+)`/g),
  ])
  const there = readdirSync(join(root, 'examples'))
  expect(named.length).toBeGreaterThan(15)
  expect(named.filter(([, name]) => !there.includes(`${name}.ts`))).toEqual([])
})
