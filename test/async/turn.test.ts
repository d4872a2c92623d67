import { afterEach, expect, test, vi } from 'vitest'

import { afterTurn } from '../../src/async/turn.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const platforms: [string, unknown][] = [
  ['a working setImmediate', setImmediate],
  ['no setImmediate', undefined],
  [
    'a setImmediate that throws',
    () => {
      throw new Error('A Node.js API is used (setImmediate) which is not supported in the Edge Runtime.')
    },
  ],
]

test.each(platforms)('with %s, afterTurn calls back once, after what is already queued', async (_name, immediate) => {
  vi.stubGlobal('setImmediate', immediate)
  const order: string[] = []
  const called = new Promise<void>((resolve) => {
    afterTurn(() => {
      order.push('turn')
      resolve()
    })
  })
  await Promise.resolve().then(() => order.push('microtask'))
  await called
  expect(order).toEqual(['microtask', 'turn'])
})

test.each(platforms)('with %s, a cancelled afterTurn never calls back', async (_name, immediate) => {
  vi.stubGlobal('setImmediate', immediate)
  const callback = vi.fn()
  afterTurn(callback)()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(callback).not.toHaveBeenCalled()
})
