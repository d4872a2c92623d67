import { describe, expect, test } from 'vitest'

import { END, Consumer, NONE, type Consumed } from '../../src/async/consumer.ts'

class Queue implements Consumed {
  readonly items: number[] = []
  readonly members = new Set<Consumer<unknown>>()
  end: 'open' | 'over' | Error = 'open'

  join(consumer: Consumer<unknown>): void {
    this.members.add(consumer)
  }
  leave(consumer: Consumer<unknown>): void {
    this.members.delete(consumer)
  }
  wake(): void {
    for (const member of this.members) member.notify()
  }
}

class Reader extends Consumer<number> {
  closed = 0
  #at = 0
  readonly #queue: Queue

  constructor(queue: Queue) {
    super(queue)
    this.#queue = queue
  }

  protected override pull(): number | typeof NONE | typeof END {
    const { items, end } = this.#queue
    if (this.#at < items.length) return items[this.#at++]!
    if (end instanceof Error) throw end
    return end === 'over' ? END : NONE
  }

  protected override close(): void {
    this.closed++
  }
}

const done = { value: undefined, done: true }

describe('Consumer', () => {
  test('joins at the first next(), not before', async () => {
    const queue = new Queue()
    const reader = new Reader(queue)
    expect(queue.members.size).toBe(0)
    queue.items.push(1)
    expect(await reader.next()).toEqual({ value: 1, done: false })
    expect(queue.members.size).toBe(1)
  })

  test('many next() calls without awaiting are answered in order', async () => {
    const queue = new Queue()
    const reader = new Reader(queue)
    const asked = [reader.next(), reader.next(), reader.next(), reader.next()]
    queue.items.push(1, 2)
    queue.wake()
    queue.items.push(3)
    queue.end = 'over'
    queue.wake()
    expect(await Promise.all(asked)).toEqual([
      { value: 1, done: false },
      { value: 2, done: false },
      { value: 3, done: false },
      done,
    ])
    expect(queue.members.size).toBe(0)
    expect(reader.closed).toBe(1)
  })

  test('an error ends it once: the first waiting next() rejects, the others are done', async () => {
    const queue = new Queue()
    const reader = new Reader(queue)
    const asked = [reader.next(), reader.next()]
    queue.end = new Error('cut')
    queue.wake()
    await expect(asked[0]).rejects.toThrow('cut')
    expect(await asked[1]).toEqual(done)
    expect(await reader.next()).toEqual(done)
    expect(queue.members.size).toBe(0)
  })

  test('return() answers waiting calls at once and frees what it holds', async () => {
    const queue = new Queue()
    const reader = new Reader(queue)
    const asked = reader.next()
    expect(await reader.return()).toEqual(done)
    expect(await asked).toEqual(done)
    expect(queue.members.size).toBe(0)
    await reader.return()
    expect(reader.closed).toBe(1)
  })

  test('return() before the first next() neither joins nor leaves', async () => {
    const queue = new Queue()
    const reader = new Reader(queue)
    await reader.return()
    queue.items.push(1)
    expect(await reader.next()).toEqual(done)
    expect(queue.members.size).toBe(0)
  })

  test('is a resource', async () => {
    const queue = new Queue()
    const reader = new Reader(queue)
    {
      await using held = reader
      queue.items.push(7)
      await held.next()
      expect(queue.members.size).toBe(1)
    }
    expect(queue.members.size).toBe(0)
  })

  test('a pull that wakes its own reader loses nothing', async () => {
    const queue = new Queue()
    class Waking extends Reader {
      protected override pull(): number | typeof NONE | typeof END {
        this.notify()
        return super.pull()
      }
    }
    const reader = new Waking(queue)
    const asked = [reader.next(), reader.next()]
    queue.items.push(1, 2)
    queue.wake()
    expect((await Promise.all(asked)).map((one) => one.value)).toEqual([1, 2])
  })
})
