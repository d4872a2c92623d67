import { createOpenAI as createV4 } from '@ai-sdk/openai'
import { createOpenAI as createV2 } from 'ai-sdk-openai-v2'
import { createOpenAI as createV3 } from 'ai-sdk-openai-v3'
import { generateText, isStepCount, NoObjectGeneratedError, streamText, tool } from 'ai'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { StructStreamError } from '../../../src/errors.ts'
import { structuredOutput } from '../../../src/hosts/ai-sdk/index.ts'
import { openPartial } from '../../../src/open-partial.ts'
import { startProviderServer } from '../../../src/testing/index.ts'
import { property, runSize } from '../../support/property.ts'
import { collect, partsOf, pieces, streamModel } from './stream-model.ts'

const Film = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['horror', 'science fiction']),
  tags: z.array(z.string()),
})
const film = { title: 'Alien', year: 1979, genre: 'science fiction' as const, tags: ['space', 'cat'] }
const text = JSON.stringify(film)
const prompt = 'A film, please'
const quiet = { onError: () => {} }
// It would report that @ai-sdk/openai 2 is of an older specification.
;(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false

/** The context of a call that ended like this. */
const ended = (finishReason: string) => ({ response: {}, usage: {}, finishReason })

async function failureOf(
  promise: PromiseLike<unknown>,
): Promise<NoObjectGeneratedError & { cause: StructStreamError }> {
  return Promise.resolve(promise).then(
    (value) => expect.fail(`it resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error as never,
  )
}

describe.each([1, 4, 1000])('in pieces of %s characters', (size) => {
  test('partialOutputStream gives the partials of our own reader, and output the validated value', async () => {
    const reader = await openPartial(Film)
    const expected = new Set(
      pieces(text, size).flatMap((piece) => {
        reader.push(piece)
        return reader.value === undefined ? [] : [JSON.stringify(reader.value)]
      }),
    )
    const { model, noticed } = streamModel(partsOf(pieces(text, size)))
    const { partialOutputStream, output } = streamText({ model, prompt, output: structuredOutput(Film) })
    const partials = await collect(partialOutputStream)
    expect(partials.map((partial) => JSON.stringify(partial))).toEqual([...expected])
    expect(await output).toEqual(film)
    expect(noticed.formats).toMatchObject([{ type: 'json', schema: { type: 'object', additionalProperties: false } }])
  })

  test('elementStream gives each element of a list once, when it is complete and valid', async () => {
    const { model } = streamModel(partsOf(pieces(`{"value":[${text},{"title":7},${text}]}`, size)))
    const result = streamText({ model, prompt, output: structuredOutput(z.array(Film)), ...quiet })
    expect(await collect(result.elementStream)).toEqual([film, film])
    expect((await failureOf(result.output)).cause.code).toBe('invalid_data')
  })
})

test('An optional key is asked for as null, and read as absent', async () => {
  const Short = z.object({ title: z.string(), year: z.int().optional() })
  const { model, noticed } = streamModel(partsOf(pieces('{"title":"Alien","year":null}', 4)))
  const result = streamText({ model, prompt, output: structuredOutput(Short) })
  expect((await collect(result.partialOutputStream)).at(-1)).toEqual({ title: 'Alien' })
  expect(await result.output).toEqual({ title: 'Alien' })
  expect(noticed.formats).toMatchObject([{ schema: { required: ['title', 'year'] } }])
})

test('With the dialect json-schema the model is sent the schema unchanged', async () => {
  const { model, noticed } = streamModel(partsOf([`[${text}]`]))
  const output = structuredOutput(z.array(Film), { dialect: 'json-schema', name: 'films', description: 'Some films' })
  expect(await streamText({ model, prompt, output }).output).toEqual([film])
  expect(noticed.formats).toMatchObject([
    { type: 'json', name: 'films', description: 'Some films', schema: { type: 'array' } },
  ])
})

test('generateText gives the validated value', async () => {
  const { model } = streamModel(partsOf([text]))
  expect((await generateText({ model, prompt, output: structuredOutput(Film) })).output).toEqual(film)
})

test('A list may come in its own shape, though the model is asked for an object', async () => {
  const { model } = streamModel(partsOf(pieces(`[${text}]`, 3)))
  const result = streamText({ model, prompt, output: structuredOutput(z.array(Film)) })
  expect(await collect(result.elementStream)).toEqual([film])
  expect(await result.output).toEqual([film])
})

describe.each([
  ['v4, Chat', (url: string) => createV4({ baseURL: url, apiKey: 'k' }).chat('m')],
  ['v4, Responses', (url: string) => createV4({ baseURL: url, apiKey: 'k' }).responses('m')],
  ['v3, Chat', (url: string) => createV3({ baseURL: url, apiKey: 'k' }).chat('m')],
  ['v2, Chat', (url: string) => createV2({ baseURL: url, apiKey: 'k' }).chat('m')],
])('over a server, with @ai-sdk/openai %s', (_, modelOf) => {
  test('partials, elements and output come as the schema says', async () => {
    await using server = await startProviderServer({ respond: { text: `{"value":[${text},${text}]}`, chunking: 5 } })
    const result = streamText({
      model: modelOf(server.openaiBaseURL),
      prompt,
      output: structuredOutput(z.array(Film), { name: 'films' }),
    })
    const [partials, elements] = await Promise.all([collect(result.partialOutputStream), collect(result.elementStream)])
    expect(partials.at(-1)).toEqual([film, film])
    expect(elements).toEqual([film, film])
    expect(await result.output).toEqual([film, film])
    expect(JSON.stringify(server.requests[0]!.body)).toContain('"films"')
  })
})

describe('an answer that fails', () => {
  test.each([
    ['no_json', 'I would rather not.', 'stop'],
    ['malformed_json', text.slice(0, -1), 'stop'],
    ['invalid_data', '{"title":7}', 'stop'],
    ['truncated', text.slice(0, 30), 'length'],
    ['truncated', text, 'length'],
    ['content_filtered', text, 'content-filter'],
    ['provider_error', text, 'error'],
  ])("is the AI SDK's error with the cause %s: %j, %s", async (code, answer, finish) => {
    const { model } = streamModel(partsOf(pieces(answer, 4), finish))
    const result = streamText({ model, prompt, output: structuredOutput(Film), ...quiet })
    await collect(result.partialOutputStream)
    const error = await failureOf(result.output)
    expect(error).toBeInstanceOf(NoObjectGeneratedError)
    expect(error.cause).toBeInstanceOf(StructStreamError)
    expect(error.cause.code).toBe(code)
    expect(error.cause.text).toBe(answer)
    expect({ text: error.text, finishReason: error.finishReason }).toEqual({ text: answer, finishReason: finish })
    expect(error.usage?.inputTokens).toBe(1)
  })

  test('is known at the first certain violation, and with onInvalid: abort the model is stopped', async () => {
    const issues: unknown[] = []
    const long = `{"title":7,"genre":"${'x'.repeat(4000)}"}`
    const { model, noticed } = streamModel(partsOf(pieces(long, 4)))
    const output = structuredOutput(Film, { onInvalid: 'abort', onIssue: (issue) => issues.push(issue) })
    const result = streamText({ model, prompt, output, ...quiet })
    const error = await failureOf(collect(result.partialOutputStream))
    expect(error).toBeInstanceOf(NoObjectGeneratedError)
    expect(error.cause).toMatchObject({ code: 'invalid_data', issues: [{ path: ['title'] }], partial: {} })
    expect(issues).toMatchObject([{ path: ['title'], code: 'invalid_type' }])
    expect(await failureOf(result.output)).toBe(error)
    await new Promise(setImmediate)
    expect(noticed.isCancelled).toBe(true)
    expect(noticed.pulled).toBeLessThan(100)
  })
})

test('Each issue is reported once for each text', async () => {
  const paths: unknown[] = []
  const { model } = streamModel(partsOf(pieces('{"title":7,"year":"x"}', 2)))
  const output = structuredOutput(Film, { onIssue: ({ path }) => paths.push(path) })
  const result = streamText({ model, prompt, output, ...quiet })
  await collect(result.partialOutputStream)
  await failureOf(result.output)
  expect(paths).toEqual([['title'], ['year'], ['genre'], ['tags']])
})

test('After a tool step the answer is a new text', async () => {
  const call = { type: 'tool-call', toolCallId: 'c', toolName: 'now', input: '{}' }
  const first = partsOf(['[', text.slice(0, 20)], 'tool-calls')
  const { model } = streamModel([...first.slice(0, -1), call, first.at(-1)!], partsOf(pieces(`[${text}]`, 6)))
  const tools = { now: tool({ inputSchema: z.object({}), execute: async () => 'noon' }) }
  const output = structuredOutput(z.array(Film))
  const result = streamText({ model, prompt, tools, stopWhen: isStepCount(3), output })
  expect(await collect(result.elementStream)).toEqual([film])
  expect(await result.output).toEqual([film])
})

test('After a second attempt within a step, which the AI SDK does not announce, elements begin again', async () => {
  const output = structuredOutput(z.array(z.int()))
  const { readable, writable } = output.createElementStreamTransform()
  const writer = writable.getWriter()
  const write = async (whole: string, delta: string): Promise<void> => {
    const partialOutput = (await output.parsePartialOutput({ text: whole }))?.partial
    await writer.write({ part: { type: 'text-delta', id: 't', text: delta }, partialOutput })
  }
  const elements = collect(readable as unknown as AsyncIterable<number>)
  await write('[1,2,', '[1,2,')
  await write('[5,', '[5,')
  await writer.write({ part: { type: 'text-delta', id: 'other', text: '9,' }, partialOutput: undefined })
  await writer.write({ part: { type: 'text-delta', id: 't', text: '6]' }, partialOutput: undefined })
  await writer.close()
  expect(await elements).toEqual([1, 2, 5, 6])
})

test('One output serves calls at the same time, whose texts begin alike', async () => {
  const output = structuredOutput(z.array(z.object({ n: z.int(), at: z.int() })))
  const lists = [0, 1, 2, 3].map((run) => Array.from({ length: 12 }, (_, n) => ({ n, at: n < 8 ? 0 : run })))
  const results = await Promise.all(
    lists.map(async (list, run) => {
      const { model } = streamModel(partsOf(pieces(JSON.stringify(list), 3 + run)))
      const result = streamText({ model, prompt, output })
      const [partials, elements] = await Promise.all([
        collect(result.partialOutputStream),
        collect(result.elementStream),
      ])
      return { last: partials.at(-1), elements, output: await result.output }
    }),
  )
  expect(results).toEqual(lists.map((list) => ({ last: list, elements: list, output: list })))
})

test('Whatever texts grow in whatever order, and are replaced, each partial belongs to its text', () =>
  property(runSize('LAWS', 20), async (choices) => {
    const output = structuredOutput(Film)
    const texts = Array.from({ length: 1 + choices.below(5) }, () =>
      choices.pick([text, '{"title":"Aliens","year":1986}', '{"title":"Alien"}', `${text.slice(0, 40)}"`, 'no']),
    )
    const lengths = texts.map(() => 0)
    for (let step = 0; step < 25; step++) {
      const which = choices.below(texts.length)
      const isReplaced = choices.chance(10)
      lengths[which] = isReplaced ? choices.below(6) : lengths[which]! + choices.below(7)
      const soFar = texts[which]!.slice(0, lengths[which])
      const reader = await openPartial(Film)
      reader.push(soFar)
      const result = await output.parsePartialOutput({ text: soFar })
      expect(result?.partial).toEqual(reader.value)
      if (soFar === text) expect(await output.parseCompleteOutput({ text }, ended('stop'))).toEqual(film)
    }
  }))

test('Calls that overlap read each text once', async () => {
  const output = structuredOutput(Film)
  const results = await Promise.all(
    pieces(text, 7).map((_, index) => output.parsePartialOutput({ text: text.slice(0, (index + 1) * 7) })),
  )
  expect(results.at(-1)?.partial).toEqual(film)
})

test('What JSON can’t say is left out of partials, so that the stream continues, and is in the output', async () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  const Odd = z.object({
    a: z.string(),
    big: z.coerce.bigint(),
    list: z.array(z.coerce.bigint()),
    loop: z.string().transform(() => cycle),
    when: z.coerce.date(),
    z: z.string(),
  })
  const answer = { a: 'x', big: '12345678901234567890', list: ['1', '2'], loop: '', when: '2026-01-01', z: 'end' }
  const { model } = streamModel(partsOf(pieces(JSON.stringify(answer), 5)))
  const result = streamText({ model, prompt, output: structuredOutput(Odd) })
  const when = new Date('2026-01-01')
  expect((await collect(result.partialOutputStream)).at(-1)).toEqual({ a: 'x', list: [], loop: {}, when, z: 'end' })
  expect(await result.output).toEqual({ ...answer, big: 12345678901234567890n, list: [1n, 2n], loop: cycle, when })
})

test('A schema that no model can be asked for fails the call', async () => {
  const { model } = streamModel()
  const output = structuredOutput(z.object({ at: z.date() }))
  const error = await generateText({ model, prompt, output }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'unsupported_schema' })
})

test("elementStream of a schema that isn't a list says so", async () => {
  const { model } = streamModel(partsOf([text]))
  const result = streamText({ model, prompt, output: structuredOutput(Film) })
  await expect(collect(result.elementStream)).rejects.toThrow(/whose root is a list/)
})

test.each([
  [() => structuredOutput(undefined as never), /needs a schema/],
  [() => structuredOutput(Film, { nam: 'x' } as never), /Unknown option `nam`. Did you mean `name`/],
  [() => structuredOutput(Film, { onInvalid: 'patch' } as never), /`onInvalid` must be one of collect, abort/],
  [() => structuredOutput(Film, { limits: { maxDepht: 3 } } as never), /Did you mean `limits.maxDepth`/],
])('A wrong call throws: %s', (call, message) => {
  expect(call).toThrow(message)
})
