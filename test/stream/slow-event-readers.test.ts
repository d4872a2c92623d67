import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { parseStream, runStream, type StreamEvent } from '../../src/index.ts'
import { AnswerEvents } from '../../src/stream/answer-events.ts'
import type { Model } from '../../src/models/model.ts'
import { says, scripted } from './scripted.ts'

/* An event for each value takes many times the text's memory, so those that no reader is near aren't kept. */

const Rows = z.array(z.object({ id: z.number(), name: z.string() }))
const TEXT = JSON.stringify(Array.from({ length: 2000 }, (_, id) => ({ id, name: `n${id}` })))
const pieces = TEXT.match(/[^]{1,40}/g)!

/** What comes of each event, without what differs by the time. */
const shown = (events: readonly StreamEvent[]): unknown[] =>
  events.map((event) => (event.type === 'value-complete' ? [event.type, event.path, event.value] : event.type))

describe('a reader of events gets all of them in order', () => {
  const readAll = async (begin: (source: AsyncIterable<string>) => Promise<StreamEvent[]>): Promise<StreamEvent[]> =>
    begin(
      (async function* () {
        for (const piece of pieces) {
          await Promise.resolve()
          yield piece
        }
      })(),
    )
  const collect = async (iterator: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> => {
    const events: StreamEvent[] = []
    for await (const event of iterator) events.push(event)
    return events
  }

  test('if it keeps up, is slow after some of them, begins at the end, or comes late', async () => {
    const kept = await readAll((source) => collect(parseStream(source, Rows).streamEvents()))
    const behind = await readAll(async (source) => {
      const stream = parseStream(source, Rows)
      const events = stream.streamEvents()
      const first: StreamEvent[] = []
      while (first.length < 50) first.push((await events.next()).value as StreamEvent)
      await stream.getData()
      return [...first, ...(await collect(events))]
    })
    const stuck = await readAll(async (source) => {
      const stream = parseStream(source, Rows)
      const events = stream.streamEvents()
      await stream.getData()
      return collect(events)
    })
    const late = await readAll(async (source) => {
      const stream = parseStream(source, Rows)
      await stream.getData()
      return collect(stream.streamEvents())
    })
    expect(kept.filter(({ type }) => type === 'value-complete')).toHaveLength(6001)
    expect(shown(behind)).toEqual(shown(kept))
    expect(shown(stuck)).toEqual(shown(kept))
    expect(shown(late)).toEqual(shown(kept))
  })

  test('also over a repair, an issue, a draft and a restart', async () => {
    const schema = z.object({ n: z.number().max(5), list: z.array(z.number()) })
    const answers = [
      'Draft: {"n":1,"list":[1]}\n\nAnswer:\n```json\n{"n":9,"list":[1,2,]}\n```',
      '{"n":2,"list":[3,4]}',
    ]
    const model = (): Model => {
      let call = 0
      return { ...scripted([]), stream: (...given) => scripted(says(answers[call++]!)).stream(...given) }
    }
    const eventsOf = async (isLate: boolean): Promise<StreamEvent[]> => {
      const stream = runStream('?', schema, { model: model(), onInvalid: 'restart' })
      const events = isLate ? undefined : collect(stream.streamEvents())
      await stream.getData()
      return events ?? collect(stream.streamEvents())
    }
    expect(shown(await eventsOf(true))).toEqual(shown(await eventsOf(false)))
  })
})

test('of the events that a text causes, a thousand at most are kept', () => {
  const events = new AnswerEvents(500)
  const hub = { completion: null as ((path: (string | number)[], value: unknown) => void) | null }
  events.listen({ hub, issues: [], repairs: [], documents: [] } as never, 1, 0)
  for (let index = 0; index < 10_000; index++) {
    hub.completion!([index], index)
    events.collect(index + 1)
    expect(events.count).toBeLessThanOrEqual(1000)
    expect(events.at(index)).toMatchObject({ after: index + 1, event: { path: [index] } })
  }
  expect(events.at(events.first - 1)).toBeUndefined()
})
