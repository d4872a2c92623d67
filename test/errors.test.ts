import { expect, test, vi } from 'vitest'

import { StructStreamError } from '../src/errors.ts'

test('an error of another copy of the package is an instance of StructStreamError', async () => {
  vi.resetModules()
  const copy = await import('../src/errors.ts')
  expect(copy.StructStreamError).not.toBe(StructStreamError)
  expect(new copy.StructStreamError('aborted', 'stopped')).toBeInstanceOf(StructStreamError)
})

test('other errors, objects and primitives are no instances of StructStreamError', () => {
  for (const value of [new Error('x'), {}, null, undefined, 'aborted', () => {}]) {
    expect(value instanceof StructStreamError).toBe(false)
  }
})

test('a subclass of StructStreamError recognizes only its own instances', () => {
  class Special extends StructStreamError {}
  expect(new Special('aborted', 'stopped')).toBeInstanceOf(StructStreamError)
  expect(new Special('aborted', 'stopped')).toBeInstanceOf(Special)
  expect(new StructStreamError('aborted', 'stopped') instanceof Special).toBe(false)
})
