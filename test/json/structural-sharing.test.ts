import { fc } from '../support/fast-check.ts'
import { describe, expect, test } from 'vitest'

import { shareStructure } from '../../src/json/structural-sharing.ts'

describe('share', () => {
  test('gives back the previous value when all is equal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const next = structuredClone(value)
        const shared = shareStructure(value, next)
        if (typeof value === 'object' && value !== null) expect(shared).toBe(value)
        else expect(shared).toEqual(value)
      }),
    )
  })

  test('always equals next and changes neither value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (previous, next) => {
        const before = JSON.stringify([previous, next])
        expect(shareStructure(previous, next)).toEqual(next)
        expect(JSON.stringify([previous, next])).toBe(before)
      }),
    )
  })

  test('keeps the parts that did not change', () => {
    const previous = { a: { deep: [1, 2] }, b: [{ x: 1 }, { x: 2 }], c: 'old' }
    const next = { a: { deep: [1, 2] }, b: [{ x: 1 }, { x: 3 }], c: 'new', d: null }
    const shared = shareStructure(previous, next) as typeof next
    expect(shared).toEqual(next)
    expect(shared.a).toBe(previous.a)
    expect(shared.b[0]).toBe(previous.b[0])
    expect(next.a).not.toBe(previous.a)
  })

  test('compares what is not a plain object or array by identity', () => {
    const date = new Date(0)
    expect((shareStructure({ at: new Date(0) }, { at: date }) as { at: Date }).at).toBe(date)
    const map = new Map([[1, 2]])
    expect(shareStructure(new Map([[1, 2]]), map)).toBe(map)
  })

  test('tells -0 from 0, takes NaN for itself, an undefined key for no missing one', () => {
    expect(Object.is((shareStructure([0], [-0]) as number[])[0], -0)).toBe(true)
    const previous = [Number.NaN]
    expect(shareStructure(previous, [Number.NaN])).toBe(previous)
    const next = { b: 1 }
    expect(shareStructure({ a: undefined }, next)).toEqual(next)
  })

  test('keeps an own __proto__ key and pollutes nothing', () => {
    const previous = JSON.parse('{"__proto__":{"x":1},"a":[1],"b":1}') as object
    const next = JSON.parse('{"__proto__":{"x":1},"a":[1],"b":2}') as Record<string, unknown>
    const shared = shareStructure(previous, next) as Record<string, unknown>
    expect(JSON.stringify(shared)).toBe(JSON.stringify(next))
    expect(Object.getPrototypeOf(shared)).toBe(Object.prototype)
  })

  test('ends on values that hold themselves', () => {
    const loop = (): unknown => {
      const value: { self?: unknown } = {}
      value.self = value
      return value
    }
    const next = loop()
    expect(shareStructure(loop(), next)).toHaveProperty('self')
  })
})

test('frozen values stay frozen', () => {
  const previous = { kept: { a: 1 }, list: [{ b: 1 }], other: 1 }
  const next = Object.freeze({ kept: { a: 1 }, list: Object.freeze([{ b: 1 }, 2]), other: 2 })
  const shared = shareStructure(previous, next) as typeof next
  expect(shared).toEqual(next)
  expect(shared.kept).toBe(previous.kept)
  expect(shared.list[0]).toBe(previous.list[0])
  expect([Object.isFrozen(shared), Object.isFrozen(shared.list)]).toEqual([true, true])
})
