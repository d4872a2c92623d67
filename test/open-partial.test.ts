import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { runStream } from '../src/index.ts'
import { openPartial } from '../src/open-partial.ts'
import type { Path } from '../src/path.ts'
import { property, runSize } from './support/property.ts'
import { drain, says, scripted } from './stream/scripted.ts'

const Film = z.object({ title: z.string(), year: z.int().min(1888), tags: z.array(z.string()).default([]) })
const good = '{"title":"Alien","year":1979}'

test('What push was given is in the next snapshot', async () => {
  const reader = await openPartial(Film)
  expect(reader.value).toBeUndefined()
  reader.push('{"title":"Al')
  expect(reader.snapshot()).toEqual({ title: 'Al' })
  expect(reader.snapshot()).toBe(reader.value)
  expect(reader.isComplete(['title'])).toBe(false)
  reader.push('ien","year":19')
  expect(reader.value).toEqual({ title: 'Alien' })
  expect(reader.isComplete(['title'])).toBe(true)
  reader.push('79}')
  expect(reader.value).toEqual({ title: 'Alien', year: 1979, tags: [] })
  expect(await reader.end()).toEqual({
    data: { title: 'Alien', year: 1979, tags: [] },
    json: { title: 'Alien', year: 1979 },
    repairs: [],
  })
  expect(await reader.end()).toBe(await reader.end())
})

test('Issues and repairs are there as soon as they are certain', async () => {
  const reader = await openPartial(Film)
  reader.push("{'title': 7,")
  expect(reader.issues).toMatchObject([{ path: ['title'], code: 'invalid_type' }])
  expect(reader.repairs.length).toBeGreaterThan(0)
})

test('A partial that changes shows a new value, and the old one stays as it was', async () => {
  const reader = await openPartial(z.object({ a: z.array(z.int()), b: z.string() }))
  reader.push('{"a":[1,2],"b":"x')
  const before = reader.value!
  reader.push('y"')
  expect(reader.value).toEqual({ a: [1, 2], b: 'xy' })
  expect(before).toEqual({ a: [1, 2], b: 'x' })
  expect(reader.value!.a).toBe(before.a)
})

test('It gives the partials, the data and the error of a run over the same deltas', () =>
  property(runSize('LAWS', 150), async (choices) => {
    const text = choices.pick([
      good,
      `Here: ${good} ok`,
      '{"title":"x","year":3}',
      '{"title":',
      '',
      'no',
      '[1',
      '{"a"::}',
    ])
    const size = 1 + choices.below(7)
    const repair = choices.chance(70)
    const stream = runStream('q', Film, { model: scripted(says(text, size)), repair })
    const run = await drain(stream.streamPartial())
    const reader = await openPartial(Film, { repair })
    const shown: unknown[] = []
    for (let at = 0; at < text.length; at += size) {
      reader.push(text.slice(at, at + size))
      if (reader.value !== undefined && reader.value !== shown.at(-1)) shown.push(reader.value)
    }
    const outcome = await reader.end().then(
      ({ data, json, repairs }) => ({ data, json, repairs }),
      (error: { code: string; issues?: unknown; partial?: unknown }) => error,
    )
    expect(run.items.slice(0, shown.length)).toEqual(shown)
    if ('data' in outcome) {
      const { data, json, repairs } = await stream.getResult()
      expect(outcome).toEqual({ data, json, repairs })
    } else {
      const { code, issues, position, partial } = run.error as Record<string, unknown>
      expect(outcome).toMatchObject({ code, text, ...(position !== undefined && { position }) })
      expect(outcome.partial).toEqual(partial)
      expect(outcome.issues).toEqual(issues)
    }
  }))

test('Without a schema the value is the text', async () => {
  const reader = await openPartial()
  reader.push('hel')
  expect(reader.value).toBe('hel')
  reader.push('lo')
  expect(await reader.end()).toEqual({ data: 'hello', json: 'hello', repairs: [] })
})

describe('wrong use', () => {
  test('A limit that is passed is the error at the end, and nothing more is read', async () => {
    const reader = await openPartial(z.array(z.string()), { limits: { maxChars: 10 } })
    reader.push('["aaaaaaaa')
    reader.push('aaaaaaaaaaaaaaa')
    reader.push('"]')
    await expect(reader.end()).rejects.toMatchObject({ code: 'limit_exceeded', message: /limits\.maxChars/ })
  })

  test('A refinement that throws ends the reading, and push does not throw', async () => {
    const bug = new RangeError('my bug')
    const Buggy = z.object({
      a: z.string().refine(() => {
        throw bug
      }),
    })
    const reader = await openPartial(Buggy)
    reader.push('{"a":"x"')
    expect(() => reader.value).not.toThrow()
    reader.push('}')
    await expect(reader.end()).rejects.toMatchObject({ code: 'invalid_data', cause: bug })
  })

  test("isComplete() of an impossible path is false, as in every handle, and anything that isn't a path is bad_options", async () => {
    const reader = await openPartial(Film)
    reader.push(good)
    expect(reader.isComplete([])).toBe(true)
    for (const path of [['titel'], ['title', 'length'], ['tags', '0'], ['title', 0]] as Path[]) {
      expect(reader.isComplete(path), path.join('.')).toBe(false)
    }
    expect(() => reader.isComplete('title' as never)).toThrow(/A path must be a list of keys and indexes/)
  })

  test('push() after end(), and of something else than text, is bad_options', async () => {
    const reader = await openPartial(Film)
    expect(() => reader.push(7 as never)).toThrow(expect.objectContaining({ code: 'bad_options' }))
    reader.push(good)
    await reader.end()
    expect(() => reader.push('x')).toThrow(expect.objectContaining({ code: 'bad_options' }))
  })

  test.each<[string, object, RegExp]>([
    ['an option of runs', { model: 'a:b' }, /Unknown option `model`: openPartial\(\) asks no model/],
    ['a misspelled one', { limit: {} }, /Did you mean `limits`/],
    ['a misspelled limit', { limits: { maxDept: 1 } }, /maxDepth/],
  ])('%s is bad_options', async (_, options, message) => {
    await expect(openPartial(Film, options)).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringMatching(message),
    })
  })

  test('A schema that is none is unsupported_schema', async () => {
    await expect(openPartial({ nonsense: true } as never)).rejects.toMatchObject({ code: 'unsupported_schema' })
  })
})
