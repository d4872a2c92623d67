import { afterEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

import { StructStreamError, type ErrorCode } from '../../src/errors.ts'
import { configure, runStream, type RunOptions, type StructuredStream } from '../../src/index.ts'
import { drain, says, scripted, stop, text, type Step } from './scripted.ts'
import type { AnySchema } from '../../src/schema/types.ts'

const Movie = z.object({ title: z.string(), year: z.int().min(1888) })
const good = JSON.stringify({ title: 'Blade Runner', year: 1982 })

interface Outcome {
  name: string
  script: readonly Step[]
  code: ErrorCode | undefined
  options?: RunOptions
  schema?: AnySchema | undefined
  message?: RegExp
}

const lost = Object.assign(new TypeError('terminated'), { cause: new Error('other side closed') })
const refusal = { type: 'refusal-delta', text: 'I will not.' } as const

const outcomes: Outcome[] = [
  { name: 'a good answer', script: says(good), code: undefined },
  { name: 'a good text', script: says('hello'), schema: undefined, code: undefined },
  { name: 'reason other', script: [text(good), { type: 'finish', reason: 'other' }], code: undefined },
  { name: 'an error after the finish', script: [text(good), stop, { throws: lost }], code: undefined },
  { name: 'no finish', script: [text(good)], code: 'connection_lost' },
  { name: 'no finish, text', script: [text('hi')], schema: undefined, code: 'connection_lost' },
  { name: 'nothing at all', script: [], code: 'connection_lost' },
  { name: 'a lost socket', script: [text('{"title"'), { throws: lost }], code: 'connection_lost' },
  { name: 'length, although complete', script: says(good, 4, 'length'), code: 'truncated', message: /maxOutputTokens/ },
  { name: 'length, text', script: says('hello', 4, 'length'), schema: undefined, code: 'truncated' },
  { name: 'a filter', script: [text('{'), { type: 'finish', reason: 'content-filter' }], code: 'content_filtered' },
  {
    name: 'a refusal',
    script: [refusal, { type: 'finish', reason: 'refusal' }],
    code: 'refused',
    message: /I will not/,
  },
  { name: 'a refusal with stop', script: [refusal, stop], code: 'refused' },
  { name: 'reason error', script: [text(good), { type: 'finish', reason: 'error' }], code: 'provider_error' },
  {
    name: 'an unclosed document',
    script: [text('{"title":"x"'), stop],
    code: 'malformed_json',
    message: /character 12/,
  },
  { name: 'no JSON', script: [text('Sorry, no.'), stop], code: 'no_json' },
  { name: 'an empty answer', script: [stop], code: 'no_json', message: /nothing/ },
  {
    name: 'a tool call instead',
    script: [
      { type: 'tool-call-start', id: '1', name: 'look' },
      { type: 'tool-call-delta', id: '1', text: '{"a":' },
      { type: 'tool-call-delta', id: '1', text: '1}' },
      { type: 'tool-call-end', id: '1' },
      { type: 'finish', reason: 'tool-calls' },
    ],
    code: 'no_json',
    message: /look/,
  },
  { name: 'wrong data', script: says('{"title":"x","year":3}'), code: 'invalid_data', message: /year/ },
  { name: 'missing data', script: says('{"title":"x"}'), code: 'invalid_data', message: /year/ },
  {
    name: 'wrong data, abort',
    script: [...says('{"title":7,'), 'hang'],
    options: { onInvalid: 'abort' },
    code: 'invalid_data',
    message: /^Stopped at title: /,
  },
  { name: 'too much', script: [text(good), 'hang'], options: { limits: { maxChars: 20 } }, code: 'limit_exceeded' },
  {
    name: 'too deep',
    script: [text('['.repeat(20)), stop],
    schema: z.json(),
    options: { limits: { maxDepth: 10 } },
    code: 'limit_exceeded',
  },
  { name: 'a model that throws', script: [{ throws: new Error('bug') }], code: 'provider_error', message: /bug/ },
  { name: 'a model that throws a string', script: [{ throws: 'bug' }], code: 'provider_error', message: /bug/ },
  {
    name: 'a typed error',
    script: [{ throws: new StructStreamError('rate_limited', 'slow down', { status: 429 }) }],
    code: 'rate_limited',
  },
  { name: 'an unknown event', script: [{ type: 'nonsense' } as never], code: 'provider_error', message: /nonsense/ },
  { name: 'no event', script: [null as never], code: 'provider_error' },
  { name: 'an event without text', script: [{ type: 'text-delta', text: 7 } as never], code: 'provider_error' },
  { name: 'a bad option', script: [], options: { linger: -1 }, code: 'bad_options', message: /linger.*-1/ },
  { name: 'a bad schema', script: [], schema: { nonsense: true } as never, code: 'unsupported_schema' },
  {
    name: 'a refinement that throws',
    script: says(good),
    schema: Movie.refine(() => {
      throw new RangeError('my bug')
    }),
    code: 'invalid_data',
    message: /my bug/,
  },
  {
    name: 'a system function that throws',
    script: says(good),
    options: {
      system: () => {
        throw new RangeError('my bug')
      },
    },
    code: 'bad_options',
    message: /my bug/,
  },
  { name: 'an aborted signal', script: says(good), options: { signal: AbortSignal.abort('why') }, code: 'aborted' },
  {
    name: 'a mode that the model lacks',
    script: [],
    options: { mode: 'tool' },
    code: 'bad_options',
    message: /json-schema, prompt/,
  },
]

const consumers: Record<string, (stream: StructuredStream<unknown>) => Promise<unknown>> = {
  text: (stream) => drain(stream.streamText()).then((one) => one.error),
  partials: (stream) => drain(stream.streamPartial()).then((one) => one.error),
  snapshots: (stream) => drain(stream.streamSnapshots()).then((one) => one.error),
  elements: (stream) => orEnd(stream, drain(stream.streamElements(['a']))),
  field: (stream) => orEnd(stream, drain(stream.streamField(['title']))),
  events: (stream) => drain(stream.streamEvents()).then((one) => one.error),
  chunks: (stream) => drain(stream).then((one) => one.error),
  data: (stream) =>
    stream.getData().then(
      () => undefined,
      (error: unknown) => error,
    ),
  rest: (stream) =>
    Promise.all([stream.getText(), stream.getResult(), stream.getMessages()]).then(
      () => undefined,
      (error: unknown) => error,
    ),
}
const names = Object.keys(consumers)

/** A reader of a path that the schema can't have says so; how the run ends, its data tell. */
async function orEnd(stream: StructuredStream<unknown>, drained: Promise<{ error: unknown }>): Promise<unknown> {
  const { error } = await drained
  const isRefused = error instanceof StructStreamError && /is impossible: |^Without a schema/.test(error.message)
  return isRefused
    ? stream
        .getData()
        .catch((reason: unknown) => reason)
        .then((end) => (end instanceof Error ? end : undefined))
    : error
}

function started({ script, schema, options }: Outcome, hasSchema: boolean): StructuredStream<unknown> {
  const model = scripted(script)
  return runStream('question', hasSchema ? schema : Movie, { model, ...options })
}

afterEach(() => {
  configure({ model: undefined })
  vi.unstubAllEnvs()
})

/** Every one alone, every pair, all and none; every subset in a long run. */
const subsets = Array.from({ length: 2 ** names.length }, (_, subset) =>
  names.filter((_name, index) => (subset & (1 << index)) !== 0),
).filter(({ length }) => process.env['LAWS_CASES'] !== undefined || length <= 2 || length === names.length)

describe.each(outcomes)('$name', (outcome) => {
  const hasSchema = 'schema' in outcome

  test('subsets of consumers end the same way', async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', listen)
    for (const chosen of subsets) {
      const stream = started(outcome, hasSchema)
      const ends = await Promise.all(chosen.map((name) => consumers[name]!(stream)))
      // No one awaits these.
      void stream.getData()
      void stream.streamText().next()
      const error: unknown = await stream.getData().then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect((error as StructStreamError | undefined)?.code).toBe(outcome.code)
      expect(ends.every((end) => end === error)).toBe(true)
      expect(stream.status).toBe(outcome.code === undefined ? 'done' : 'failed')
    }
    await new Promise((resolve) => setTimeout(resolve))
    process.off('unhandledRejection', listen)
    expect(unhandled).toEqual([])
  })

  test('late consumers end the same way', async () => {
    const stream = started(outcome, hasSchema)
    const error: unknown = await stream.getData().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    for (const name of names) expect(await consumers[name]!(stream)).toBe(error)
    if (outcome.message !== undefined) expect((error as Error).message).toMatch(outcome.message)
  })
})

describe('errors hold what there was', () => {
  test('text, partial, issues, usage, attempts, finish reason, provider', async () => {
    const script = says('{"title":"x","year":3}')
    const model = scripted([{ type: 'metadata', model: 'script-2', requestId: 'r1' }, ...script])
    const error = await runStream('q', Movie, { model })
      .getData()
      .catch((e: unknown) => e as StructStreamError)
    expect(error).toBeInstanceOf(StructStreamError)
    expect(error).toMatchObject({
      code: 'invalid_data',
      text: '{"title":"x","year":3}',
      partial: { title: 'x' },
      issues: [{ path: ['year'], position: expect.any(Number) }],
      usage: { inputTokens: 3, outputTokens: 5 },
      finishReason: 'stop',
      provider: 'scripted',
      requestId: 'r1',
      retryable: false,
      attempts: [{ attempt: 1, kind: 'first', model: 'script-2', error: 'invalid_data', finishReason: 'stop' }],
    })
  })

  test('the cause of a lost connection and of an abort', async () => {
    const cut = scripted([text('{"title":"x'), { throws: lost }])
    await expect(runStream('q', Movie, { model: cut }).getData()).rejects.toMatchObject({
      cause: lost,
      retryable: true,
      partial: { title: 'x' },
    })
    const stream = runStream('q', Movie, { model: scripted(['hang']) })
    stream.abort('enough')
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted', cause: 'enough' })
    const other = runStream('q', Movie, { model: scripted(['hang']) })
    other.abort()
    await expect(other.getData()).rejects.toMatchObject({ cause: { name: 'AbortError' } })
  })
})

describe('no model', () => {
  test('says how to set one', async () => {
    vi.stubEnv('STRUCTSTREAM_MODEL', '')
    await expect(runStream('q').getData()).rejects.toMatchObject({
      code: 'no_model',
      message: expect.stringMatching(/configure.*STRUCTSTREAM_MODEL/),
    })
  })

  test('the environment, configure() and the option count in this order', async () => {
    vi.stubEnv('STRUCTSTREAM_MODEL', 'simulate:x')
    expect((await runStream('q').getResult()).provider).toBe('simulate')
    configure({ model: scripted(says('configured')) })
    expect(await runStream('q').getData()).toBe('configured')
    expect(await runStream('q', undefined, { model: scripted(says('given')) }).getData()).toBe('given')
  })

  test('unknown providers and ids', async () => {
    const ask = (model: string): Promise<string> => runStream('q', undefined, { model }).getData()
    await expect(ask('nonsense:x')).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringContaining('anthropic'),
    })
    await expect(ask('openai')).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringContaining("'openai:id'"),
    })
    await expect(ask('constructor:x')).rejects.toMatchObject({ code: 'bad_options' })
  })
})
