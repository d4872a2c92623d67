import { describe, expect, test } from 'vitest'
import { StructStreamError } from '../../../src/errors.ts'
import { type ErrorContext, errorFromEvent, toProviderError } from '../../../src/models/transport/provider-error.ts'
import { redactor } from '../../../src/models/transport/redact.ts'

const context: ErrorContext = { provider: 'p', redact: redactor(), keySource: '{ apiKey }', responding: true }

describe('toProviderError', () => {
  test.each([
    ['7', 7_000],
    ['0.5', 500],
    [new Date(Date.now() - 60_000).toUTCString(), 0],
    ['soon', undefined],
  ])('Retry-After %s', (value, expected) => {
    const error = Object.assign(new Error('x'), { status: 429, headers: new Headers({ 'retry-after': value }) })
    expect(toProviderError(error, context).retryAfter).toBe(expected)
  })

  test('Retry-After as a date in the future', () => {
    const at = Math.ceil(Date.now() / 1_000) * 1_000 + 60_000
    const headers = { 'retry-after': new Date(at).toUTCString() }
    const { retryAfter } = toProviderError(Object.assign(new Error('x'), { status: 503, headers }), context)
    expect(retryAfter).toBeGreaterThan(50_000)
    expect(retryAfter).toBeLessThanOrEqual(61_000)
  })

  test('retry-after-ms comes first', () => {
    const headers = { 'retry-after-ms': '250', 'retry-after': '9' }
    expect(toProviderError(Object.assign(new Error('x'), { status: 429, headers }), context).retryAfter).toBe(250)
  })

  test.each([
    [new TypeError('terminated', { cause: Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }) })],
    [new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) })],
    [new TypeError('Failed to fetch')],
    [new TypeError('NetworkError when attempting to fetch resource.')],
    [new TypeError('Load failed')],
    [Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
    [new SyntaxError('Unexpected end of JSON input')],
    [new DOMException('This operation was aborted', 'AbortError')],
  ])('%s is a lost connection', (error) => {
    expect(toProviderError(error, context).code).toBe('connection_lost')
  })

  test.each([
    [new Error('Request timed out.')],
    [new DOMException('The operation timed out.', 'TimeoutError')],
    [new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'UND_ERR_HEADERS_TIMEOUT' }) })],
  ])('%s is a timeout', (error) => {
    const mapped = toProviderError(error, context)
    expect(mapped.code).toBe('timeout')
    expect(mapped.retryable).toBe(true)
  })

  test('a JSON error before the end of the body is the provider’s fault', () => {
    const mapped = toProviderError(new SyntaxError('Unexpected token'), { ...context, bodyEnded: false })
    expect(mapped.code).toBe('provider_error')
  })

  test('what fails before the request is an option', () => {
    const mapped = toProviderError(new TypeError('Headers.append: "…" is invalid'), { ...context, responding: false })
    expect(mapped.code).toBe('bad_options')
  })

  test.each(['a string', undefined, null, 42])('a thrown %s', (thrown) => {
    expect(toProviderError(thrown, context)).toBeInstanceOf(StructStreamError)
  })

  test('a cycle of causes does not hang', () => {
    const one = new Error('one')
    const two = new Error('two', { cause: one })
    one.cause = two
    expect(toProviderError(one, context).code).toBe('provider_error')
  })

  test('our own error is passed through', () => {
    const own = new StructStreamError('bad_options', 'x')
    expect(toProviderError(own, context)).toBe(own)
  })

  test('the hint names where the key comes from', () => {
    expect(toProviderError(Object.assign(new Error('no'), { status: 401 }), context).message).toContain('{ apiKey }')
  })
})

describe('errorFromEvent', () => {
  test('nested and flat', () => {
    const nested = errorFromEvent({ error: { type: 'rate_limit_error', message: 'slow down' } }, context)
    const flat = errorFromEvent({ code: 'server_error', message: 'broken' }, context)
    expect([nested.code, nested.retryable]).toEqual(['rate_limited', true])
    expect([flat.code, flat.retryable]).toEqual(['provider_error', true])
    expect(flat.message).toContain('server_error')
  })

  test('a numeric code is the status', () => {
    const error = errorFromEvent({ code: 502, message: 'upstream' }, context)
    expect([error.status, error.retryable]).toEqual([502, true])
  })

  test('what the model had written is shown', () => {
    const error = errorFromEvent({ message: 'no', failed_generation: '{"half":' }, context)
    expect(error.message).toContain('{"half":')
  })
})
