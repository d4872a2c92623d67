import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import type { RunOptions } from '../../../../src/index.ts'
import { runAtOnce } from '../../../support/run-at-once.ts'
import { drain } from '../../scripted.ts'
import { keeping, saying } from './saying.ts'

const Film = z.object({
  title: z.string(),
  cast: z.array(z.object({ name: z.string(), role: z.string() })),
  year: z.int(),
})
const film = {
  title: 'It was the first compiler, and found',
  cast: [
    { name: 'Grace Hopper', role: 'herself' },
    { name: 'Howard Aiken', role: 'a professor' },
    { name: 'Ada Lovelace', role: 'a voice' },
  ],
  year: 1952,
}
const text = JSON.stringify(film)
const at = (part: string): number => text.indexOf(part) + part.length

async function recovered(cutAfter: string, rest: unknown, options: RunOptions = {}) {
  const model = keeping({ responses: [text, rest], faults: [{ cutAt: at(cutAfter) }] })
  const stream = runAtOnce('q', Film, { model, recover: true, ...options })
  const [partials, elements, events] = await Promise.all([
    drain(stream.streamPartial()),
    drain(stream.streamElements(['cast'])),
    drain(stream.streamEvents()),
  ])
  expect(partials.error).toBeUndefined()
  return { result: await stream.getResult(), partials: partials.items, elements: elements.items, events: events.items }
}

describe('An overlap between what is there and what comes is cut and reported', () => {
  test.each<[string, string, string]>([
    ['the word that was cut is begun again', 'compiler, and found', 'comp'],
    ['the last words that were asked for', 'the first compiler, and found', 'the first comp'],
    ['the whole text again', 'It was the first compiler, and found', 'It was the first comp'],
    ['no overlap', 'iler, and found', ''],
  ])('%s', async (_, rest, before) => {
    const more = { cast: film.cast, year: film.year }
    const { result, partials } = await recovered('first comp', { rest_title: rest, more })
    expect(result.data).toEqual(film)
    expect(result.attempts.map(({ kind }) => kind)).toEqual(['first', 'recover'])
    const overlap = { kind: 'overlap', position: expect.any(Number), path: ['title'], before, after: '' }
    expect(result.repairs).toEqual(before === '' ? [] : [overlap])
    for (const { title = '' } of partials) expect(film.title.startsWith(title)).toBe(true)
  })

  test.each<[string, unknown[], number]>([
    ['the whole list again', film.cast, 2],
    ['the last element again', film.cast.slice(1), 1],
    ['no overlap', film.cast.slice(2), 0],
  ])('%s', async (_, more_cast, repeated) => {
    const { result, elements } = await recovered('"a professor"},', { more_cast, more: { year: film.year } })
    expect(result.data).toEqual(film)
    expect(elements).toEqual(film.cast)
    const before = JSON.stringify(film.cast.slice(2 - repeated, 2)).slice(1, -1)
    expect(result.repairs.map((repair) => repair.before)).toEqual(repeated === 0 ? [] : [before])
  })

  test.each<[string, string]>([
    ['one two thr', 'three'],
    ['one two thr', 'two three'],
    ['one two thr', 'one two three'],
    ['one two thr', 'ee'],
  ])('Plain text: %s + %s', async (begun, rest) => {
    const model = keeping({ responses: [`${begun}!!!!`, rest], faults: [{ cutAt: begun.length }] })
    const stream = runAtOnce('q', undefined, { model, recover: true })
    const deltas = await drain(stream.streamText())
    expect(deltas.items.join('')).toBe('one two three')
    const { data, repairs, text: whole } = await stream.getResult()
    expect([data, whole]).toEqual(['one two three', 'one two three'])
    expect(repairs.map(({ kind }) => kind)).toEqual(rest === 'ee' ? [] : ['overlap'])
  })
})

describe('A model that returns the whole answer instead of the parts is right', () => {
  const corrected = { ...film, title: 'The compiler' }

  test('after a cut', async () => {
    const { result, partials, elements, events } = await recovered('"a professor"},', corrected)
    expect(result.data).toEqual(corrected)
    expect(result.json).toEqual(corrected)
    expect(JSON.parse(result.text)).toEqual(corrected)
    expect(result.attempts.map(({ kind, error }) => [kind, error])).toEqual([
      ['first', 'connection_lost'],
      ['recover', undefined],
    ])
    expect(partials.at(-1)).toEqual(corrected)
    expect(elements.slice(-3)).toEqual(film.cast)
    expect(events).toContainEqual({
      type: 'replace',
      attempt: 2,
      reason: 'The model returned the whole answer instead of the parts.',
    })
    const completed = events.slice(events.findIndex(({ type }) => type === 'replace'))
    expect(completed).toContainEqual({ type: 'value-complete', attempt: 2, path: ['title'], value: 'The compiler' })
  })

  test('after a patch, at any depth, and where a key has the name of a part', async () => {
    const wrong = { ...film, year: 'soon', cast: [{ name: 1 }, ...film.cast.slice(1)] }
    const model = saying(wrong, corrected)
    const stream = runAtOnce('q', Film, { model, onInvalid: 'patch' })
    expect(await stream.getData()).toEqual(corrected)
    const { attempts } = await stream.getResult()
    expect(attempts.map(({ kind }) => kind)).toEqual(['first', 'patch'])
  })

  test('A late reader of events hears the same', async () => {
    const run = () => {
      const model = keeping({ responses: [text, corrected], faults: [{ cutAt: at('"a professor"},') }] })
      return runAtOnce('q', Film, { model, recover: true })
    }
    const early = await drain(run().streamEvents())
    const late = run()
    await late.getData()
    const heard = await drain(late.streamEvents())
    // Counts that came after the text have no place in it.
    const [first, second] = [early, heard].map(({ items }) => items.filter(({ type }) => type !== 'usage'))
    expect(second).toEqual(first)
  })

  test.each<[string, unknown]>([
    ['an answer that is not valid', { ...film, year: 'soon' }],
    ['a key that the schema does not know', { note: 'Here you are.' }],
  ])('%s is none: the whole is asked for once more', async (_, came) => {
    const Weak = z.object({ title: z.string().optional(), year: z.int().optional() })
    const schema = 'note' in (came as object) ? Weak : Film
    const model = saying('{"title":"It was', came, { title: 'x', cast: [], year: 1 })
    const stream = runAtOnce('q', schema, { model, recover: true, onInvalid: 'restart' })
    const { attempts } = await stream.getResult()
    expect(attempts.at(-1)!.kind).toBe('restart')
  })
})
