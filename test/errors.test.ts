import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { StructStreamError, withDetails } from '../src/errors.ts'

const answer = 'the whole answer '.repeat(1_000)
/** What can't be cloned: functions, and objects of a network library. */
const cause = Object.assign(new Error('socket hang up'), { headers: new Headers(), retry: () => {} })
const error = withDetails(
  new StructStreamError('invalid_data', 'Expected a number', { cause, path: ['a', 0], status: 500 }),
  {
    text: answer,
    partial: { a: answer },
    issues: [{ path: ['a', 0], code: 'invalid_type', message: 'Expected a number' }],
    attempts: [],
  },
)

test('a printed error shows its code and facts, and not the whole answer', () => {
  const printed = inspect(error)
  expect(printed).toContain('invalid_data')
  expect(printed).toContain('Expected a number')
  expect(printed).toContain('socket hang up')
  expect(printed).not.toContain('the whole answer')
  expect(error.text).toBe(answer)
  expect(error.partial).toEqual({ a: answer })
})

test('JSON of an error has its name, code, message and facts, and not the whole answer', () => {
  const json: unknown = JSON.parse(JSON.stringify(error))
  expect(json).toEqual({
    name: 'StructStreamError',
    code: 'invalid_data',
    message: 'Expected a number',
    retryable: true,
    status: 500,
    path: ['a', 0],
    issues: error.issues,
    attempts: [],
    cause: 'Error: socket hang up',
  })
})

test('structuredClone of an error keeps its message, and its code in the stack, whatever its cause is', () => {
  for (const one of [error, new StructStreamError('lost', 'gone', { cause: { retry: () => {} } })]) {
    const clone = structuredClone(one)
    expect(clone).toBeInstanceOf(Error)
    expect(clone.message).toBe(one.message)
    expect(clone.stack).toContain(`StructStreamError [${one.code}]: ${one.message}`)
    expect(structuredClone(one.toJSON())).toEqual(one.toJSON())
  }
})

test('the cause is the thing that was thrown', () => {
  expect(error.cause).toBe(cause)
  expect(new StructStreamError('aborted', 'm', { cause: 'why' }).cause).toBe('why')
  expect(new StructStreamError('aborted', 'm').cause).toBeUndefined()
})

test('a message of several lines keeps all of them in the stack', () => {
  const long = new StructStreamError('bad_options', 'one\n    at home\ntwo')
  expect(long.stack).toMatch(/^StructStreamError \[bad_options\]: one\n {4}at home\ntwo\n {4}at (?!home)/)
})
