import { expect, test } from 'vitest'

import { clip, withValues } from '../../src/stream/issue-values.ts'
import type { Issue } from '../../src/types.ts'
import { property, runSize, type Choices } from '../support/property.ts'

const at = (...path: (string | number)[]): Issue => ({ path, code: 'custom', message: 'wrong' })

test('An issue gets what the model wrote at its path, and none where it wrote nothing', () => {
  const raw = { a: [1, { b: null }], c: 'x', toString: undefined }
  const places = [at('a', 0), at('a', 1, 'b'), at('c'), at('d'), at('a', 7), at('c', 'length'), at('toString')]
  expect(withValues(places, raw)).toEqual([
    { ...at('a', 0), value: 1 },
    { ...at('a', 1, 'b'), value: null },
    { ...at('c'), value: 'x' },
    at('d'),
    at('a', 7),
    at('c', 'length'),
    at('toString'),
  ])
  expect(withValues([at()], 5)).toEqual([{ ...at(), value: 5 }])
})

test('A string is cut after 200 characters, never inside a surrogate pair', () => {
  expect(withValues([at()], 'x'.repeat(200))).toEqual([{ ...at(), value: 'x'.repeat(200) }])
  expect(withValues([at()], 'x'.repeat(201))).toEqual([{ ...at(), value: 'x'.repeat(200), valueTruncated: true }])
  expect(clip(`${'x'.repeat(199)}😀`)).toEqual({ value: 'x'.repeat(199), isCut: true })
})

test('A container is cut to about 1 kB of JSON', () => {
  const rows = Array.from({ length: 10_000 }, (_, id) => ({ id, name: `row ${id}` }))
  const { value, isCut } = clip(rows)
  expect(isCut).toBe(true)
  expect(value).toEqual(rows.slice(0, (value as unknown[]).length - 1).concat((value as (typeof rows)[]).at(-1)!))
  expect(JSON.stringify(value).length).toBeGreaterThan(800)
  expect(JSON.stringify(value).length).toBeLessThan(1_300)
})

function anyValue(choices: Choices, depth: number): unknown {
  switch (choices.below(depth > 0 ? 6 : 4)) {
    case 0:
      return choices.below(100_000)
    case 1:
      return null
    case 2:
      return 'é'.repeat(choices.below(300))
    case 3:
      return choices.chance(50)
    case 4:
      return choices.many(8, () => anyValue(choices, depth - 1))
    default:
      return Object.fromEntries(
        choices.many(8, (index) => [choices.pick(['__proto__', 'a', `key${index}`]), anyValue(choices, depth - 1)]),
      )
  }
}

test('A clipped value is small, and is the value itself when it says that it is not cut', () =>
  property(runSize('LAWS', 1_000), (choices) => {
    const value = anyValue(choices, 4)
    const clipped = clip(value)
    expect(JSON.stringify(clipped.value).length).toBeLessThan(2_000)
    const isSame = JSON.stringify(clipped.value) === JSON.stringify(value)
    expect(clipped.isCut).toBe(!isSame)
  }))
