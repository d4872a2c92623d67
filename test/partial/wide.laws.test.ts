import { deepStrictEqual } from 'node:assert'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { DocumentInterpreter } from '../../src/partial/document/document-interpreter.ts'
import { zodNode } from '../../src/schema/zod/nodes.ts'
import '../support/load-zod.ts'
import { isComplete } from '../../src/stream/snapshot.ts'
import type { Path } from '../../src/types.ts'
import { randomChunks } from '../support/chunkings.ts'
import { property, runSize, type Choices } from '../support/property.ts'
import { PER_SLOT, virtualPace } from '../support/virtual-pace.ts'
import { everyPlace, isBelow, valueAt } from './reference.ts'

/* The laws where a snapshot may lag: arrays of more than 256 elements and objects of more than 64 keys, while open. */

const { cases, ...rest } = runSize('LAWS', 600)
/** A wide case is some hundred times the work of one in `laws.test.ts`. */
const SIZE = { ...rest, cases: Math.ceil(cases / 100) }
const OPTIONS = { repair: false, maxDepth: 64, maxIssues: 10_000 }

interface Wide {
  schema: z.ZodType
  value: unknown
}

const text = (choices: Choices): string => choices.pick(['', 'a', 'two words', 'é😀', 'a "quoted" one', 'x'.repeat(40)])
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

function wideArray(choices: Choices): Wide {
  const count = 250 + choices.below(60)
  const kinds: [z.ZodType, () => unknown][] = [
    [z.number(), () => choices.below(1000)],
    [z.string(), () => text(choices)],
    [z.object({ id: z.int(), name: z.string() }), () => ({ id: choices.below(100), name: text(choices) })],
    [
      z.discriminatedUnion('t', [z.object({ t: z.literal('a'), n: z.number() }), z.object({ t: z.literal('b') })]),
      () => (choices.chance(50) ? { t: 'a', n: 1 } : { t: 'b' }),
    ],
    [z.union([z.array(z.number()), z.string(), z.null()]), () => choices.pick([[], [1, 2], 'text', null])],
  ]
  const [element, make] = choices.pick(kinds)
  return { schema: z.array(element), value: many(count, make) }
}

function wideObject(choices: Choices): Wide {
  // Around both borders: where a snapshot begins to lag, and where objects are copied as tables.
  const count = choices.pick([60, 70, 125, 140, 200])
  const key = (index: number) => (index % 5 === 4 ? String(index) : `key ${index}`)
  const value = Object.fromEntries(
    many(count, (index) => [key(index), choices.chance(50) ? text(choices) : { n: choices.below(9) }]),
  )
  const one = z.union([z.string(), z.object({ n: z.number() })])
  if (choices.chance(50)) return { schema: z.record(z.string(), one), value }
  return { schema: z.object(Object.fromEntries(Object.keys(value).map((name) => [name, one]))), value }
}

function wideCase(choices: Choices): Wide {
  const wide = choices.chance(50) ? wideArray(choices) : wideObject(choices)
  switch (choices.below(4)) {
    case 0:
      return {
        schema: z.object({ head: z.string(), wide: wide.schema, tail: z.string() }),
        value: { head: 'h', wide: wide.value, tail: 'the end of it all' },
      }
    case 1:
      return { schema: z.array(wide.schema), value: [wide.value, wide.value] }
    case 2: {
      const side = z.object({ wide: wide.schema })
      return { schema: z.union([side, z.object({ wide: wide.schema, more: z.number() })]), value: { wide: wide.value } }
    }
    default:
      return wide
  }
}

interface Look {
  position: number
  /** By the virtual clock. */
  time: number
  lagging: unknown
  exact: unknown
}

function looks({ schema, value }: Wide, choices: Choices): { looks: Look[]; json: string } {
  const json = JSON.stringify(value)
  const { pace, advance, now } = virtualPace()
  const lagging = new DocumentInterpreter(zodNode(schema), null, { ...OPTIONS, pace })
  const exact = new DocumentInterpreter(zodNode(schema), null, OPTIONS)
  const seen: Look[] = []
  let position = 0
  const look = () => seen.push({ position, time: now(), lagging: lagging.snapshot(), exact: exact.snapshot(true) })
  for (const chunk of randomChunks(choices, json, 24)) {
    lagging.push(chunk)
    exact.push(chunk)
    position += chunk.length
    advance(chunk.length)
    look()
  }
  lagging.end()
  exact.end()
  look()
  expect([lagging.issues, exact.issues]).toEqual([[], []])
  return { looks: seen, json }
}

const law = (name: string, check: (choices: Choices) => unknown) => test(name, () => property(SIZE, check))

describe('the laws in wide containers', () => {
  law('law 2, monotone, lagging and exact, and the last partial is the value', (choices) => {
    const it = wideCase(choices)
    const seen = looks(it, choices).looks
    for (const way of ['lagging', 'exact'] as const) {
      for (const [index, look] of seen.entries()) {
        if (index > 0 && !isBelow(seen[index - 1]![way], look[way]))
          expect.fail(`${way}: look ${index} is not ⊒ the last`)
      }
      deepStrictEqual(seen.at(-1)![way], it.value)
    }
  })

  law('a snapshot is never older than ten times what its last copies took', (choices) => {
    const { looks: seen } = looks(wideCase(choices), choices)
    // At most 310 slots, in up to four containers or readings at once.
    const most = 10 * PER_SLOT * 310 * 4
    // What lags only moves forward, through what the exact one has shown.
    let at = 0
    for (const [index, { position, time, lagging }] of seen.entries()) {
      while (at < index && !isDeepStrictEqual(seen[at]!.exact, lagging)) at++
      if (!isDeepStrictEqual(seen[at]!.exact, lagging)) expect.fail(`at ${position} it shows what never was`)
      while (at < index && isDeepStrictEqual(seen[at + 1]!.exact, lagging)) at++
      if (time - seen[at]!.time > most) expect.fail(`at ${position} the snapshot is more than ${most} milliseconds old`)
    }
  })

  law('exact never lags: it is what a reader shows that looks for the first time', (choices) => {
    const it = wideCase(choices)
    const { looks: seen, json } = looks(it, choices)
    for (const { position, exact } of [choices.pick(seen), choices.pick(seen), choices.pick(seen)]) {
      const fresh = new DocumentInterpreter(zodNode(it.schema), null, OPTIONS)
      fresh.push(json.slice(0, position))
      if (position === json.length) fresh.end()
      deepStrictEqual(exact, fresh.snapshot(true))
    }
  })

  law('law 5, for isComplete: what it says yes to is there to stay, and is what the value has there', (choices) => {
    const it = wideCase(choices)
    const json = JSON.stringify(it.value)
    const interpreter = new DocumentInterpreter(zodNode(it.schema), null, OPTIONS)
    const complete = new Map<string, Path>()
    const look = () => {
      const value = interpreter.snapshot(choices.chance(20))
      const circumstances = { open: interpreter.openPlace(), unsure: interpreter.unsure, issues: interpreter.issues }
      const is = (path: Path) => isComplete(path, value, circumstances)
      for (const [place, path] of complete) if (!is(path)) expect.fail(`${place} was complete, and is incomplete now`)
      for (const [path, at] of everyPlace(value)) {
        const place = JSON.stringify(path)
        if (complete.has(place) || !is(path)) continue
        complete.set(place, path)
        if (!isDeepStrictEqual(valueAt(it.value, path), at))
          expect.fail(`${place} is complete as ${JSON.stringify(at)}`)
      }
    }
    for (const chunk of randomChunks(choices, json, 24)) {
      interpreter.push(chunk)
      if (choices.chance(60)) look()
    }
    interpreter.end()
    look()
    expect(complete.has('[]')).toBe(true)
  })

  law('law 7, immutable: what was shown never changes, and complete elements keep their identity', (choices) => {
    const it = wideCase(choices)
    const json = JSON.stringify(it.value)
    const interpreter = new DocumentInterpreter(zodNode(it.schema), null, OPTIONS)
    const complete = new Map<string, unknown>()
    interpreter.hub.completion = (path, value) => complete.set(JSON.stringify(path), value)
    const kept: [value: unknown, copy: string][] = []
    for (const chunk of randomChunks(choices, json, 24)) {
      interpreter.push(chunk)
      const value = interpreter.snapshot(choices.chance(30))
      if (value !== undefined) kept.push([value, JSON.stringify(value)])
    }
    interpreter.end()
    const final = interpreter.snapshot(true)
    for (const [value, copy] of kept) if (JSON.stringify(value) !== copy) expect.fail('a snapshot has changed')
    for (const [place, value] of complete) {
      const path = JSON.parse(place) as (string | number)[]
      const now = path.reduce<unknown>((here, key) => (here as Record<string | number, unknown>)[key], final)
      if (now !== value) expect.fail(`${place} is not the object that was announced`)
    }
    expect(complete.size).toBeGreaterThan(0)
  })
})
