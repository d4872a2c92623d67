import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { Timer } from '../../src/async/timer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('fires once; starting again replaces; stopping and disposing end it', () => {
  const fired: string[] = []
  const timer = new Timer()
  timer.start(100, () => fired.push('a'))
  timer.start(50, () => fired.push('b'))
  expect(timer.isRunning).toBe(true)
  vi.advanceTimersByTime(200)
  expect(fired).toEqual(['b'])
  expect(timer.isRunning).toBe(false)
  {
    using held = timer
    held.start(10, () => fired.push('c'))
  }
  vi.advanceTimersByTime(50)
  expect(fired).toEqual(['b'])
  expect(vi.getTimerCount()).toBe(0)
})

test('Infinity never fires and holds no timer', () => {
  new Timer().start(Infinity, () => expect.unreachable())
  expect(vi.getTimerCount()).toBe(0)
})

test('delays above the longest that setTimeout takes are kept', () => {
  const fired: number[] = []
  const timer = new Timer()
  timer.start(2 ** 31 + 1000, () => fired.push(1))
  vi.advanceTimersByTime(2 ** 31 - 1)
  expect(fired).toEqual([])
  vi.advanceTimersByTime(1001)
  expect(fired).toEqual([1])
})
