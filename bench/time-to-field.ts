import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parsePartialJson } from 'ai'
import { Allow, parse } from 'partial-json'

import { anthropic } from '../src/models/anthropic/index.ts'
import { gemini } from '../src/models/google/index.ts'
import type { Model, ResponseFormat } from '../src/models/model.ts'
import { openai, openaiCompatible } from '../src/models/openai/index.ts'
import { openPartial } from '../src/open-partial.ts'
import { jsonSchema } from '../src/schema/json-schema/definition.ts'
import { startProviderServer, type WireName } from '../src/testing/index.ts'
import type { JsonSchemaObject } from '../src/types.ts'
import { expected } from '../test/models/conformance-expected.ts'
import { ask } from '../test/models/collect.ts'
import { table } from './markdown.ts'

type Json = Record<string, unknown>
/** The value so far, after each delta; `undefined`: nothing can be shown. */
type Reader = (deltas: readonly string[], final: Json) => Promise<unknown[]>

const READERS: Readonly<Record<string, Reader>> = {
  structstream: async (deltas, final) => {
    const reader = await openPartial(jsonSchema(schemaOf(final)))
    return deltas.map((delta) => {
      reader.push(delta)
      return reader.snapshot({ exact: true })
    })
  },
  'ai 7, `parsePartialJson`': (deltas) =>
    Promise.all(prefixes(deltas).map(async (text) => (await parsePartialJson(text)).value)),
  'the whole text parsed again, complete values only': async (deltas) =>
    prefixes(deltas).map((text) => {
      try {
        return parse(text, Allow.OBJ | Allow.ARR) as unknown
      } catch {
        return undefined
      }
    }),
  'the raw SDK, `JSON.parse` at the end': async (deltas, final) =>
    deltas.map((_, index) => (index === deltas.length - 1 ? final : undefined)),
}

function prefixes(deltas: readonly string[]): string[] {
  let text = ''
  return deltas.map((delta) => (text += delta))
}

/** The schema that an answer like this was asked for with. */
function schemaOf(value: unknown): JsonSchemaObject {
  if (value === null) return {}
  if (Array.isArray(value)) return { type: 'array', ...(value.length > 0 && { items: schemaOf(value[0]) }) }
  if (typeof value !== 'object') return { type: typeof value }
  const properties = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, schemaOf(child)]))
  return { type: 'object', properties }
}

interface Sums {
  first: number
  seen: number
  whole: number
  wrong: number
}

function modelFor(wire: WireName, file: string, url: string): Model | null {
  const shared = { apiKey: 'test-key', maxRetries: 0 }
  const baseURL = `${url}/v1`
  if (wire === 'anthropic') return anthropic('test-model', { baseURL: url, ...shared })
  if (wire === 'gemini') return gemini('test-model', { baseURL: url, ...shared })
  if (wire === 'openai-responses') return openai('test-model', { baseURL, ...shared })
  if (wire !== 'openai-chat') return null
  return file.startsWith('openai/')
    ? openai('test-model', { api: 'chat', baseURL, ...shared })
    : openaiCompatible('test-model', { baseURL, provider: file.split('/')[0]!, ...shared })
}

/** The answers of the recordings that are an object with several keys, as the deltas in which they came. */
async function answersOf(corpus: string): Promise<{ deltas: string[]; final: Json }[]> {
  await using server = await startProviderServer()
  const answers: { deltas: string[]; final: Json }[] = []
  for (const [file, { wire, answerTool }] of Object.entries(expected)) {
    const model = modelFor(wire, file, server.url)
    if (model === null || file.endsWith('.json')) continue
    server.respondWith({ recording: readFileSync(join(corpus, file)) })
    const format: ResponseFormat | undefined =
      answerTool === undefined
        ? undefined
        : { mode: 'tool', name: answerTool, schema: { type: 'object' }, strict: false }
    const { events } = await ask(model, format === undefined ? {} : { format })
    const deltas = events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))
    const final = objectIn(deltas.join(''))
    if (final !== null && deltas.length > 3) answers.push({ deltas, final })
  }
  return answers
}

function objectIn(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && Object.keys(value).length > 1 ? (value as Json) : null
  } catch {
    return null
  }
}

/** Shares of the stream, for one answer. */
function measure(values: readonly unknown[], final: Json): Sums {
  const keys = Object.keys(final)
  const at = (index: number): number => (index + 1) / values.length
  const ofKey = (index: number, key: string): unknown => (values[index] as Json | undefined)?.[key]
  const seen = keys.map((key) => at(values.findIndex((_, index) => ofKey(index, key) !== undefined)))
  const whole = keys.map((key) => {
    const lastOther = values.findLastIndex((_, index) => !isDeepStrictEqual(ofKey(index, key), final[key]))
    return at(lastOther + 1)
  })
  const wrong = keys.reduce((sum, key) => {
    const shown = values.map((_, index) => ofKey(index, key))
    return sum + shown.filter((value) => isOther(value, final[key])).length
  }, 0)
  return { first: Math.min(...seen), seen: mean(seen), whole: mean(whole), wrong }
}

/** Whether a value that was shown is none that grows into the final one. */
function isOther(shown: unknown, final: unknown): boolean {
  if (shown === undefined) return false
  if (typeof shown === 'string' && typeof final === 'string') return !final.startsWith(shown)
  if (typeof shown !== 'object' || typeof final !== 'object' || shown === null || final === null) return shown !== final
  return Object.entries(shown).some(([key, value]) => isOther(value, (final as Json)[key]))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

const corpus = process.env['STREAM_CORPUS']
if (corpus === undefined) throw new Error('Set STREAM_CORPUS to the folder of recorded streams (see CONTRIBUTING.md).')
const answers = await answersOf(corpus)
const rows: string[][] = []
for (const [name, read] of Object.entries(READERS)) {
  const all: Sums[] = []
  for (const { deltas, final } of answers) all.push(measure(await read(deltas, final), final))
  const percent = (key: keyof Sums): string => `${(100 * mean(all.map((sums) => sums[key]))).toFixed(1)} %`
  const wrong = all.reduce((sum, one) => sum + one.wrong, 0)
  rows.push([name, percent('first'), percent('seen'), percent('whole'), wrong.toLocaleString('en')])
}
const deltas = answers.reduce((sum, answer) => sum + answer.deltas.length, 0)
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
const text = `# Time to field

How much of a stream has come when a field can be shown. Read from the recorded provider streams whose answer is an object
with several keys: ${answers.length} answers in ${deltas.toLocaleString('en')} deltas, each as its provider cut it. The recordings hold no clock, so
time is counted in deltas: 50 % is half of the answer's deltas. Made by \`npm run bench:time-to-field\`, Node ${process.version}, commit ${commit}.

${table(['', 'first field seen', 'a field seen, mean', 'a field whole, mean', 'wrong values shown'], rows)}

- *Seen*: something of the field is there. *Whole*: it has its final value from then on. Only structstream says which
  fields are whole (\`isComplete\`); of the others that is known when the stream is over.
- structstream holds numbers, literals and formats back until the character that ends them (\`19\` may become \`1982\`), so
  such a field is seen a delta later than with a reader that guesses.
- *Wrong values* are counted once for each delta after which one is there: half a number, say, that grows into another.
- *The whole text parsed again* is what pydantic-style readers do for each delta: text that is still open is left out.
  With required fields, which such a model has by default, it validates nothing before the last field has come.
- The share is the same in time where deltas come at a steady pace. Before the first delta every reader waits alike; see
  \`warm()\` in [docs/schemas.md](../docs/schemas.md).
`
await writeFile(join(import.meta.dirname, 'TIME-TO-FIELD.md'), text)
console.log(text)
