import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import * as readyMade from '../../schemas/index.ts'
import { codeFor, schemaExports } from '../../playground/page/code.ts'
import { initialSettings } from '../../playground/page/settings.ts'

const root = join(import.meta.dirname, '../..')

test('names each ready-made schema as it is exported', () => {
  const exports: Record<string, unknown> = { ...readyMade }
  for (const [name, exported] of Object.entries(schemaExports)) {
    expect(exports[exported], name).toBe(readyMade.schemas[name as keyof typeof schemaExports].schema)
  }
})

test('says only what is not the default', () => {
  expect(codeFor(initialSettings)).not.toMatch(/onInvalid|recover|repair/)
  const settings = {
    ...initialSettings,
    kind: 'real',
    model: 'openai:gpt-5.4',
    onInvalid: 'patch',
    repair: false,
  } as const
  expect(codeFor(settings)).toContain('  model: "openai:gpt-5.4",\n  onInvalid: \'patch\',\n  repair: false,\n})')
})

test.each([
  ['./a/b.ts#Film', 'import { Film } from "./a/b.ts"'],
  ['b.mjs', 'import MySchema from "./b.mjs"'],
  ['b.ts#a-b', 'import { "a-b" as MySchema } from "./b.ts"'],
  ['b.json', `import definition from "./b.json" with { type: 'json' }`],
])('imports the schema of --schema %s', (name, line) => {
  expect(codeFor({ ...initialSettings, schema: 'given' }, { name, jsonSchema: {} })).toContain(line)
})

test('the code that it shows runs', async () => {
  await mkdir(join(root, 'scratch'), { recursive: true })
  const folder = await mkdtemp(join(root, 'scratch/play-'))
  try {
    await writeFile(join(folder, 'ready.ts'), codeFor({ ...initialSettings, speed: 1_000, prompt: 'It’s "a" `film`' }))
    await writeFile(join(folder, 'own.ts'), codeFor({ ...initialSettings, speed: 1_000, schema: 'own' }))
    const given = { ...initialSettings, speed: 1_000, schema: 'given' } as const
    await writeFile(
      join(folder, 'schemas.ts'),
      `import { z } from 'zod'\nexport const Car = z.object({ wheels: z.int() })`,
    )
    await writeFile(join(folder, 'given.ts'), codeFor(given, { name: 'schemas.ts#Car', jsonSchema: {} }))
    const run = async (name: string): Promise<string> => {
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', join(folder, name)], {
        cwd: root,
      })
      return stdout
    }
    const [ready, own, car] = await Promise.all([run('ready.ts'), run('own.ts'), run('given.ts')])
    expect(ready).toContain("{ title: 'Blade Runner', year: 1982 }")
    expect(own).toContain('emails')
    expect(car).toContain('wheels')
  } finally {
    await rm(folder, { recursive: true })
  }
}, 60_000)
