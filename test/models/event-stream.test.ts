import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { eventStream } from '../../src/models/event-stream.ts'
import type { ModelEvent } from '../../src/models/model.ts'

const delta = (text: string): ModelEvent => ({ type: 'text-delta', text })

describe('eventStream', () => {
  test('opens at the first next(), with a signal of its own that is aborted at the end', async () => {
    const { signal } = new AbortController()
    let given: AbortSignal | undefined
    const stream = eventStream(signal, async function* (own) {
      given = own
      yield delta('a')
    })
    expect(given).toBeUndefined()
    expect(await stream.next()).toEqual({ done: false, value: delta('a') })
    expect(given).not.toBe(signal)
    expect(given?.aborted).toBe(false)
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect(given?.aborted).toBe(true)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('every waiting next() ends on an abort, and what fails afterwards is nobody’s', async () => {
    const controller = new AbortController()
    const stream = eventStream(controller.signal, async function* (own) {
      await new Promise((_, reject) => own.addEventListener('abort', () => reject(new Error('late'))))
      yield delta('never')
    })
    const waiting = [stream.next(), stream.next()]
    controller.abort()
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  test('an error is thrown once, then the stream is over', async () => {
    const { signal } = new AbortController()
    const stream = eventStream(signal, async function* () {
      yield delta('a')
      throw new RangeError('broken')
    })
    await stream.next()
    await expect(stream.next()).rejects.toThrow(RangeError)
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('return() runs the finally blocks of the generator', async () => {
    let cleaned = false
    const stream = eventStream(new AbortController().signal, async function* () {
      try {
        yield delta('a')
        yield delta('b')
      } finally {
        cleaned = true
      }
    })
    for await (const event of stream) {
      expect(event).toEqual(delta('a'))
      break
    }
    expect(cleaned).toBe(true)
  })

  test('return() before the first next() opens nothing', async () => {
    let opened = false
    const stream = eventStream(new AbortController().signal, async function* () {
      opened = true
      yield delta('a')
    })
    await stream.return?.()
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect(opened).toBe(false)
  })
})
