import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { runStream } from '../../../../src/index.ts'
import type { SimulatedFaults } from '../../../../src/models/simulate/index.ts'
import { runAtOnce } from '../../../support/run-at-once.ts'
import { drain } from '../../scripted.ts'
import { keeping } from './saying.ts'

const Movie = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['sci-fi', 'drama']),
  tags: z.array(z.string()),
})
const movie = { title: 'Stalker', year: 1979, genre: 'sci-fi' as const, tags: ['slow', 'zone'] }
const text = JSON.stringify(movie)

/** A model that is stopped by `faults` in its first call, and gives `rest` in its second. */
const cut = (faults: SimulatedFaults, ...rest: unknown[]) =>
  keeping({ responses: [text, ...rest], faults: [faults], chunkSize: 3 })
const at = (part: string) => text.indexOf(part) + part.length

describe('recover', () => {
  test.each([
    [
      'inside a text',
      at('"Stal'),
      { rest_title: 'ker', more: { year: 1979, genre: 'sci-fi', tags: ['slow', 'zone'] } },
      [['title'], []],
    ],
    ['inside a number', at(':197'), { year: 1979, more: { genre: 'sci-fi', tags: ['slow', 'zone'] } }, [['year'], []]],
    ['inside a word of an enum', at('"sci'), { genre: 'sci-fi', more: { tags: ['slow', 'zone'] } }, [['genre'], []]],
    ['inside a key', at('"gen'), { more: { genre: 'sci-fi', tags: ['slow', 'zone'] } }, [[]]],
    ['after a key', at('"genre":'), { genre: 'sci-fi', more: { tags: ['slow', 'zone'] } }, [['genre'], []]],
    ['inside a list', at('"slow",'), { more_tags: ['zone'] }, [['tags']]],
    ['inside an element', at('"slow","zo'), { rest_1: 'ne', more_tags: [] }, [['tags', 1], ['tags']]],
  ])('%s', async (_, cutAt, rest, paths) => {
    const model = cut({ cutAt }, rest)
    const stream = runStream('A film', Movie, { model, recover: true })
    const [snapshots, events] = await Promise.all([drain(stream.streamSnapshots()), drain(stream.streamEvents())])
    expect(snapshots.error).toBeUndefined()
    expect(await stream.getData()).toEqual(movie)
    expect(JSON.parse(await stream.getText())).toEqual(movie)
    expect(events.items.find(({ type }) => type === 'recover')).toMatchObject({ attempt: 2, paths })
    const { required } = model.requests[1]!.format!.schema as { required: string[] }
    expect(required).toEqual(Object.keys(rest))
    expect(snapshots.items.at(-1)).toMatchObject({ value: movie, isFinal: true })
  })

  test('elements and fields continue without repeating anything', async () => {
    const List = z.object({ intro: z.string(), items: z.array(z.object({ n: z.int(), word: z.string() })) })
    const list = { intro: 'as follows', items: [1, 2, 3, 4].map((n) => ({ n, word: `word ${n}` })) }
    const whole = JSON.stringify(list)
    const cuts = [whole.indexOf('lows'), whole.indexOf('{"n":3') + 17]
    const rests = [
      { rest_intro: 'lows', more: { items: list.items } },
      { rest_word: 'rd 3', more_2: {}, more_items: list.items.slice(3), more: {} },
    ]
    for (const [index, cutAt] of cuts.entries()) {
      const model = keeping({ responses: [whole, rests[index]], faults: [{ cutAt }], chunkSize: 2 })
      const stream = runAtOnce('q', List, { model, recover: true })
      const [items, intro, word] = await Promise.all([
        drain(stream.streamElements(['items'])),
        drain(stream.streamField(['intro'])),
        drain(stream.streamField(['items', 2, 'word'])),
      ])
      expect(items.items).toEqual(list.items)
      expect(intro.items.join('')).toBe(list.intro)
      expect(word.items.join('')).toBe('word 3')
      expect(await stream.getData()).toEqual(list)
    }
  })

  test('twice: a recovery that is cut itself', async () => {
    const second = JSON.stringify({ year: 1979, more: { genre: 'sci-fi', tags: ['slow', 'zone'] } })
    const model = keeping({
      responses: [text, second, { more_tags: ['zone'] }],
      faults: [{ cutAt: at(':197') }, { cutAt: second.indexOf('"zone"') }],
      chunkSize: 3,
    })
    const stream = runAtOnce('q', Movie, { model, recover: true })
    const { items } = await drain(stream.streamPartial())
    expect(items.at(-1)).toEqual(movie)
    expect((await stream.getResult()).attempts.map(({ kind }) => kind)).toEqual(['first', 'recover', 'recover'])
  })

  test('inside a union with several options still possible the answer is asked for again', async () => {
    const Either = z.object({ either: z.union([z.object({ a: z.string() }), z.object({ a: z.string(), b: z.int() })]) })
    const value = { either: { a: 'x', b: 1 } }
    const model = keeping({ response: value, faults: [{ cutAt: 14 }] })
    const { attempts, data } = await runAtOnce('q', Either, { model, recover: true }).getResult()
    expect(data).toEqual({ either: { a: 'x' } })
    expect(attempts.map(({ kind }) => kind)).toEqual(['first', 'restart'])
  })

  test('After one recovery that failed, the whole answer is asked for: nothing is closed that was cut', async () => {
    const model = cut({ cutAt: at('"Stal') }, { more: { year: 1979 } }, movie)
    const stream = runAtOnce('q', Movie, { model, recover: true })
    expect(await stream.getData()).toEqual(movie)
    const { attempts } = await stream.getResult()
    expect(attempts.map(({ kind, error }) => [kind, error])).toEqual([
      ['first', 'connection_lost'],
      ['recover', 'malformed_json'],
      ['restart', undefined],
    ])
    expect(attempts[1]!.message).toContain('Asked for the parts "rest_title", "more", got {"more":{"year":1979}}')
  })

  test('a model that repeats keys that are there already changes nothing', async () => {
    const model = cut(
      { cutAt: at(':197') },
      { year: 1979, more: { title: 'another', year: 1, genre: 'sci-fi', tags: ['slow', 'zone'] } },
    )
    expect(await runAtOnce('q', Movie, { model, recover: true }).getData()).toEqual(movie)
  })
})
