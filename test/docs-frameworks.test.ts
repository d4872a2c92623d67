import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** What the code in the pages takes for granted. Svelte's compiler turns `$derived` into a signal. */
const GIVEN = `
import type { ReactNode } from 'react'
import type { z } from 'zod'
import type { Model, PartialOf, SchemaLike, StructuredStream, Tool } from 'structstream'
import type * as client from 'structstream/client'
import type * as fromReact from 'structstream/react'
import type { Recipe as Schema } from './schema.ts'
declare global {
  const Recipe: typeof Schema
  const Table: z.ZodObject<{ rows: z.ZodArray<z.ZodObject<{ name: z.ZodString }>> }>
  const Order: z.ZodObject<{ dish: z.ZodString }>
  const stream: StructuredStream<typeof Schema>
  const model: Model
  const tools: Tool[]
  const logger: { error(error: unknown): void }
  function promptOf(request: Request): string
  function render(value: unknown): void
  function Skeleton(): ReactNode
  function RecipeCard(props: { recipe: PartialOf<typeof Schema> }): ReactNode
  const memo: typeof import('react').memo
  const useEffect: typeof import('react').useEffect
  const useField: typeof fromReact.useField
  const useStructuredStream: typeof fromReact.useStructuredStream
  type StreamStore<S extends SchemaLike | undefined> = client.StreamStore<S>
  const messageId: string | undefined
  function $derived<T>(value: T): T
}
`
const SCHEMA = `
import { z } from 'zod'
export const Recipe = z.object({ title: z.string(), steps: z.array(z.string()) })
`

/** The code of a page: whole modules, or the script of a component. */
function codeOf(page: string): { name: string; code: string }[] {
  const text = readFileSync(join(root, `docs/${page}.md`), 'utf8')
  return [...text.matchAll(/```(tsx?|vue|svelte)\n([\s\S]*?)```/g)].map(([, kind, block = ''], index) => {
    const script = /<script[^>]*>([\s\S]*?)<\/script>/.exec(block)?.[1] ?? block
    const pragma = script.includes("'solid-js'") ? '/** @jsxImportSource solid-js */\n' : ''
    const extension = kind === 'tsx' ? 'tsx' : 'ts'
    return { name: `${page}-${index}.${extension}`, code: `${pragma}${script}\nexport {}\n` }
  })
}
const blocks = ['web', 'frameworks', 'react'].flatMap(codeOf)

let folder = ''
beforeAll(async () => {
  // Inside the project, so that the package's own name and its types are found; the folder is ignored by git.
  await mkdir(join(root, 'scratch'), { recursive: true })
  folder = await mkdtemp(join(root, 'scratch/docs-frameworks-'))
  await Promise.all(blocks.map(({ name, code }) => writeFile(join(folder, name), code)))
  await writeFile(join(folder, 'given.ts'), GIVEN)
  await writeFile(join(folder, 'schema.ts'), SCHEMA)
  const compilerOptions = {
    noEmit: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    experimentalDecorators: true,
    types: [],
  }
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', include: ['.'], exclude: [], compilerOptions }),
  )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('code in the pages about the server, React, Vue, Svelte, Solid and Angular compiles', async () => {
  expect(blocks.length).toBeGreaterThan(16)
  const { stdout } = await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder], {
    cwd: root,
  }).catch((error: { stdout: string }) => error)
  // The library's own errors are reported by `npm run typecheck`.
  expect(stdout.split('\n').filter((line) => line.includes('docs-frameworks-'))).toEqual([])
}, 60_000)
