import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { judge } from '../../playground/judge.ts'
import { withChanges } from '../../playground/changes.ts'
import type { Frame, Judgement } from '../../playground/judgement.ts'
import { LARGEST_JUDGED, type JudgeRequest } from '../../playground/protocol.ts'
import { schemas } from '../../schemas/index.ts'
import { simulate, type SimulateOptions } from '../../src/models/simulate/index.ts'
import { record } from '../../src/record/index.ts'
import { run } from '../../src/run-stream.ts'
import type { AnySchema } from '../../src/schema/types.ts'
import { ask, serve } from './playground.ts'

const never = new AbortController().signal
const Film = z.object({ title: z.string().refine((title) => title !== 'x', 'no title'), year: z.number() })

function pasted(text: string, change: Partial<JudgeRequest> = {}, schema: AnySchema = Film): Promise<Judgement> {
  const source = { kind: 'pasted', text, chunk: 4, delay: 10 } as const
  return judge({ source, onInvalid: 'collect', repair: true, ...change }, schema, never)
}

async function recorded(options: SimulateOptions, change: Partial<JudgeRequest> = {}): Promise<Judgement> {
  const lines: string[] = []
  const model = record(simulate({ chunkSize: 4, ...options }), (line) => void lines.push(line))
  await run('a film', undefined, { model, timeout: { idle: 20 } }).catch(() => {})
  const source = { kind: 'recorded', call: lines.join('\n') } as const
  return await judge({ source, onInvalid: 'collect', repair: true, ...change }, Film, never)
}

const shownIn = (frames: readonly Frame[]): unknown =>
  frames.reduce<unknown>((value, { changes = [] }) => withChanges(value, changes), undefined)

describe('a pasted answer', () => {
  const good = '{"title":"Alien","year":1979}'

  test('comes in deltas of the size and at the pace that were asked for, and ends in the data', async () => {
    const { frames, outcome, fields } = await pasted(good, { repair: false })
    expect(frames.slice(0, 3).map(({ at, text }) => [at, text])).toEqual([
      [10, '{"ti'],
      [20, 'tle"'],
      [30, ':"Al'],
    ])
    expect(frames.slice(-2).map(({ type }) => type)).toEqual(['finish', 'end'])
    expect(outcome).toEqual({ read: 29, recorded: 29 })
    expect(shownIn(frames)).toEqual(JSON.parse(good))
    expect(fields).toEqual({ title: { start: 20, end: 40 }, year: { start: 60, end: 80 } })
    const completed = frames.flatMap(({ completed: paths = [] }, index) => paths.map((path) => [index, path]))
    expect(completed).toEqual([
      [3, ['title']],
      [7, ['year']],
      [7, []],
    ])
  })

  test('that breaks the schema stops the model where it is certain, with abort; with collect all is read', async () => {
    const wrong = '{"title":"Alien","year":"late","more":"and so on and on"}'
    const { frames, outcome } = await pasted(wrong, { onInvalid: 'abort' })
    const { stoppedAt } = outcome
    expect(outcome).toEqual({
      error: expect.objectContaining({ code: 'invalid_data' }) as object,
      stoppedAt: 6,
      read: 28,
      recorded: 57,
    })
    expect(frames[stoppedAt!]!.issues).toMatchObject([{ path: ['year'], code: 'invalid_type', position: 28 }])
    expect(frames.map(({ isUnread }) => isUnread === true)).toEqual(frames.map((_, index) => index > stoppedAt!))
    const all = await pasted(wrong)
    expect(all.outcome).toMatchObject({ error: { code: 'invalid_data' }, read: 57, recorded: 57 })
    expect(all.frames[6]!.issues).toMatchObject([{ path: ['year'] }])
  })

  test('that breaks a rule of the user’s own code is found where its value ends, and what is missing at the end', async () => {
    const { frames } = await pasted('{"title":"x"}')
    expect(
      frames.flatMap(({ issues = [] }, index) => issues.map(({ path, message }) => [index, path, message])),
    ).toEqual([
      [3, ['title'], 'no title'],
      [3, ['year'], expect.stringContaining('expected number')],
    ])
  })

  test('is repaired event by event, or refused without repair', async () => {
    const sloppy = "Sure!\n{title: 'Alien', year: 1979,}"
    const { frames, outcome } = await pasted(sloppy)
    expect(outcome.error).toBeUndefined()
    const made = frames.flatMap(({ repairs = [] }, index) => repairs.map(({ kind }) => [kind, index]))
    expect(made).toEqual(
      expect.arrayContaining([
        ['text-before', 0],
        ['unquoted-key', 1],
        ['quotes', 3],
        ['trailing-comma', 8],
      ]),
    )
    const stopped = await pasted("Sure: {'title': 'Alien', 'year': 'late', x: 1}", { onInvalid: 'abort' })
    expect(stopped.outcome.stoppedAt).toBeDefined()
    const before = stopped.frames.flatMap(({ repairs = [] }) => repairs.map(({ kind, position }) => [kind, position]))
    expect(before).toEqual(
      expect.arrayContaining([
        ['text-before', 0],
        ['quotes', 7],
      ]),
    )
    expect(before.map(([kind]) => kind)).not.toContain('unquoted-key')
    expect((await pasted(sloppy, { repair: false })).outcome.error?.code).toMatch(/malformed_json|no_json/)
  })

  test('may be empty, and a schema that can’t be used is an error', async () => {
    expect((await pasted('')).outcome).toMatchObject({ error: { code: 'no_json' }, read: 0 })
    await expect(pasted(good, {}, z.object({ at: z.date() }))).rejects.toMatchObject({ code: 'unsupported_schema' })
  })
})

describe('a recorded answer', () => {
  const response = { title: 'Alien', year: 1979 }

  test.each<[string, SimulateOptions, string, RegExp]>([
    ['a lost connection', { faults: { errorAt: 12 } }, 'connection_lost', /threw connection_lost/],
    ['a status', { faults: { status: 429 } }, 'rate_limited', /threw rate_limited/],
    ['a run that was stopped', { faults: { stallAt: 12 } }, 'aborted', /run stopped its model/],
  ])('has its faults in the last event, and ends as it did: %s', async (_, options, code, text) => {
    const { frames, outcome } = await recorded({ response, ...options })
    expect(frames.at(-1)).toMatchObject({ type: 'end', isFault: true, text: expect.stringMatching(text) as string })
    expect(outcome.error?.code).toBe(code)
  })

  test('that breaks off is a lost connection', async () => {
    const lines: string[] = []
    await run('a film', undefined, { model: record(simulate({ response }), (line) => void lines.push(line)) })
    const source = { kind: 'recorded', call: lines.slice(0, 3).join('\n') } as const
    const { frames, outcome } = await judge({ source, onInvalid: 'collect', repair: true }, Film, never)
    expect(frames.at(-1)).toMatchObject({ isFault: true, text: expect.stringContaining('breaks off') as string })
    expect(outcome.error?.code).toBe('connection_lost')
  })

  test('has events that are not text, too', async () => {
    const { frames, model } = await recorded({ response, reasoning: 'Let me think.' })
    expect(model).toEqual({ provider: 'simulate', id: 'simulate' })
    expect(new Set(frames.map(({ type }) => type))).toEqual(
      new Set(['metadata', 'reasoning-delta', 'text-delta', 'usage', 'finish', 'end']),
    )
    expect(frames.find(({ type }) => type === 'usage')?.outputTokens).toBeGreaterThan(0)
  })
})

describe('the server', () => {
  const json = { 'content-type': 'application/json' }
  const body: JudgeRequest = {
    source: { kind: 'pasted', text: JSON.stringify(schemas.movie.sample), chunk: 8, delay: 5 },
    schema: 'movie',
    onInvalid: 'collect',
    repair: true,
  }
  const post = (playground: { port: number }, change: object = {}) =>
    ask(playground, '/api/judge', { method: 'POST', headers: json, body: JSON.stringify({ ...body, ...change }) })

  test('judges by a ready-made schema, the one of --schema, and a JSON Schema', async () => {
    await using playground = await serve({ schema: { name: 'x#y', schema: schemas.movie.schema } })
    for (const schema of ['movie', 'given', { type: 'object' }]) {
      const { status, text } = await post(playground, { schema })
      expect(status).toBe(200)
      const { frames, outcome } = JSON.parse(text) as Judgement
      expect(outcome.error).toBeUndefined()
      expect(shownIn(frames)).toEqual(schemas.movie.sample)
    }
  })

  test('sends what JSON has no form for as what a reader expects', async () => {
    const Big = z.object({ n: z.coerce.bigint() })
    await using playground = await serve({ schema: { name: 'x#y', schema: Big } })
    const source = { ...body.source, text: '{"n":12}' }
    const { frames } = JSON.parse((await post(playground, { schema: 'given', source })).text) as Judgement
    expect(shownIn(frames)).toEqual({ n: '12' })
  })

  test('refuses what isn’t a recording, other policies, and what is too large, in words', async () => {
    await using playground = await serve()
    const foreign = { kind: 'recorded', call: '{"type":"call","version":1}' }
    expect(await post(playground, { source: foreign })).toMatchObject({
      status: 400,
      text: expect.stringMatching(/^Line 1 of The recording has no valid `call`/) as string,
    })
    expect(await post(playground, { onInvalid: 'patch' })).toMatchObject({ status: 400 })
    const huge = { kind: 'recorded', call: 'x'.repeat(LARGEST_JUDGED) }
    expect(await post(playground, { source: huge })).toMatchObject({ status: 413 })
  })

  test('gives the recording that it was started with', async () => {
    await using playground = await serve({ recording: { name: 'a.ndjson', text: 'line\n' } })
    expect(JSON.parse((await ask(playground, '/api/config')).text)).toMatchObject({ recording: 'a.ndjson' })
    expect(await ask(playground, '/api/recording')).toMatchObject({ status: 200, text: 'line\n' })
    await using without = await serve()
    expect(await ask(without, '/api/recording')).toMatchObject({ status: 404 })
  })
})
