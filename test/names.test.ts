import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'

const src = join(import.meta.dirname, '../src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.d)\.tsx?$/.test(name))

/** File names that only their folder makes clear, as `openai/events.ts` and `anthropic/events.ts`. */
const qualifiedByFolder = new Set([
  // One per provider, wire or dialect.
  'anthropic',
  'client',
  'entry',
  'events',
  'gemini',
  'groq',
  'messages',
  'model',
  'ollama',
  'replay',
  'reply',
  'request',
  // One per schema source.
  'checks',
  'nodes',
  // One per way of changing an answer, or per end of a wire.
  'node',
  'plan',
  'program',
  'sse',
  'text',
  'websocket',
  // One per stage.
  'errors',
  'index',
  'run',
  'types',
])

function groups(entries: readonly (readonly [string, string])[]): [string, string[]][] {
  const byName = new Map<string, string[]>()
  for (const [name, file] of entries) byName.set(name, [...(byName.get(name) ?? []), file])
  return [...byName].filter(([, found]) => found.length > 1)
}

test('no two exported types or classes of src share a name', () => {
  const declaration = /^export (?:declare )?(?:interface|type|class|abstract class) (\w+)/gm
  const declared = files.flatMap((file) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(declaration)].map(([, name]) => [name!, file] as const),
  )
  expect(declared.length).toBeGreaterThan(100)
  expect(groups(declared)).toEqual([])
})

test('no two files of src share a base name, unless their folders tell them apart', () => {
  const names = files.map((file) => [basename(file).replace(/\.tsx?$/, ''), file] as const)
  expect(groups(names).filter(([name]) => !qualifiedByFolder.has(name))).toEqual([])
})

test('each file name that is allowed twice is used twice', () => {
  const names = new Map(groups(files.map((file) => [basename(file).replace(/\.tsx?$/, ''), file] as const)))
  expect([...qualifiedByFolder].filter((name) => !names.has(name))).toEqual([])
})
