import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { StructStreamError } from '../../src/errors.ts'
import type { CheckpointEntry, ItemRun, ManyOutcome } from '../../src/many/types.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { runMany } from '../../src/run-many.ts'
import type { SchemaLike } from '../../src/schema/types.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'structstream-many-'))
  file = join(folder, 'out.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

async function work<S extends SchemaLike | undefined>(
  keys: string[],
  run: (key: string) => ItemRun<S>,
  checkpoint: string | object = file,
) {
  const outcomes: ManyOutcome<string, S>[] = []
  for await (const outcome of runMany(keys, run, { checkpoint: checkpoint as string, concurrency: 2, retry: 1 })) {
    outcomes.push(outcome)
  }
  return outcomes.toSorted((a, b) => a.index - b.index)
}
const never = (): ItemRun => {
  const failing = simulate({ response: () => expect.unreachable('a model was asked') })
  return { prompt: 'x', model: failing }
}

test('a second start yields the saved results without a model, and the values are those of the first', async () => {
  const Event = z.object({
    on: z.iso.date().transform((day) => new Date(day)),
    big: z.coerce.bigint(),
    tags: z.array(z.string()).transform((tags) => new Set(tags)),
    map: z.record(z.string(), z.number()).transform((record) => new Map(Object.entries(record))),
    odd: z.object({ $date: z.string() }),
  })
  const response = { on: '2026-01-02', big: '12345678901234567890', tags: ['a'], map: { k: 1 }, odd: { $date: 'mine' } }
  const first = await work(['a', 'b'], (prompt) => ({ prompt, schema: Event, model: simulate({ response }) }))
  expect(first.map(({ ok }) => ok)).toEqual([true, true])
  const second = await work(['a', 'b'], never)
  expect(second.map(({ fromCheckpoint }) => fromCheckpoint)).toEqual([true, true])
  expect(second.map((outcome) => outcome.ok && outcome.result)).toEqual(
    first.map((outcome) => outcome.ok && outcome.result),
  )
})

test('refusals and invalid answers are finished; retryable failures, wrong options and aborts are asked for again', async () => {
  const errors: Record<string, StructStreamError> = {
    refused: new StructStreamError('refused', 'no', { text: 'so far', usage: { outputTokens: 3 } }),
    invalid_data: new StructStreamError('invalid_data', 'wrong'),
    truncated: new StructStreamError('truncated', 'cut'),
    connection_lost: new StructStreamError('connection_lost', 'gone'),
    provider_error: new StructStreamError('provider_error', 'key revoked', { status: 401 }),
    no_model: new StructStreamError('no_model', 'none'),
    aborted: new StructStreamError('aborted', 'stopped'),
  }
  const asked: string[] = []
  const run = (key: string): ItemRun => ({
    prompt: 'x',
    model: simulate({ faults: { errorAt: 0, error: errors[key] }, response: () => asked.push(key) }),
  })
  const keys = Object.keys(errors)
  const first = await work(keys, run)
  expect(first.map((outcome) => !outcome.ok && outcome.error.code)).toEqual(keys)
  asked.length = 0
  const second = await work(keys, run)
  expect(second.map((outcome) => !outcome.ok && outcome.error.code)).toEqual(keys)
  expect(asked.toSorted()).toEqual(['aborted', 'connection_lost', 'no_model', 'provider_error'])
  expect(second[0]).toMatchObject({ fromCheckpoint: true, error: { message: 'no', usage: { outputTokens: 3 } } })
})

test.each(['\n', '{"key":"c","version":1,"ok":tr', '{"version":1,"key":"é'.slice(0, -1) + '\ud83d'])(
  'a last line that was being written (%j) is cut off, and each key is in the file once',
  async (torn) => {
    const run = (prompt: string): ItemRun => ({ prompt, model: simulate({ response: `re: ${prompt}` }) })
    await work(['a', 'b'], run)
    await appendFile(file, torn)
    const outcomes = await work(['a', 'b', 'c'], run)
    expect(outcomes.map(({ ok, fromCheckpoint }) => [ok, fromCheckpoint])).toEqual([
      [true, true],
      [true, true],
      [true, undefined],
    ])
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
    expect(lines.map((line) => (JSON.parse(line) as CheckpointEntry).key).toSorted()).toEqual(['a', 'b', 'c'])
  },
)

test('keys are required for items that are not strings, and must differ', async () => {
  const model = simulate({ response: 'x' })
  const codes: unknown[] = []
  for await (const outcome of runMany([1, 2], () => ({ prompt: 'x', model }), { checkpoint: file })) {
    codes.push(outcome.ok || [outcome.error.code, outcome.error.message])
  }
  const message = 'With a checkpoint each item needs a `key`, unless items are strings.'
  expect(codes).toEqual([
    ['bad_options', message],
    ['bad_options', message],
  ])
  const twice = await work(['a', 'a'], (prompt) => ({ prompt, model }))
  expect(twice.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code))).toEqual(['ok', 'bad_options'])
})

test('a store of one’s own keeps plain JSON, saved before the item is yielded', async () => {
  const saved: string[] = []
  const store = {
    load: async () => saved.map((line) => JSON.parse(line) as unknown),
    save: async (entry: CheckpointEntry) => {
      await new Promise(setImmediate)
      saved.push(JSON.stringify(entry))
    },
  }
  const model = simulate({ response: 'x' })
  for await (const { key } of runMany(['a', 'b'], (prompt) => ({ prompt, model }), { checkpoint: store })) {
    expect(saved.some((line) => (JSON.parse(line) as CheckpointEntry).key === key)).toBe(true)
  }
  expect((await work(['a', 'b'], never, store)).every(({ fromCheckpoint }) => fromCheckpoint)).toBe(true)
})

test('a checkpoint that can’t be saved to ends the work with the error of saving', async () => {
  const store = { load: () => [], save: () => Promise.reject(new Error('the disk is full')) }
  const run = (prompt: string): ItemRun => ({ prompt, model: simulate({ response: 'x' }) })
  await expect(work(['a', 'b', 'c', 'd', 'e'], run, store)).rejects.toThrow('the disk is full')
})

test('a checkpoint that can’t be read is bad_options that names the file and the line', async () => {
  await writeFile(file, '{"version":1}\nnot json\n')
  const run = (prompt: string): ItemRun => ({ prompt, model: simulate() })
  const message = expect.stringContaining(`${file} has no JSON on line 2`)
  await expect(work(['a'], run)).rejects.toMatchObject({ code: 'bad_options', message })
  const away = expect.stringContaining("can't be opened")
  await expect(work(['a'], run, join(folder, 'no', 'such'))).rejects.toMatchObject({
    code: 'bad_options',
    message: away,
  })
})
