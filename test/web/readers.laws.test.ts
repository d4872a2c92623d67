import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'

import { runStream, type StreamEvent, type StructuredStream } from '../../src/index.ts'
import type { ModelEvent } from '../../src/models/model.ts'
import { connect } from '../../src/web/client/index.ts'
import { toResponse } from '../../src/web/server/index.ts'
import { valueAt } from '../partial/reference.ts'
import { proseCase, type Values } from '../partial/document/prose.ts'
import { drain, scripted } from '../stream/scripted.ts'
import { oneByOne, randomChunks } from '../support/chunkings.ts'
import { property, runSize, type Choices } from '../support/property.ts'

z.config({ jitless: true })

const SIZE = runSize('LAWS', 60)

const Film = z.object({
  title: z.string().optional(),
  year: z.number().optional(),
  cast: z.array(z.string()).optional(),
})
const word = (choices: Choices): string => choices.pick(['Blade', 'a "b" c', 'x {y} z', 'see [1]', 'Up'])
const film = (choices: Choices, number: number): z.infer<typeof Film> => ({
  title: `${word(choices)} ${number}`,
  year: 1900 + number,
  cast: choices.many(3, () => `${word(choices)} ${number}`),
})

interface Shape extends Values {
  list: (string | number)[]
  text: (string | number)[]
}
const SHAPES: Shape[] = [
  { schema: Film, make: film, isList: false, list: ['cast'], text: ['title'] },
  {
    schema: z.array(Film),
    make: (choices, number) => [film(choices, number), ...choices.many(2, () => film(choices, number))],
    isList: true,
    list: [],
    text: [0, 'title'],
  },
  { schema: z.any(), make: film, isList: false, list: ['cast'], text: ['title'] },
]

/** What each reader was given last. */
async function read(stream: StructuredStream<z.ZodType>, { list, text }: Shape) {
  const [partials, snapshots, elements, field, events] = await Promise.all([
    drain(stream.streamPartial()),
    drain(stream.streamSnapshots()),
    drain(stream.streamElements(list as never)),
    drain(stream.streamField(text as never)),
    drain(stream.streamEvents()),
  ])
  return { partials, snapshots, elements, field, events }
}

/** What the events say of the document that counts: each value that was reported since the last change. */
function reported(events: readonly StreamEvent[]): [path: (string | number)[], value: unknown][] {
  const from = events.findLastIndex(({ type }) => type === 'replace') + 1
  return events.slice(from).flatMap((event): [(string | number)[], unknown][] => {
    return event.type === 'value-complete' ? [[event.path, event.value]] : []
  })
}

async function expectAgreement(stream: StructuredStream<z.ZodType>, shape: Shape, data: unknown): Promise<boolean> {
  const { partials, snapshots, elements, field, events } = await read(stream, shape)
  expect(partials.items.at(-1)).toEqual(data)
  expect(snapshots.items.at(-1)).toMatchObject({ value: data, isFinal: true, issues: [] })
  const list = (valueAt(data, shape.list) ?? []) as unknown[]
  expect(elements.items.slice(elements.items.length - list.length)).toEqual(list)
  const title = String(valueAt(data, shape.text))
  expect(field.items.join('').slice(-title.length)).toBe(title)
  const isReplaced = events.items.some(({ type }) => type === 'replace')
  // Without a change, each element and each piece comes once.
  expect(isReplaced || elements.items.length === list.length).toBe(true)
  expect(isReplaced || field.items.join('') === title).toBe(true)
  const values = reported(events.items)
  expect(values.at(-1)).toEqual([[], data])
  for (const [path, value] of values) expect([path, valueAt(data, path)]).toEqual([path, value])
  const places = new Set(values.map(([path]) => JSON.stringify(path)))
  expect(places.has(JSON.stringify(shape.text))).toBe(true)
  return isReplaced
}

const told = (body: string): Record<string, string>[] =>
  [...body.matchAll(/^data: (\{.*\})$/gm)].map((line) => JSON.parse(line[1]!) as Record<string, string>)

/** The last text that a format has given, read as JSON. */
const FORMATS: Record<'ui-message' | 'ag-ui', (body: string) => unknown> = {
  'ui-message': (body) => {
    const last = told(body).findLast(({ type }) => type === 'text-start')!['id']
    const parts = told(body).filter(({ type, id }) => type === 'text-delta' && id === last)
    return JSON.parse(parts.map(({ delta }) => delta).join(''))
  },
  'ag-ui': (body) => {
    const last = told(body).findLast(({ type }) => type === 'TEXT_MESSAGE_START')!['messageId']
    const parts = told(body).filter(({ type, messageId }) => type === 'TEXT_MESSAGE_CONTENT' && messageId === last)
    return JSON.parse(parts.map(({ delta }) => delta).join(''))
  },
}

test('at the end of a successful run, what each reader was given last is the answer, however the text came', async () => {
  let successes = 0
  let changes = 0
  await property(SIZE, async (choices) => {
    const shape = choices.pick(SHAPES)
    const { text } = proseCase(choices, shape)
    const chunks = choices.pick([[text], oneByOne(text), randomChunks(choices, text)]).filter((chunk) => chunk !== '')
    const script: ModelEvent[] = [
      ...chunks.map((chunk): ModelEvent => ({ type: 'text-delta', text: chunk })),
      { type: 'finish', reason: 'stop' },
    ]
    const run = (): StructuredStream<z.ZodType> => runStream('q', shape.schema, { model: scripted(script) })
    const data: unknown = await run()
      .getData()
      .catch(() => undefined)
    if (data === undefined) return
    successes++
    try {
      const isReplaced = await expectAgreement(run(), shape, data)
      for (const format of ['sse', 'ndjson'] as const) {
        const page = connect(toResponse(run(), { format }), shape.schema)
        expect(await expectAgreement(page, shape, data)).toBe(isReplaced)
      }
      for (const [format, last] of Object.entries(FORMATS)) {
        const body = await toResponse(run(), { format: format as 'ag-ui' }).text()
        expect(last(body)).toEqual(data)
        // What came in one piece with its successor was never written.
        const messages = told(body).filter(({ type }) => type === 'TEXT_MESSAGE_START' || type === 'text-start').length
        const steps = told(body).filter(({ type, name }) => name === 'replace' || type === 'start-step').length
        expect(messages).toBe(format === 'ag-ui' ? steps + 1 : steps)
        expect(messages === 1 || isReplaced).toBe(true)
      }
      const written: unknown = await toResponse(run(), { format: 'text' })
        .text()
        .then(
          (body) => JSON.parse(body) as unknown,
          (error: Error) => error.message,
        )
      const isCut =
        typeof written === 'string' && /another document is the answer, so the connection was cut/.test(written)
      // Words that were written can't be taken back; but nothing may have been written yet.
      expect(isCut ? isReplaced : isDeepStrictEqual(written, data)).toBe(true)
      if (isReplaced) changes++
    } catch (error) {
      throw new Error(`${text}\nin pieces: ${JSON.stringify(chunks)}\n${(error as Error).message}`, { cause: error })
    }
  })
  expect(successes).toBeGreaterThan(SIZE.cases * 0.3)
  expect(changes).toBeGreaterThan(SIZE.cases * 0.1)
})
