import { expect, test } from 'vitest'
import { StructStreamError } from '../../src/errors.ts'
import type { Clock } from '../../src/many/pacing.ts'
import type { ItemRun, ManyOptions, ManyOutcome } from '../../src/many/types.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { ManyRuns, runMany } from '../../src/run-many.ts'
import { ask, Doubled, doubling, numbers, virtualClock } from './doubling.ts'

async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const value of iterable) list.push(value)
  return list
}

test('runMany yields each item once, in order of completion, with its typed result', async () => {
  const { model, seen } = doubling({ turns: (n) => (n === 0 ? 50 : 1) })
  const outcomes = await all(runMany(numbers(20), ask(model), { concurrency: 3 }))
  expect(outcomes.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(numbers(20))
  expect(outcomes[0]!.index).not.toBe(0)
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({
      ok: true,
      key: String(outcome.item),
      result: { data: { twice: outcome.item * 2 } },
    })
  }
  expect(seen.most).toBe(3)
})

test('summary() drives the work when no one iterates, and counts what came of it', async () => {
  const refused = new StructStreamError('refused', 'no')
  const { model } = doubling({ fail: (n) => (n % 5 === 0 ? refused : undefined) })
  const many = runMany(numbers(10), ask(model))
  expect(many.progress).toEqual({ done: 0, failed: 0, running: 0, total: 10, usage: {} })
  expect(await many.summary()).toEqual({
    total: 10,
    done: 8,
    failed: 2,
    attempts: 10,
    usage: { inputTokens: 8, outputTokens: 16, requests: 10 },
    errors: { refused: 2 },
    duration: expect.any(Number),
  })
  expect(many.progress).toMatchObject({ done: 8, failed: 2, running: 0, total: 10 })
  expect(await many.next()).toEqual({ done: true, value: undefined })
})

test('summary() next to a loop waits for the loop', async () => {
  const { model, seen } = doubling()
  const many = runMany(numbers(6), ask(model), { concurrency: 2 })
  const summary = many.summary()
  const outcomes = await all(many)
  expect(outcomes).toHaveLength(6)
  expect((await summary).done).toBe(6)
  expect(seen.asked).toHaveLength(6)
})

test('nothing starts before the first next() or summary()', async () => {
  const { model, seen } = doubling()
  const many = runMany(numbers(3), ask(model))
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  expect(seen.asked).toEqual([])
  await many.summary()
  expect(seen.asked).toHaveLength(3)
})

test('items are pulled only as fast as their results are taken', async () => {
  const { model } = doubling()
  let pulled = 0
  function* endless() {
    for (;;) yield pulled++
  }
  const many = runMany(endless(), ask(model), { concurrency: 4 })
  await many.next()
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate)
  // One was taken, and four may run or wait.
  expect(pulled).toBe(5)
  expect(many.progress).toMatchObject({ done: 5, running: 0, total: undefined })
  await many.return()
})

test('leaving the loop stops what runs, and ends the items', async () => {
  const { model, seen } = doubling({ turns: (n) => (n === 0 ? 0 : Infinity) })
  let isReturned = false
  function* items() {
    try {
      yield* numbers(100)
    } finally {
      isReturned = true
    }
  }
  for await (const { index } of runMany(items(), ask(model), { concurrency: 3 })) {
    expect(index).toBe(0)
    break
  }
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  expect(seen.open).toBe(0)
  expect(isReturned).toBe(true)
})

test('a signal ends the loop normally: running items come as aborted, and no further one is asked for', async () => {
  const { model, seen } = doubling({ turns: (n) => (n < 2 ? 0 : Infinity) })
  const controller = new AbortController()
  const outcomes: ManyOutcome<number, typeof Doubled>[] = []
  for await (const outcome of runMany(numbers(100), ask(model), { concurrency: 3, signal: controller.signal })) {
    outcomes.push(outcome)
    if (outcomes.length === 2) setImmediate(() => controller.abort(new Error('enough')))
  }
  expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code))).toEqual([
    'ok',
    'ok',
    'aborted',
    'aborted',
    'aborted',
  ])
  expect(seen.asked).toHaveLength(5)
})

test('retryable errors are tried again, others are not, and a retry has its own random delay', async () => {
  const tries = new Map<number, number>()
  const { model } = doubling({
    fail: (n) => {
      const count = (tries.get(n) ?? 0) + 1
      tries.set(n, count)
      if (n === 0) return count < 3 ? new StructStreamError('connection_lost', 'gone') : undefined
      if (n === 1) return new StructStreamError('connection_lost', 'gone')
      return new StructStreamError('refused', 'no')
    },
  })
  const clock = virtualClock()
  const many = withClock([0, 1, 2], ask(model), { concurrency: 1 }, clock)
  const outcomes = await all(many)
  expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code))).toEqual([
    'ok',
    'connection_lost',
    'refused',
  ])
  expect([...tries.values()]).toEqual([3, 3, 1])
  expect(clock.slept).toEqual([250, 500, 250, 500])
  expect((await many.summary()).attempts).toBe(7)
})

test.each([
  ['as long as Retry-After says', { retryAfter: 7_000 }, 7_000],
  ['never longer than maxDelay', { retryAfter: 3_600_000 }, 60_000],
  ['a random part of a growing limit without Retry-After', {}, 250],
])('a 429 pauses every worker %s', async (_, details, pause) => {
  let isLimited = true
  const starts: number[] = []
  const clock = virtualClock()
  const { model } = doubling({
    turns: (n) => (n === 0 ? 0 : 3),
    start: () => starts.push(clock.now()),
    fail: (n) => {
      if (n !== 0 || !isLimited) return undefined
      isLimited = false
      return new StructStreamError('rate_limited', 'slow down', details)
    },
  })
  await withClock(numbers(6), ask(model), { concurrency: 2 }, clock).summary()
  // Item 0 and the one next to it began before the pause; everything that follows began after it.
  expect(starts.filter((at) => at > 0 && at < pause)).toEqual([])
  expect(starts.filter((at) => at >= pause)).toHaveLength(5)
})

test('what toRun throws, and what it returns in error, is the failure of that item only', async () => {
  const { model } = doubling()
  const toRun = (n: number): ItemRun<typeof Doubled> => {
    if (n === 1) throw new Error('no such row')
    if (n === 2) return {} as never
    if (n === 3) throw new StructStreamError('refused', 'mine')
    return ask(model)(n)
  }
  const outcomes = await all(runMany(numbers(5), toRun, { concurrency: 1 }))
  expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code))).toEqual([
    'ok',
    'bad_options',
    'bad_options',
    'refused',
    'ok',
  ])
  expect(outcomes[1]).toMatchObject({ error: { message: '`toRun` threw for item 1: no such row' } })
})

test('an error of the items ends the work with that error, after what runs', async () => {
  const { model, seen } = doubling({ turns: () => 2 })
  function* items() {
    yield 0
    yield 1
    throw new Error('the file ends here')
  }
  const many = runMany(items(), ask(model), { concurrency: 4 })
  const got: number[] = []
  await expect(
    (async () => {
      for await (const { index } of many) got.push(index)
    })(),
  ).rejects.toThrow('the file ends here')
  expect(got).toEqual([0, 1])
  expect(seen.open).toBe(0)
  await expect(many.summary()).rejects.toThrow('the file ends here')
})

test('an observer of the progress that throws ends nothing', async () => {
  const { model } = doubling()
  const seen: number[] = []
  const many = runMany(numbers(5), ask(model), {
    onProgress: ({ done }) => {
      seen.push(done)
      throw new Error('mine')
    },
  })
  expect((await many.summary()).done).toBe(5)
  expect(seen.at(-1)).toBe(5)
})

test.each<[string, unknown[], RegExp]>([
  ['items that are not a list', [5, () => ({}), {}], /items must be iterable/],
  ['a toRun that is not a function', [[], 'x', {}], /`toRun` must be a function/],
  ['no concurrency', [[], () => ({}), { concurrency: 0 }], /concurrency/],
  ['no attempts', [[], () => ({}), { retry: 0 }], /retry/],
  ['a misspelled option', [[], () => ({}), { concurency: 3 }], /concurrency/],
  ['a misspelled retry option', [[], () => ({}), { retry: { attemps: 3 } }], /attempts/],
  ['a checkpoint without save', [[], () => ({}), { checkpoint: { load: () => [] } }], /checkpoint/],
])('%s: bad_options from next() and from summary()', async (_, args, message) => {
  const start = () => runMany(...(args as Parameters<typeof runMany>))
  await expect(start().next()).rejects.toMatchObject({ code: 'bad_options', message: expect.stringMatching(message) })
  await expect(start().summary()).rejects.toMatchObject({ code: 'bad_options' })
})

test('simulate() works as a model of many runs', async () => {
  const many = runMany(['a', 'b'], (prompt) => ({
    prompt,
    schema: Doubled,
    model: simulate({ response: { twice: 4 } }),
  }))
  expect((await all(many)).map((outcome) => outcome.ok && outcome.result.data)).toEqual([{ twice: 4 }, { twice: 4 }])
})

function withClock<Item, S>(
  items: Iterable<Item>,
  toRun: (item: Item, index: number) => ItemRun<S>,
  options: ManyOptions,
  clock: Clock,
): ManyRuns<Item, S> {
  return new ManyRuns(items, toRun as never, options, clock)
}
