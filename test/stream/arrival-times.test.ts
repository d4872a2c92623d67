import { expect, test } from 'vitest'

import { ArrivalTimes } from '../../src/stream/arrival-times.ts'

test('Pieces come back with the time at which they arrived', () => {
  const times = new ArrivalTimes()
  times.note(0, 10)
  times.note(3, 20)
  times.note(5, 30)
  expect([...times.pieces('abcdefg')]).toEqual([
    { text: 'abc', time: 10 },
    { text: 'de', time: 20 },
    { text: 'fg', time: 30 },
  ])
  expect([...times.pieces('abcdefg', 2, 6)]).toEqual([
    { text: 'c', time: 10 },
    { text: 'de', time: 20 },
    { text: 'f', time: 30 },
  ])
})

test('What arrives within a millisecond is one piece', () => {
  const times = new ArrivalTimes()
  for (let at = 0; at < 100; at++) times.note(at, 5 + at / 200)
  expect([...times.pieces('x'.repeat(100))]).toEqual([{ text: 'x'.repeat(100), time: 5 }])
})

test('A long text keeps at most 1,024 times, and each is at most one step too early', () => {
  const times = new ArrivalTimes()
  const length = 100_000
  for (let at = 0; at < length; at++) times.note(at, at * 10)
  const pieces = [...times.pieces('x'.repeat(length))]
  expect(pieces.length).toBeLessThanOrEqual(1_024)
  expect(pieces.map(({ text }) => text).join('')).toHaveLength(length)
  const step = Math.max(...pieces.map(({ text }) => text.length))
  expect(step).toBeLessThanOrEqual((length / 512) * 2)
  let start = 0
  for (const { text, time } of pieces) {
    expect(time).toBe(start * 10)
    start += text.length
  }
})
