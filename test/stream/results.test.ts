import { describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { z } from 'zod'

import { runStream, type Model, type ModelEvent, type RunOptions } from '../../src/index.ts'
import { drain, pushed, says, scripted, stop, text } from './scripted.ts'

/** A model that answers each call with the next text. */
function answering(...answers: (string | ModelEvent[])[]): Model {
  return {
    ...scripted([]),
    stream: (...args) => {
      const answer = answers.shift()!
      return scripted(typeof answer === 'string' ? says(answer) : answer).stream(...args)
    },
  }
}

describe('getJson()', () => {
  const Film = z.object({ title: z.string().trim(), year: z.coerce.number(), tags: z.array(z.string()).default([]) })

  test('The JSON is what the model wrote, repaired, before transforms and defaults, without unknown keys', async () => {
    const answer = "Sure: {'title': ' Alien ', 'year': '1979', 'extra': 1,}"
    const stream = runStream('q', Film, { model: scripted(says(answer)) })
    expect(await stream.getJson()).toEqual({ title: ' Alien ', year: '1979' })
    expect(await stream.getData()).toEqual({ title: 'Alien', year: 1979, tags: [] })
    expect((await stream.getResult()).json).toBe(await stream.getJson())
  })

  test('It is decoded from the dialect of the provider', async () => {
    const Counts = z.object({ counts: z.record(z.string(), z.int()) })
    const model = scripted(says('{"counts":[{"key":"a","value":1}]}'), { dialect: 'openai' })
    expect(await runStream('q', Counts, { model }).getJson()).toEqual({ counts: { a: 1 } })
  })

  test('For text it is the text', async () => {
    expect(await runStream('q', undefined, { model: scripted(says('hello')) }).getJson()).toBe('hello')
  })

  test('It holds what was patched', async () => {
    const Strict = z.object({ title: z.string(), year: z.int().min(1888).transform(String) })
    const model = answering('{"title":"Alien","year":3,"extra":1}', '{"year":1979}')
    const stream = runStream('q', Strict, { model, onInvalid: 'patch' })
    expect(await stream.getJson()).toEqual({ title: 'Alien', year: 1979 })
    expect(await stream.getData()).toEqual({ title: 'Alien', year: '1979' })
  })

  test('It rejects with the error of the run', async () => {
    const stream = runStream('q', Film, { model: scripted([text('no'), stop]) })
    await expect(stream.getJson()).rejects.toMatchObject({ code: 'no_json' })
  })

  test('A result can be cloned, spread and written as JSON', async () => {
    const result = await runStream('q', Film, { model: scripted(says('{"title":"A","year":1}')) }).getResult()
    const json = { title: 'A', year: 1 }
    expect(structuredClone(result).json).toEqual(json)
    expect({ ...result }.json).toEqual(json)
    expect((JSON.parse(JSON.stringify(result)) as typeof result).json).toEqual(json)
    expect(Object.keys(result.timing)).toEqual(['firstDelta', 'firstPartial', 'total', 'fields'])
  })

  test('Schemas of other libraries give it too', async () => {
    const schema = v.object({ a: v.string(), b: v.optional(v.string(), 'x') })
    expect(await runStream('q', schema, { model: scripted(says('{"a":"x"}')) }).getJson()).toEqual({ a: 'x' })
  })
})

describe('usage', () => {
  test('The usage counts the model calls, also of a run that failed', async () => {
    const Film = z.object({ title: z.string() })
    const options: RunOptions = { onInvalid: 'restart' }
    const good = runStream('q', Film, { ...options, model: answering('{"title":1}', '{"title":"x"}') })
    expect((await good.getResult()).usage).toEqual({ requests: 2, inputTokens: 3, outputTokens: 5 })
    const bad = runStream('q', Film, { ...options, maxAttempts: 2, model: answering('{"title":1}', '{}') })
    await expect(bad.getData()).rejects.toMatchObject({ usage: { requests: 2 } })
  })

  test('Cache writes are summed, and what is not a number is left out', async () => {
    const usage = { inputTokens: 9, cacheWriteTokens: 4, outputTokens: '5' as unknown as number, requests: 7 }
    const stream = runStream('q', undefined, { model: scripted([text('x'), { type: 'usage', usage }, stop]) })
    expect((await stream.getResult()).usage).toEqual({ requests: 1, inputTokens: 9, cacheWriteTokens: 4 })
  })
})

describe('timing.fields', () => {
  const Film = z.object({ title: z.string(), cast: z.array(z.string()), year: z.int() })

  test('Each top-level key has its begin and end, in the order of the answer', async () => {
    const { model, push, end } = pushed()
    const stream = runStream('q', Film, { model })
    const result = stream.getResult()
    const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 4))
    await push(text('{"title":'))
    await later()
    await push(text('"Alien","ca'))
    await later()
    await push(text('st":["a",'))
    await later()
    await push(text('"b"],"year":1979'))
    await later()
    await push(text(',"extra":1}'), stop)
    await end()
    const { fields, total } = (await result).timing
    expect(Object.keys(fields)).toEqual(['title', 'cast', 'year'])
    const { title, cast, year } = fields as Record<string, { start: number; end: number }>
    const moments = [title!.start, title!.end, cast!.start, cast!.end, year!.end, total]
    expect([...moments].sort((a, b) => a - b)).toEqual(moments)
    expect(title!.end).toBeLessThan(cast!.start)
    expect(year!.start).toBe(cast!.end)
    expect(year!.start).toBeLessThan(year!.end)
  })

  test('A text and a list have none', async () => {
    const plain = await runStream('q', undefined, { model: scripted(says('x')) }).getResult()
    const list = await runStream('q', z.array(z.object({ a: z.int() })), {
      model: scripted(says('[{"a":1}]')),
    }).getResult()
    expect([plain.timing.fields, list.timing.fields]).toEqual([{}, {}])
  })

  test('A patched key has its last end, and one that only the patch brought is there', async () => {
    const model = answering('{"title":"Alien","year":"?"}', '{"year":1979,"cast":["a"]}')
    const stream = runStream('q', Film, { model, onInvalid: 'patch' })
    const events = drain(stream.streamEvents())
    const { timing, data } = await stream.getResult()
    expect(data).toEqual({ title: 'Alien', year: 1979, cast: ['a'] })
    expect((await events).items.some(({ type }) => type === 'patch')).toBe(true)
    expect(Object.keys(timing.fields).sort()).toEqual(['cast', 'title', 'year'])
    expect(timing.fields['year']!.end).toBeGreaterThanOrEqual(timing.fields['title']!.end)
  })

  test('An answer that was recovered has the keys of both parts', async () => {
    const model = answering(says('{"title":"Al', 4, 'length'), '{"rest_title":"ien","more":{"cast":["a"],"year":1979}}')
    const stream = runStream('q', Film, { model, recover: true })
    const { data, timing } = await stream.getResult()
    expect(data).toEqual({ title: 'Alien', cast: ['a'], year: 1979 })
    expect(Object.keys(timing.fields)).toEqual(['title', 'cast', 'year'])
  })

  test('Keys are those of the schema where the provider has another shape', async () => {
    const Counts = z.object({ counts: z.record(z.string(), z.int()) })
    const model = scripted(says('{"counts":[{"key":"a","value":1}]}'), { dialect: 'openai' })
    expect(Object.keys((await runStream('q', Counts, { model }).getResult()).timing.fields)).toEqual(['counts'])
  })
})

describe('Issue.value', () => {
  const Film = z.object({ title: z.string().max(3), cast: z.array(z.int()).max(1), year: z.int(), note: z.string() })

  test('Each issue has what the model wrote at its place, cut where that is long', async () => {
    const long = 'x'.repeat(300)
    const answer = JSON.stringify({ title: long, cast: [1, 2], year: 'soon' })
    const error = (await drain(runStream('q', Film, { model: scripted(says(answer)) }).streamPartial())).error
    const { issues } = error as { issues: Record<string, unknown>[] }
    const at = (key: string) => issues.find(({ path }) => (path as string[])[0] === key)
    expect(at('title')).toMatchObject({ value: long.slice(0, 200), valueTruncated: true })
    expect(at('cast')).toMatchObject({ value: [1, 2] })
    expect(at('cast')).not.toHaveProperty('valueTruncated')
    expect(at('year')).toMatchObject({ value: 'soon' })
    expect(at('note')).not.toHaveProperty('value')
  })

  test('A run that was stopped early shows what had come', async () => {
    const stream = runStream('q', Film, {
      onInvalid: 'abort',
      model: scripted([text('{"note":"n","year":"so'), text('on"'), text(',"title'), 'hang']),
    })
    await expect(stream.getData()).rejects.toMatchObject({
      issues: [{ path: ['year'], value: expect.stringMatching(/^so/) }],
    })
  })
})
