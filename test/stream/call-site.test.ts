import { afterEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

import { createSession, parseStream, run, runStream } from '../../src/index.ts'
import { addCallSite, callSite } from '../../src/stream/call-site.ts'
import { connect } from '../../src/web/client/index.ts'
import { drain, scripted, text } from './scripted.ts'

const Film = z.object({ title: z.string() })
const model = () => scripted([text('{"title":'), { throws: new Error('late') }])

/** A function of this name is in the stack of what it calls. */
async function theCallersOwnFunction(act: () => Promise<unknown> | AsyncIterable<unknown>): Promise<Error> {
  const begun = act()
  // What runs later has no caller on its stack.
  await new Promise((resolve) => setTimeout(resolve, 1))
  const error =
    Symbol.asyncIterator in begun ? (await drain(begun)).error : await begun.catch((thrown: unknown) => thrown)
  return error as Error
}

describe('An error that comes later shows the frames of the call', () => {
  test.each<[string, () => Promise<unknown> | AsyncIterable<unknown>]>([
    ['runStream, in an iterator', () => runStream('q', Film, { model: model() }).streamPartial()],
    ['runStream, in getData()', () => runStream('q', Film, { model: model() }).getData()],
    ['run', () => run('q', Film, { model: model() })],
    ['a session', () => createSession({ model: model() }).run('q', Film)],
    ['parseStream', () => parseStream('{"title":1}', Film).getData()],
    ['connect', () => connect('http://127.0.0.1:9/nothing', Film, { reconnects: 0 }).getData()],
    ['a wrong option', () => runStream('q', Film, { linger: -1 }).getData()],
  ])('%s', async (_, act) => {
    const { stack } = await theCallersOwnFunction(act)
    expect(stack).toContain('theCallersOwnFunction')
    expect(stack!.split('theCallersOwnFunction')).toHaveLength(2)
    expect(stack).toMatch(/^StructStreamError \[\w+\]: /)
  })
})

describe('in other engines', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('Where the stack has no message in front, the frames are added all the same', () => {
    const error = new Error('late')
    error.stack = 'fail@file.js:1:2'
    addCallSite(error, { stack: 'caller@app.js:3:4\nmain@app.js:9:1' })
    expect(error.stack).toBe('fail@file.js:1:2\ncaller@app.js:3:4\nmain@app.js:9:1')
  })

  test('Without captureStackTrace the stack of a new error is used', () => {
    const { captureStackTrace } = Error
    Object.assign(Error, { captureStackTrace: undefined })
    try {
      expect(callSite(test).stack).toContain('call-site.test')
    } finally {
      Object.assign(Error, { captureStackTrace })
    }
  })

  test('An error whose stack cannot be written stays as it was', () => {
    const error = Object.freeze(new Error('late'))
    const { stack } = error
    expect(() => addCallSite(error, { stack: 'Error\n    at caller (app.js:3:4)' })).not.toThrow()
    expect(error.stack).toBe(stack)
  })
})
