import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import type { ModelRequest } from '../../../../src/models/model.ts'
import { startsWith } from '../../../../src/path.ts'
import type { Path } from '../../../../src/types.ts'
import type { Snapshot } from '../../../../src/index.ts'
import { isBelow, valueAt, verdictOf } from '../../../partial/reference.ts'
import { property, runSize } from '../../../support/property.ts'
import { askedFor, trueAnswer } from '../../../../src/models/simulate/true-answer.ts'
import { isAnswerable } from '../../../support/right-model.ts'
import { runAtOnce } from '../../../support/run-at-once.ts'
import { drain } from '../../scripted.ts'
import { someCase, somethingWrong, type Case } from './cases.ts'
import { keeping } from './saying.ts'

z.config({ jitless: true }) // thousands of schemas that are used once

const SIZE = runSize('LAWS', 50)

/** Each partial is below the next, also from one attempt to the next. */
function expectMonotone(items: readonly Snapshot[]): void {
  for (const [index, { value }] of items.entries()) {
    const next = items[index + 1]
    if (next !== undefined && !isBelow(value, next.value)) {
      throw new Error(`${JSON.stringify(value)} is taken back: ${JSON.stringify(next.value)} (attempt ${next.attempt})`)
    }
  }
}

async function inCase({ source }: Case, first: string, check: () => Promise<void>): Promise<void> {
  try {
    await check()
  } catch (error) {
    throw new Error(`schema: ${source}\nfirst answer: ${first}\n${String(error)}`, { cause: error })
  }
}

describe('answers that heal', () => {
  test('for any cut, recover ends in the intended document, and nothing is taken back', async () => {
    let recovered = 0
    await property(SIZE, async (choices) => {
      const it = await someCase(choices)
      const text = JSON.stringify(it.document)
      const cutAt = choices.below(text.length + 1)
      const seed = choices.below(1000)
      await inCase(it, text.slice(0, cutAt), async () => {
        const isLong = choices.chance(30)
        const model = keeping({
          response: (request: ModelRequest) => trueAnswer(it.document, askedFor(request)),
          faults: [isLong ? { finish: 'length', finishAt: cutAt } : { cutAt }],
          chunkSize: [1, 6],
          seed,
        })
        const stream = runAtOnce('q', it.schema, { model, recover: true, repair: choices.chance(50), maxAttempts: 2 })
        const { items, error } = await drain(stream.streamSnapshots({ exact: true }))
        if (error !== undefined) throw error as Error
        const { data, attempts } = await stream.getResult()
        expect(data).toEqual(it.data)
        expect(items.at(-1)).toMatchObject({ isFinal: true })
        const isResumed = attempts.every(({ kind }) => kind !== 'restart')
        if (isResumed) recovered++
        if (isResumed && !it.isExempt) expectMonotone(items)
      })
    })
    expect(recovered).toBeGreaterThan(SIZE.cases * 0.7)
  })

  test('for any wrong value, patch ends in valid data that are the intended ones outside it, and what was good stays', async () => {
    let patched = 0
    let wrong = 0
    await property(SIZE, async (choices) => {
      const it = await someCase(choices)
      const broken = somethingWrong(it, choices)
      if (broken === undefined) return
      const { path, text } = broken
      wrong++
      await inCase(it, text, async () => {
        let calls = 0
        const model = keeping({
          response: (request: ModelRequest) => (calls++ === 0 ? text : trueAnswer(it.document, askedFor(request))),
          chunkSize: [1, 6],
          seed: choices.below(1000),
        })
        const stream = runAtOnce('q', it.schema, { model, onInvalid: 'patch', repair: false, maxAttempts: 3 })
        const { items, error } = await drain(stream.streamSnapshots({ exact: true }))
        if (model.requests.some((request) => !isAnswerable(request, it.document))) return
        if (error !== undefined) throw error as Error
        const { text: final, attempts } = await stream.getResult()
        const answer: unknown = JSON.parse(final)
        expect(verdictOf(it.schema, JSON.parse(final)).success).toBe(true)
        expect(withValue(answer, path, valueAt(it.document, path))).toEqual(it.document)
        if (attempts.some(({ kind }) => kind === 'restart')) return
        patched++
        // What a transform makes of a container has other paths than what was written.
        if (it.source.includes('out: value')) return
        const asked = items.filter(({ attempt }) => attempt > 1)
        const before = items.findLast(({ attempt }) => attempt === 1)?.value
        const told = await drain(stream.streamEvents())
        const places = told.items.flatMap((event) => (event.type === 'patch' ? event.paths : []))
        for (const { value, isFinal } of asked) expectKept(before, value, places, isFinal)
      })
    })
    expect(patched).toBeGreaterThan(wrong * 0.5)
  })

  test('for any wrong value and any cut, with every remedy, the end is the intended document', async () => {
    await property({ ...SIZE, cases: Math.ceil(SIZE.cases / 3) }, async (choices) => {
      const it = await someCase(choices)
      const broken = JSON.stringify(it.document, (_, value: unknown) =>
        typeof value !== 'object' && choices.chance(20) ? choices.pick([7, 'x', null]) : value,
      )
      await inCase(it, broken, async () => {
        let calls = 0
        const model = keeping({
          response: (request: ModelRequest) => (calls++ === 0 ? broken : trueAnswer(it.document, askedFor(request))),
          faults: [{ cutAt: choices.below(broken.length + 20) }, { cutAt: choices.below(40) }],
          chunkSize: [1, 6],
        })
        const verdict = verdictOf(it.schema, JSON.parse(broken))
        const options = { model, onInvalid: 'patch', recover: true, maxAttempts: 9 } as const
        const failed = runAtOnce('q', it.schema, options).getData()
        const data = await failed.catch((error: unknown) => {
          if (model.requests.every((request) => isAnswerable(request, it.document))) throw error
          return it.data
        })
        // A value that is not the intended one but fits is not a fault.
        if (verdict.success) return
        expect(verdictOf(it.schema, it.document).success).toBe(true)
        expect(data).toBeDefined()
      })
    })
  })
})

/** The value with another one at `path`. */
function withValue(value: unknown, path: readonly (string | number)[], part: unknown): unknown {
  const parent = valueAt(value, path.slice(0, -1)) as Record<string | number, unknown>
  parent[path.at(-1)!] = part
  return value
}

/**
 * Everything that was shown outside the places that were asked for is still the same; what code of the schema makes may
 * be made again, when the container around it is complete and at the end.
 */
function expectKept(before: unknown, after: unknown, asked: readonly Path[], isFinal: boolean, here: Path = []): void {
  if (before === undefined || asked.some((place) => place.length === here.length && startsWith(place, here))) return
  if (asked.some((place) => startsWith(place, here))) {
    for (const [key, value] of Object.entries(before as object)) {
      const step = Array.isArray(before) ? Number(key) : key
      expectKept(value, (after as Record<string, unknown> | undefined)?.[key], asked, isFinal, [...here, step])
    }
    return
  }
  const json = JSON.stringify(before)
  const isMade = json === undefined || !isDeepStrictEqual(JSON.parse(json), before)
  if (isFinal || isMade ? isDeepStrictEqual(after, before) : Object.is(after, before)) return
  throw new Error(`/${here.join('/')} has changed from ${json} to ${JSON.stringify(after)}`)
}
