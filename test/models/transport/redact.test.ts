import { describe, expect, test } from 'vitest'
import { redactor } from '../../../src/models/transport/redact.ts'

describe('redactor', () => {
  test('finds a secret unchanged, JSON-escaped and percent-encoded', () => {
    const key = 'se"cr\\et/key+1'
    const redact = redactor({ keys: [key] })
    expect(redact(`a ${key} b`)).toBe('a [redacted] b')
    expect(redact(JSON.stringify({ key }))).toBe('{"key":"[redacted]"}')
    expect(redact(`?key=${encodeURIComponent(key)}`)).toBe('?key=[redacted]')
  })

  test('finds what is after a scheme or in a cookie', () => {
    const redact = redactor({ headers: { authorization: 'Bearer tok-12345678', cookie: 'a=1; session=abcdefgh99' } })
    expect(redact('tok-12345678 and abcdefgh99')).toBe('[redacted] and [redacted]')
  })

  test('finds query values of a base URL', () => {
    expect(redactor({ baseURL: 'https://host/v1?sig=querysecret' })('x querysecret')).toBe('x [redacted]')
  })

  test.each([
    ['Headers', new Headers({ 'x-secret': 'headersecret' })],
    ['entries', [['x-secret', 'headersecret']]],
  ])('takes headers as %s', (_, headers) => {
    expect(redactor({ headers })('headersecret')).toBe('[redacted]')
  })

  test('the longer of two secrets goes as a whole', () => {
    expect(redactor({ keys: ['abcdefgh', 'abcdefgh-longer'] })('abcdefgh-longer')).toBe('[redacted]')
  })

  test('knows the look of common keys', () => {
    const redact = redactor()
    expect(redact('sk-proj-abcdefghijklmnop1234')).toBe('[redacted]')
    expect(redact('authorization: Bearer eyJhbGciOi')).toBe('authorization: [redacted]')
    expect(redact('the task-force asked')).toBe('the task-force asked')
  })

  test('short values and public headers stay', () => {
    const redact = redactor({ keys: ['EMPTY', undefined, null], headers: { accept: 'application/json' } })
    expect(redact('EMPTY application/json')).toBe('EMPTY application/json')
  })

  test('goes into values: keys, lists, depth', () => {
    const redact = redactor({ keys: ['secret-value'] })
    const value = { 'secret-value': ['secret-value', { deep: 'x secret-value' }], n: 1, nil: null, f: () => 'secret' }
    expect(redact.value(value)).toEqual({
      '[redacted]': ['[redacted]', { deep: 'x [redacted]' }],
      n: 1,
      nil: null,
      f: undefined,
    })
    let deep: unknown = 'secret-value'
    for (let level = 0; level < 50; level++) deep = { deep }
    expect(JSON.stringify(redact.value(deep))).not.toContain('secret-value')
  })
})
