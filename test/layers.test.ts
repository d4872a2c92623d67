import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'

/**
 * Who may import whom: for each folder, its files and sub-folders in rows. An entry imports only from its own row and
 * from rows above it. Files that a folder's table doesn't name come after all of its rows.
 */
const order: Record<string, string[][]> = {
  '': [
    ['path.ts', 'pointer.ts', 'types.ts', 'errors.ts', 'platform.ts'],
    ['suggestions.ts', 'factory-options.ts'],
    ['async'],
    ['json'],
    ['schema'],
    ['partial'],
    ['models'],
    ['stream'],
    ['run-stream.ts', 'parse-stream.ts', 'open-partial.ts', 'session.ts', 'tool.ts'],
    ['many'],
    ['warming'],
    ['run-many.ts', 'warm.ts'],
    ['index.ts'],
    ['../schemas'],
    ['record', 'otel', 'diagnostics', 'hosts'],
    ['web'],
    ['store'],
    ['react', 'vue', 'svelte', 'solid', 'angular'],
    ['testing'],
    ['../playground'],
    ['cli'],
  ],
  json: [
    [
      'detached.ts',
      'errors.ts',
      'token-sink.ts',
      'snapshot-pace.ts',
      'growing-container.ts',
      'long-text.ts',
      'numbers.ts',
      'structural-sharing.ts',
    ],
    ['sinks'],
    ['tokenizer-states.ts'],
    ['tokenizer.ts'],
    ['parser.ts'],
    ['repair'],
  ],
  schema: [
    ['types.ts', 'rules.ts'],
    ['hints.ts', 'node.ts', 'later-check.ts'],
    ['patterns'],
    ['json-schema'],
    ['dialects'],
    ['zod'],
    ['libraries'],
  ],
  'schema/json-schema': [
    ['code-points.ts', 'schema-object.ts', 'unsupported.ts', 'keywords.ts', 'node-issues.ts'],
    ['document.ts', 'pattern.ts', 'text-checks.ts'],
    ['judges.ts'],
    ['references.ts'],
    ['final-check.ts'],
    ['definition.ts'],
    ['shape'],
    ['node-scalars.ts', 'possible.ts', 'watch-shape.ts'],
    ['left-to-library.ts'],
    ['nodes.ts', 'subschemas.ts'],
  ],
  'schema/dialects': [['profiles'], ['decode'], ['compile']],
  partial: [
    ['user-code.ts', 'resolve-path.ts'],
    ['listeners.ts'],
    ['rule-runs.ts'],
    ['interpreter.ts'],
    ['cursor'],
    ['document'],
    ['patch'],
    ['known-keys.ts', 'whole-answer.ts'],
    ['compile-schema.ts'],
    ['resume'],
  ],
  models: [
    ['model.ts', 'registry.ts'],
    ['events'],
    ['transport'],
    ['request'],
    ['simulate', 'resolve.ts', 'ai-sdk', 'anthropic', 'google', 'ollama', 'openai'],
  ],
  stream: [
    [
      'types.ts',
      'observers.ts',
      'arrival-times.ts',
      'call-site.ts',
      'issue-values.ts',
      'text-provider.ts',
      'internal-error.ts',
    ],
    ['limits'],
    ['options', 'tools'],
    ['answer-events.ts', 'model-error.ts'],
    ['replayed-events.ts'],
    ['snapshot.ts', 'answer.ts'],
    ['event-log.ts'],
    ['event-reader.ts', 'observation.ts', 'run-result.ts', 'attempt.ts', 'plain-text.ts', 'source'],
    ['run.ts'],
    ['observe-run.ts'],
    ['consumers'],
    ['structured-stream.ts'],
    ['driver'],
  ],
  'stream/driver': [
    ['choose-model.ts', 'complete-history.ts', 'merge-issues.ts'],
    ['validate-answer.ts', 'prepare-call.ts'],
    ['heal', 'next-attempt.ts'],
    ['tool-steps.ts'],
  ],
  web: [['position.ts', 'wire-values.ts', 'protocol.ts', 'sse.ts'], ['client'], ['formats'], ['server']],
  'web/client': [
    ['sources', 'replaced-answer.ts', 'join-parts.ts', 'event-budget.ts'],
    ['receiver.ts'],
    ['receive.ts'],
    ['connect.ts'],
    ['state'],
  ],
  'web/client/state': [['animation-frame.ts', 'field.ts', 'shown-tool-calls.ts'], ['run-view.ts'], ['stream-store.ts']],
  store: [['store.ts', 'id.ts', 'handler.ts', 'watchers.ts'], ['memory.ts', 'redis'], ['retry-until.ts']],
  testing: [['reply.ts', 'chunking.ts', 'call-ids.ts'], ['wires']],
}
const sdks = [
  'openai',
  '@anthropic-ai/sdk',
  '@google/genai',
  'ollama',
  'ai',
  'react',
  'vue',
  'svelte',
  'solid-js',
  '@angular/core',
  '@opentelemetry/api',
]

const src = join(import.meta.dirname, '../src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.d)\.tsx?$/.test(name))
const part = (file: string): string =>
  file.split('/')[file.startsWith('../') ? 1 : 0]!.replace(/^(?=(?:schemas|playground)$)/, '../')
const rows = order['']!
const rank = (file: string): number => rows.findIndex((row) => row.includes(part(file)))

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

test('each part of src imports only from parts above it in the table', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file).flatMap(({ target }) =>
      target === undefined || (rank(target) >= 0 && rank(target) <= rank(file)) ? [] : [`${file} imports ${target}`],
    ),
  )
  expect(wrong).toEqual([])
})

test.each(Object.keys(order).slice(1))(
  'each entry of src/%s imports only from entries above it in the table',
  (folder) => {
    const entry = (file: string): string => file.slice(folder.length + 1).split('/')[0]!
    const row = (file: string): number => {
      const found = order[folder]!.findIndex((entries) => entries.includes(entry(file)))
      return found < 0 ? Infinity : found
    }
    const inside = files.filter((file) => file.startsWith(`${folder}/`))
    // A name that is in the table but not in the folder holds no one to anything.
    expect(order[folder]!.flat().filter((name) => !inside.some((file) => entry(file) === name))).toEqual([])
    const wrong = inside.flatMap((file) =>
      importsOf(file).flatMap(({ target }) =>
        target !== undefined && target.startsWith(`${folder}/`) && row(target) > row(file)
          ? [`${file} imports ${target}`]
          : [],
      ),
    )
    expect(wrong).toEqual([])
  },
)

test('the test server shares only types with the adapters that it tests', () => {
  const testing = files.filter((file) => part(file) === 'testing').flatMap(importsOf)
  // What makes up answers knows no wire.
  const shared = ['sample-data.ts', 'true-answer.ts', 'random.ts'].map((name) => `models/simulate/${name}`)
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

test('optional peers are imported in a `try` only, so that bundlers build without them', () => {
  // A framework's binding is nothing without it, nor telemetry without OpenTelemetry; the command-line program isn't bundled.
  const own = files.filter(
    (file) =>
      !['react', 'vue', 'svelte', 'solid', 'angular', 'otel', 'cli'].includes(part(file)) && !file.startsWith('../'),
  )
  const wrong = own.flatMap((file) => {
    const text = readFileSync(join(src, file), 'utf8')
    return importsOf(file).flatMap(({ name, target, isType, isStatic }) => {
      if (target !== undefined || isType || name.startsWith('node:') || name === '@standard-schema/spec') return []
      if (isStatic) return [`${file} imports a value of ${name}`]
      const before = text.slice(0, text.indexOf(`await import('${name}')`))
      return before.lastIndexOf('try {') > before.lastIndexOf('} catch') ? [] : [`${file} imports ${name} without try`]
    })
  })
  expect(wrong).toEqual([])
})

test('no file is longer than 450 lines, but for two state machines that are one idea each', () => {
  const machines = ['json/tokenizer.ts', 'json/repair/tolerant-reader.ts']
  const lines = (file: string) => readFileSync(join(src, file), 'utf8').trimEnd().split('\n').length
  expect(files.filter((file) => lines(file) > 450 && !file.startsWith('../')).toSorted()).toEqual(machines.toSorted())
})
