import { expect, test } from 'vitest'

import { StructStreamError, type ErrorCode } from '../../../../src/errors.ts'
import { backoff } from '../../../../src/stream/driver/heal/backoff.ts'

const error = (code: ErrorCode, retryAfter?: number) => new StructStreamError(code, code, { retryAfter })
const almostOne = () => 1 - 2 ** -30

test('the limit doubles up to 20 s', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 50].map((failures) => backoff(error('connection_lost'), failures, almostOne))
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000])
})

test('the wait is a random part of it', () => {
  expect(backoff(error('timeout'), 3, () => 0)).toBe(0)
  expect(backoff(error('timeout'), 3, () => 0.25)).toBe(500)
})

test('Retry-After is kept to, whatever the error', () => {
  expect(backoff(error('rate_limited', 7_000), 1, () => 0)).toBe(7_000)
  expect(backoff(error('provider_error', 100), 1, almostOne)).toBe(500)
  expect(backoff(error('invalid_data', 30), 1, almostOne)).toBe(30)
})

test('a wrong answer is asked for again at once', () => {
  for (const code of ['invalid_data', 'malformed_json', 'no_json', 'truncated'] as const) {
    expect(backoff(error(code), 5, almostOne)).toBe(0)
  }
})
