import { beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { Model, ModelEvent, ModelRequest } from '../../src/models/model.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { askedFor, trueAnswer } from '../../src/models/simulate/true-answer.ts'
import { runStream } from '../../src/run-stream.ts'
import { memoryStore, resumable } from '../../src/store/index.ts'
import type { StructuredStream } from '../../src/stream/structured-stream.ts'
import { tool } from '../../src/tool.ts'
import { connect } from '../../src/web/client/index.ts'
import { toResponse, type FormatName } from '../../src/web/server/index.ts'
import { readFormat, type Reading } from './read-formats.ts'

/**
 * Faults × formats × readers: every reader, in every format, live, late or after a cut, hears the same end, and a
 * good end is the value of `getData()`.
 */
const Film = z.object({
  title: z.string(),
  year: z.int(),
  note: z.string().nullable(),
  cast: z.array(z.object({ name: z.string() })),
})
const film = { title: 'The "Thing"', year: 1982, note: null, cast: [{ name: 'Kurt Russell' }, { name: 'Keith David' }] }
const json = JSON.stringify(film)

const text = (all: string): ModelEvent[] =>
  (all.match(/[^]{1,8}/g) ?? []).map((piece) => ({ type: 'text-delta', text: piece }))
const finish = (reason: Extract<ModelEvent, { type: 'finish' }>['reason']): ModelEvent => ({ type: 'finish', reason })
const whole = [...text(json), finish('stop')]

/** A model that says one script after the other, one event a turn, so that readers keep up. */
function paced(...scripts: (ModelEvent | Error)[][]): Model {
  let call = 0
  return {
    provider: 'paced',
    id: 'paced-1',
    modes: ['json-schema', 'prompt'],
    dialect: 'json-schema',
    async *stream() {
      for (const step of scripts[call++]!) {
        await new Promise((resolve) => setImmediate(resolve))
        if (step instanceof Error) throw step
        yield step
      }
    },
  }
}

interface Case {
  schema?: z.ZodType | undefined
  make: () => StructuredStream<z.ZodType | undefined>
  /** `undefined`: the value of `getData()`. */
  code?: string
  /** What a format can't say of it: it ends with this code. */
  unsaid?: Partial<Record<FormatName, string>>
}

const run =
  (model: Model, options: object = {}) =>
  () =>
    runStream('A film', Film, { model, ...options })
const once =
  (script: (ModelEvent | Error)[], options: object = {}) =>
  () =>
    run(paced(script), options)()
const often = (scripts: (ModelEvent | Error)[][], options: object) => () => run(paced(...scripts), options)()

const look = tool({
  name: 'look',
  description: 'Looks',
  input: z.object({ id: z.int() }),
  execute: ({ id }) => ({ id }),
})
const call: ModelEvent[] = [
  { type: 'tool-call-start', id: 'c1', name: 'look' },
  { type: 'tool-call-delta', id: 'c1', text: '{"id":3}' },
  { type: 'tool-call-end', id: 'c1' },
  finish('tool-calls'),
]
const Amount = z.object({ amount: z.string().transform((digits) => BigInt(digits)) })
const Ring = z.object({ a: z.string() }).transform((value) => {
  const ring: { a: string; self?: unknown } = { ...value }
  ring.self = ring
  return ring
})

const cases: Record<string, Case> = {
  'a good answer': { make: once(whole) },
  'a draft before the answer': {
    make: once([...text(`Draft: ${json.replace('1982', '1981')}\nFinal: ${json}`), finish('stop')]),
    unsaid: { text: 'bad_options' },
  },
  'reasoning and a tool': {
    make: often([[{ type: 'reasoning-delta', text: 'Hm.' }, ...call], whole], { tools: [look] }),
  },
  'text without a schema': {
    schema: undefined,
    make: () => runStream('x', undefined, { model: paced([...text('Some "text".'), finish('stop')]) }),
  },
  'an error of the provider in the middle': {
    make: once([...text(json.slice(0, 20)), new Error('Oops')]),
    code: 'provider_error',
  },
  'an error at once': { make: once([new Error('Oops')]), code: 'provider_error' },
  'a connection that breaks': { make: once(text(json.slice(0, 30))), code: 'connection_lost' },
  'a refusal': { make: once([{ type: 'refusal-delta', text: 'No.' }, finish('refusal')]), code: 'refused' },
  'an answer that isn’t JSON': {
    make: once([...text('{"title":oops}'), finish('stop')], { repair: false }),
    code: 'malformed_json',
  },
  'an answer without JSON': { make: once([...text('Sorry.'), finish('stop')]), code: 'no_json' },
  'a wrong value': { make: once([...text(json.replace('1982', '"x"')), finish('stop')]), code: 'invalid_data' },
  'a restart': {
    make: often([[...text(json.replace('1982', '"x"')), finish('stop')], whole], { onInvalid: 'restart' }),
    unsaid: { text: 'bad_options' },
  },
  'a patch': {
    make: often(
      [
        [...text(json.replace('1982', '"x"')), finish('stop')],
        [...text('{"year":1982}'), finish('stop')],
      ],
      {
        onInvalid: 'patch',
      },
    ),
    unsaid: { text: 'bad_options' },
  },
  'only the closing brace is missing': {
    make: once([...text(json.slice(0, -1)), finish('length')], { recover: true }),
    unsaid: { text: 'malformed_json' },
  },
  'the connection breaks after the last brace': {
    make: once(text(json), { recover: true }),
    unsaid: { text: 'bad_options' },
  },
  'a BigInt': {
    schema: Amount,
    make: () => runStream('x', Amount, { model: paced([...text('{"amount":"12"}'), finish('stop')]) }),
    unsaid: { 'ui-message': 'unsupported_schema', 'ag-ui': 'unsupported_schema' },
  },
  'a cycle': {
    schema: Ring,
    make: () => runStream('x', Ring, { model: paced([...text('{"a":"b"}'), finish('stop')]) }),
    unsaid: { 'ui-message': 'unsupported_schema', 'ag-ui': 'unsupported_schema' },
  },
  'a caller that stops it': {
    make: () => {
      const stream = runStream('x', Film, { model: paced(whole) })
      void (async () => {
        for await (const { length } of stream.streamText({ cumulative: true })) if (length > 20) stream.abort()
      })().catch(() => {})
      return stream
    },
    code: 'aborted',
  },
}

// A client waits for a random time before it comes back: here for none.
beforeAll(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  return () => vi.restoreAllMocks()
})

const formats: FormatName[] = ['sse', 'ndjson', 'text', 'ui-message', 'ag-ui']
const quiet = { onError: () => {} }
/** What a text says before it is valid: the same JSON, however it is written. */
const asJson = (value: unknown): unknown => (typeof value === 'object' ? JSON.parse(JSON.stringify(value)) : value)

interface Heard {
  reading: Reading
  end: unknown
  /** The answer before transforms, if there is one. */
  json: unknown
}

/** What each kind of reader gets. */
const readers: Record<string, (it: Case, format: FormatName) => Promise<Heard>> = {
  async live({ make, schema = Film }, format) {
    const stream = make()
    const reading = await readFormat(format, toResponse(stream, { format, ...quiet }), schemaFor(schema, stream))
    return { reading, end: await ended(stream), json: await jsonOf(stream) }
  },
  async late({ make, schema = Film }, format) {
    const stream = make()
    const end = await ended(stream)
    const reading = await readFormat(format, toResponse(stream, { format, ...quiet }), schemaFor(schema, stream))
    return { reading, end, json: await jsonOf(stream) }
  },
  async 'of a store'({ make, schema = Film }, format) {
    const streams = resumable(memoryStore())
    const { id, stream } = await streams.start(undefined, make)
    const end = await ended(stream)
    await streams.idle()
    const read = schemaFor(schema, stream)
    const reading = await readFormat(
      format,
      toResponse(await streams.attach(id, { schema: read as never }), { format, ...quiet }),
      read,
    )
    return { reading, end, json: await jsonOf(stream) }
  },
}

const jsonOf = (stream: StructuredStream<z.ZodType | undefined>): Promise<unknown> =>
  stream.getJson().catch(() => undefined)

const plain = new WeakSet<object>()
function schemaFor(schema: unknown, stream: object): unknown {
  return plain.has(stream) ? undefined : schema
}

async function ended(stream: StructuredStream<z.ZodType | undefined>): Promise<unknown> {
  return await stream.getData().then(
    (value) => ({ value }),
    (error: { code: string }) => ({ code: error.code }),
  )
}

describe.each(Object.entries(cases))('%s', (_, it) => {
  const made = (): StructuredStream<z.ZodType | undefined> => {
    const stream = it.make()
    if ('schema' in it && it.schema === undefined) plain.add(stream)
    return stream
  }
  test.each(formats)('ends the same for every reader, as %s', async (format) => {
    for (const [name, read] of Object.entries(readers)) {
      const { reading, end, json } = await read({ ...it, make: made }, format)
      const isLate = name !== 'live'
      const unsaid = isLate && format === 'text' ? undefined : it.unsaid?.[format]
      if (it.code === undefined) expect(end, name).toHaveProperty('value')
      else expect(end, name).toEqual({ code: it.code })
      // A text has the answer before the schema's transforms.
      const expected = format === 'text' && it.code === undefined ? { value: json } : end
      expect(reading.outcome, name).toEqual(unsaid === undefined ? expected : { code: unsaid })
    }
  })

  test.each(['sse', 'ndjson'] as const)('ends the same after a cut anywhere, as %s', async (format) => {
    const stream = made()
    const end = await ended(stream)
    const body = await toResponse(stream, { format, resume: 'http://localhost/r', ...quiet }).text()
    const { headers } = toResponse(stream, { format, ...quiet })
    for (const cutAt of [0, 1, 2, 3].map((step) => Math.floor((body.length * step) / 4))) {
      const fetch = (_: unknown, init?: RequestInit): Promise<Response> => {
        const lastEventId = new Headers(init?.headers).get('last-event-id')
        return Promise.resolve(toResponse(stream, { format, resume: 'http://localhost/r', lastEventId, ...quiet }))
      }
      let isFirst = true
      const cut = (url: unknown, init?: RequestInit): Promise<Response> => {
        if (!isFirst) return fetch(url, init)
        isFirst = false
        // At least the hello, which says where the rest is.
        const start = body.slice(0, Math.max(cutAt, body.indexOf('\n', body.indexOf('hello')) + 2))
        return Promise.resolve(new Response(start, { headers }))
      }
      const page = connect('http://localhost/first', schemaFor(it.schema ?? Film, stream) as z.ZodType, { fetch: cut })
      expect(await ended(page), `cut at ${cutAt}`).toEqual(end)
    }
  })
})

test('an answer that is cut anywhere ends with its error, and a recovered one with its value', async () => {
  for (let cutAt = 1; cutAt < json.length; cutAt += 17) {
    for (const format of ['ui-message', 'ag-ui'] as const) {
      for (const [reason, code] of [
        ['length', 'truncated'],
        ['content-filter', 'content_filtered'],
        ['stop', 'malformed_json'],
      ] as const) {
        const stream = run(paced([...text(json.slice(0, cutAt)), finish(reason)]), { repair: false })()
        const { outcome } = await readFormat(format, toResponse(stream, { format, ...quiet }), Film)
        expect(outcome, `${format} ${reason} at ${cutAt}`).toEqual({ code })
      }
      const response = (request: ModelRequest): string => trueAnswer(film, askedFor(request))
      const model = simulate({ response, faults: [{ finish: 'length', finishAt: cutAt }] })
      const { outcome } = await readFormat(
        format,
        toResponse(run(model, { recover: true })(), { format, ...quiet }),
        Film,
      )
      expect(outcome, `${format} recovered at ${cutAt}`).toEqual({ value: film })
    }
  }
})

test('text of a page that is late is the value, after a restart, a patch or a recovery too', async () => {
  for (const name of ['a restart', 'a patch', 'only the closing brace is missing']) {
    const stream = cases[name]!.make()
    await stream.getData()
    expect(asJson(JSON.parse(await toResponse(stream, { format: 'text' }).text()))).toEqual(film)
  }
})
