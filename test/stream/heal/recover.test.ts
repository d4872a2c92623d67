import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { runStream } from '../../../src/index.ts'
import type { Faults } from '../../../src/models/simulate.ts'
import { drain } from '../scripted.ts'
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
const cut = (faults: Faults, ...rest: unknown[]) =>
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
    ['behind a key', at('"genre":'), { genre: 'sci-fi', more: { tags: ['slow', 'zone'] } }, [['genre'], []]],
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
})
