import { deepStrictEqual } from 'node:assert'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'

import { IncrementalJsonParser, parsePartial } from '../../src/json/index.ts'
import { oneByOne, randomChunks } from '../support/chunkings.ts'
import { property, runSize, type Choices } from '../support/property.ts'
import { PER_CHARACTER, PER_SLOT, virtualPace } from '../support/virtual-pace.ts'

const KEYS = ['"a"', '"b"', '"__proto__"', '"k\\u0031"']

/** Small valid documents with every construct; wide ones only where a test asks for them. */
function someText(choices: Choices, depth = 4): string {
  const blank = choices.chance(10) ? choices.pick([' ', '\n', '\t']) : ''
  const string = () =>
    choices.pick(['""', '"a"', '"é😀"', '"\\n"', '"\\ud83d\\ude00"', '"a longer one"', '"\\\\"', '"\\ud83d"'])
  switch (choices.below(depth > 0 ? 6 : 4)) {
    case 0:
      return string()
    case 1:
      return choices.pick(['0', '-1', '2.5', '1e3', '12345678901234567890'])
    case 2:
      return choices.pick(['true', 'false', 'null'])
    case 3:
      return choices.pick(['[]', '{}', '{"a":{}}'])
    case 4:
      return `[${choices.many(4, () => blank + someText(choices, depth - 1)).join(`${blank},`)}]`
    default:
      return `{${choices.many(4, (index) => `${KEYS[index]}:${blank}${someText(choices, depth - 1)}${blank}`).join(',')}}`
  }
}

function* subtrees(
  value: unknown,
  path: (string | number)[] = [],
): Generator<[path: (string | number)[], subtree: object]> {
  if (typeof value !== 'object' || value === null) return
  yield [path, value]
  for (const [key, child] of Object.entries(value)) yield* subtrees(child, [...path, key])
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (here, key) =>
      typeof here === 'object' && here !== null && Object.hasOwn(here, key)
        ? (here as Record<string | number, unknown>)[key]
        : undefined,
    value,
  )
}

describe('a snapshot', () => {
  test('is what parsePartial makes of the text so far, with or without looks in between', () =>
    property(runSize('FUZZ', 150), (choices) => {
      const text = someText(choices)
      const watched = new IncrementalJsonParser()
      let soFar = ''
      for (const chunk of randomChunks(choices, text)) {
        soFar += chunk
        deepStrictEqual(watched.push(chunk).snapshot({ exact: true }), parsePartial(soFar))
      }
      deepStrictEqual(watched.end(), JSON.parse(text))
    }))

  test('shares (===) with the one before whatever has not changed', () =>
    property(runSize('FUZZ', 150), (choices) => {
      const parser = new IncrementalJsonParser()
      let before: unknown
      for (const chunk of choices.chance(50) ? oneByOne(someText(choices)) : randomChunks(choices, someText(choices))) {
        const now = parser.push(chunk).snapshot({ exact: true })
        for (const [path, old] of subtrees(before)) {
          const same = at(now, path)
          if (same !== old && isDeepStrictEqual(same, old))
            expect.fail(`${path.join('.')} is a copy in ${JSON.stringify(now)}`)
        }
        expect(parser.snapshot({ exact: true })).toBe(now)
        before = now
      }
    }))

  test('never changes later, and is not harmed when its holder freezes it', () =>
    property(runSize('FUZZ', 100), (choices) => {
      const text = someText(choices)
      const parser = new IncrementalJsonParser()
      const kept: [snapshot: unknown, copy: unknown][] = []
      for (const chunk of oneByOne(text)) {
        const snapshot = parser.push(chunk).snapshot({ exact: choices.chance(50) })
        for (const [, subtree] of subtrees(snapshot)) Object.freeze(subtree)
        kept.push([snapshot, structuredClone(snapshot)])
      }
      deepStrictEqual(parser.end(), JSON.parse(text))
      for (const [snapshot, copy] of kept) deepStrictEqual(snapshot, copy)
    }))
})

/** How much `snapshot()` lagged where it showed less than `exact` would have, in characters. */
function lags(text: string, chunkLength: number): number[] {
  const { pace, advance } = virtualPace()
  const parser = new IncrementalJsonParser({ pace })
  const exact = new IncrementalJsonParser()
  const behind: number[] = []
  let shown: unknown
  let shownAt = 0
  for (let position = 0; position < text.length; position += chunkLength) {
    const chunk = text.slice(position, position + chunkLength)
    const end = position + chunk.length
    advance(chunk.length)
    const snapshot = parser.push(chunk).snapshot()
    const newest = exact.push(chunk).snapshot({ exact: true })
    if (isDeepStrictEqual(snapshot, newest)) shownAt = end
    else {
      behind.push(end - shownAt)
      expect(snapshot).toBe(shown)
    }
    shown = snapshot
  }
  deepStrictEqual(parser.snapshot(), JSON.parse(text))
  return behind
}

describe('wide containers', () => {
  const array = `[${Array.from({ length: 400 }, (_, index) => index % 10).join(',')}]`
  const dictionary = `{${Array.from({ length: 120 }, (_, index) => `"k${index}":${index % 10}`).join(',')}}`
  const rows = `{"rows":[${Array.from({ length: 300 }, (_, index) => `{"id":${index},"t":"x"}`).join(',')}],"end":"a string at the end"}`

  test.each([
    ['an array', array, 400],
    ['a dictionary', dictionary, 120],
    ['rows in an object', rows, 300],
  ])('%s: a snapshot lags, but never more than ten times as long as its last copies took', (_, text, width) => {
    expect(lags(text, 1).length).toBeGreaterThan(0)
    // Two copies a snapshot at most: with the open row, and with the row when it has ended.
    const most = (10 * PER_SLOT * 2 * width) / PER_CHARACTER
    for (const chunkLength of [1, 4, 37])
      expect(Math.max(0, ...lags(text, chunkLength))).toBeLessThanOrEqual(most + chunkLength)
  })

  test('an array of 256 elements and an object of 64 keys never lag', () => {
    expect(lags(`[${Array.from({ length: 257 }, () => 1).join(',')}]`, 1)).toEqual([])
    expect(lags(`{${Array.from({ length: 65 }, (_, index) => `"k${index}":1`).join(',')}}`, 1)).toEqual([])
  })

  test('plain objects however many keys: order, `__proto__`, numbers and repeated keys as in JSON.parse', () => {
    const keys = Array.from({ length: 300 }, (_, index) => `"${index % 7 === 0 ? index : `k${index}`}"`)
    const entries = [...keys.slice(0, 150), '"__proto__"', '"k1"', ...keys.slice(150), '"k299"'].map(
      (key, index) => `${key}:${index % 3 === 0 ? `"value ${index}"` : index}`,
    )
    const text = `{${entries.join(',')}}`
    const parser = new IncrementalJsonParser()
    const kept: [snapshot: unknown, copy: string][] = []
    for (const character of text) {
      const snapshot = parser.push(character).snapshot({ exact: true })
      if (snapshot === undefined) continue
      expect(Object.getPrototypeOf(snapshot)).toBe(Object.prototype)
      kept.push([Object.freeze(snapshot), JSON.stringify(snapshot)])
    }
    // Key by key: comparing wholes would not see their order.
    expect(JSON.stringify(parser.end())).toBe(JSON.stringify(JSON.parse(text)))
    expect(Object.getOwnPropertyNames(parser.end())).toContain('__proto__')
    for (const [snapshot, copy] of kept) expect(JSON.stringify(snapshot)).toBe(copy)
  })

  test('once the wide container has closed nothing lags', () => {
    const parser = new IncrementalJsonParser()
    parser.push(rows.slice(0, rows.indexOf(']') + 1)).snapshot()
    for (const character of rows.slice(rows.indexOf(']') + 1)) {
      expect(parser.push(character).snapshot()).toBe(parser.snapshot({ exact: true }))
    }
  })

  test('exact never lags', () => {
    const parser = new IncrementalJsonParser()
    let soFar = ''
    for (const character of array) {
      soFar += character
      const shown = parser.push(character).snapshot({ exact: true }) as unknown[]
      const elements = soFar.replace(/[0-9]$/, '').match(/[0-9]/g)?.length ?? 0
      expect(shown.length).toBe(elements)
    }
  })
})
