import { describe, expect, test } from 'vitest'

import { RunawayDetector } from '../../../src/stream/limits/runaway-output.ts'

const DEFAULTS = { maxChars: 10_000_000, maxRepeat: 10_000 }

/** The verdict on `text` in deltas of `size`, and how many characters had been read by then. */
function judged(text: string, size: number, limits = DEFAULTS): { verdict: string | null; read: number } {
  const guard = new RunawayDetector(limits)
  for (let at = 0; at < text.length; at += size) {
    const verdict = guard.push(text.slice(at, at + size))
    if (verdict !== null) return { verdict, read: at + size }
  }
  return { verdict: null, read: text.length }
}

const sizes = [1, 4, 37, 5_000, 10_000_000]
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

describe.each(sizes)('in deltas of %i characters', (size) => {
  test.each([
    ['100,000 similar elements', JSON.stringify(range(100_000).map((id) => ({ id, ok: true })))],
    ['100,000 equal numbers', JSON.stringify(range(100_000).fill(0))],
    ['60,000 equal booleans', JSON.stringify(range(60_000).map(() => false))],
    ['a one-hot vector of 2,000', JSON.stringify(range(2_000).map((i) => (i === 1_234 ? 1 : 0)))],
    [
      'an ASCII table',
      range(2_000)
        .map((i) => `+------+----------+\n| ${i} | value ${i * 7}  |\n`)
        .join(''),
    ],
    [
      'deep indentation',
      JSON.stringify(
        range(100).reduce<unknown>((inner) => [inner], 'x'),
        null,
        8,
      ),
    ],
    ['a paragraph 500 times', 'All work and no play makes Jack a dull boy. '.repeat(500)],
    ['nothing', ''],
  ])('%s pass', (_, text) => {
    expect(judged(text, size).verdict).toBeNull()
  })

  test.each([
    ['whitespace', `{"a":1${' \n\t'.repeat(10_000)}`, /whitespace/],
    ['digits', `{"a":0.${'123'.repeat(10_000)}`, /digits/],
    ['one letter', `{"a":"${'x'.repeat(30_000)}`, /same 1 characters/],
    ['a sentence', `{"a":"${'I will say it again. '.repeat(30_000)}`, /same 21 characters/],
    ['a long piece', `{"a":"${range(120).join('-').repeat(2_000)}`, /same \d+ characters/],
    ['list elements', `[${'0,'.repeat(1_000_000)}`, /same 2 characters/],
  ])('endless %s is told', (_, text, expected) => {
    expect(judged(text, size).verdict).toMatch(expected)
  })
})

test('what is repeated is reported soon after the limit', () => {
  expect(judged(`"${' '.repeat(5_000)}`, 1, { ...DEFAULTS, maxRepeat: 100 }).read).toBe(102)
  expect(judged(`"${'7'.repeat(5_000)}`, 1, { ...DEFAULTS, maxRepeat: 100 }).read).toBe(102)
  const { read } = judged('abc'.repeat(5_000), 1, { ...DEFAULTS, maxRepeat: 100 })
  expect(read).toBeGreaterThan(300)
  expect(read).toBeLessThan(600)
})

test('a run that is broken in time is not a run', () => {
  const text = `${`${' '.repeat(90)}a${'7'.repeat(90)}b`.repeat(3)}`
  expect(judged(text, 1, { ...DEFAULTS, maxRepeat: 100 }).verdict).toBeNull()
})

test('maxChars counts every kind of text', () => {
  const guard = new RunawayDetector({ maxChars: 10, maxRepeat: 100 })
  expect(guard.push('12345')).toBeNull()
  expect(guard.count('12345')).toBeNull()
  expect(guard.count('6')).toMatch('limits.maxChars')
})
