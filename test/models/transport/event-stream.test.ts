import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { eventStream } from '../../../src/models/transport/event-stream.ts'
import type { ModelEvent } from '../../../src/models/model.ts'
import { type EventSink, PUSH } from '../../../src/models/transport/push.ts'

const delta = (text: string): ModelEvent => ({ type: 'text-delta', text })

describe('eventStream', () => {
  test('opens at the first next(), with its own signal that is aborted at the end', async () => {
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

  test('every waiting next() ends on an abort, and what fails afterwards is ignored', async () => {
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

  describe('pushes', () => {
    const noted = () => {
      const notes: string[] = []
      const sink: EventSink = {
        events: (events, isMore) => notes.push(...events.map((event) => `${event.type} ${isMore}`)),
        pause: () => notes.push('pause'),
        end: () => notes.push('end'),
        fail: (error) => notes.push(String(error)),
      }
      return { notes, sink }
    }
    const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

    test('the events of a generator to the end, one at a time', async () => {
      const { signal } = new AbortController()
      const { notes, sink } = noted()
      const stream = eventStream(signal, async function* () {
        yield delta('a')
        yield delta('b')
      })
      stream[PUSH](sink)
      await settled()
      expect(notes).toEqual(['text-delta false', 'text-delta false', 'end'])
      expect(getEventListeners(signal, 'abort')).toEqual([])
    })

    test('what a source says, until it fails', async () => {
      const { notes, sink } = noted()
      let pulls = 0
      const stream = eventStream(new AbortController().signal, () => ({
        pull(to) {
          if (pulls++ === 0) return to.events([delta('a'), delta('b')], true)
          to.pause()
          to.fail(new RangeError('broken'))
        },
        close: () => Promise.resolve(),
      }))
      stream[PUSH](sink)
      await settled()
      expect(notes).toEqual(['text-delta true', 'text-delta true', 'pause', 'RangeError: broken'])
    })

    test('nothing after it was left, and closes the source', async () => {
      const { notes, sink } = noted()
      let closed = 0
      const stream = eventStream(new AbortController().signal, () => ({
        pull: (to) => to.events([delta('a')], false),
        close: () => Promise.resolve(closed++),
      }))
      stream[PUSH]({ ...sink, events: (...given) => (sink.events(...given), void stream.return?.()) })
      await settled()
      expect([notes, closed]).toEqual([['text-delta false', 'end'], 1])
    })

    test('the end on an abort, before or while it waits', async () => {
      const controller = new AbortController()
      const { notes, sink } = noted()
      const never = () => ({ pull: () => {}, close: () => Promise.reject(new Error('late')) })
      eventStream(controller.signal, never)[PUSH](sink)
      await settled()
      expect(notes).toEqual([])
      controller.abort()
      expect(notes).toEqual(['end'])
      eventStream(controller.signal, never)[PUSH](sink)
      expect(notes).toEqual(['end', 'end'])
    })

    test('a failure to open', async () => {
      const { notes, sink } = noted()
      eventStream(new AbortController().signal, () => Promise.reject(new RangeError('no')))[PUSH](sink)
      await settled()
      expect(notes).toEqual(['RangeError: no'])
    })
  })
})
