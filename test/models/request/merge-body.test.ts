import { describe, expect, test } from 'vitest'
import { compact, mergeBody } from '../../../src/models/request/merge-body.ts'

describe('mergeBody', () => {
  test('joins objects, adds tools, replaces the rest, takes away what is undefined', () => {
    const body = { text: { format: 1 }, tools: ['own'], stop: ['a'], stream_options: { include_usage: true }, n: 1 }
    const options = {
      text: { verbosity: 'low' },
      tools: ['theirs'],
      stop: ['b'],
      stream_options: undefined,
      extra: null,
    }
    expect(mergeBody(body, options)).toEqual({
      text: { format: 1, verbosity: 'low' },
      tools: ['own', 'theirs'],
      stop: ['b'],
      n: 1,
      extra: null,
    })
    expect(body.text).toEqual({ format: 1 })
  })

  test.each([undefined, null, 'text', [1]])('options %j change nothing', (options) => {
    expect(mergeBody({ a: 1 }, options)).toEqual({ a: 1 })
  })

  test('no prototype is changed', () => {
    mergeBody({}, JSON.parse('{"__proto__":{"polluted":true}}'))
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

test('compact leaves null and false', () => {
  expect(compact({ a: undefined, b: null, c: false, d: 0 })).toEqual({ b: null, c: false, d: 0 })
})
