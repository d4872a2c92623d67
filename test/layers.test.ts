import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'

/** The parts of `src/`, in the order of the data's way: each part imports only from itself and from parts above it. */
const layers = [
  ['types.ts', 'errors.ts'],
  ['async'],
  ['json'],
  ['schema'],
  ['partial'],
  ['models'],
  ['stream'],
  ['run-stream.ts', 'session.ts', 'tools.ts'],
  ['index.ts'],
  ['../schemas'],
  ['web'],
  ['store'],
  ['react'],
  ['otel'],
  ['testing'],
  ['play'],
  ['cli'],
]
const sdks = ['openai', '@anthropic-ai/sdk', '@google/genai', 'ollama', 'ai', 'react', '@opentelemetry/api']

const src = join(import.meta.dirname, '../src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.d)\.tsx?$/.test(name))
const part = (file: string): string => file.split('/')[file.startsWith('../') ? 1 : 0]!.replace(/^(?=schemas$)/, '../')
const rank = (file: string): number => layers.findIndex((layer) => layer.includes(part(file)))

const statement = /^(?:import|export)\s+(type\s)?(?:[\w$*{},\s]+?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm
const importsOf = (file: string) =>
  [...readFileSync(join(src, file), 'utf8').matchAll(statement)].map(([, type, from, loaded]) => {
    const name = from ?? loaded!
    const target = name.startsWith('.') ? relative(src, join(src, file, '..', name)) : undefined
    return { name, target, isType: type !== undefined, isStatic: from !== undefined }
  })

test('every part of src has its place in the table', () => {
  expect(files.filter((file) => rank(file) < 0)).toEqual([])
})

test('each part imports only from parts named before it', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file).flatMap(({ target }) =>
      target === undefined || (rank(target) >= 0 && rank(target) <= rank(file)) ? [] : [`${file} imports ${target}`],
    ),
  )
  expect(wrong).toEqual([])
})

test('the test server shares only types with the adapters that it tests', () => {
  const testing = files.filter((file) => part(file) === 'testing').flatMap(importsOf)
  // What makes up answers knows no wire.
  const shared = ['models/sample.ts', 'models/random.ts']
  const values = testing.flatMap(({ target, isType }) => (target === undefined || isType ? [] : [target]))
  expect(values.filter((target) => part(target) === 'models' && !shared.includes(target))).toEqual([])
})

test('the main entry loads no Node built-in and no provider SDK', () => {
  const closure = new Set<string>(files.filter((file) => file === 'index.ts'))
  const packages = new Set<string>()
  for (const file of closure) {
    for (const { name, target, isType, isStatic } of importsOf(file)) {
      if (isType || !isStatic) continue
      if (target === undefined) packages.add(name)
      else closure.add(target)
    }
  }
  const root = (name: string) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')
  const forbidden = [...packages].filter(
    (name) => name.startsWith('node:') || builtinModules.includes(name) || sdks.includes(root(name)),
  )
  expect(forbidden).toEqual([])
})
