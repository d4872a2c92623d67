import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { simulate } from '../../src/models/simulate/index.ts'
import { runStream } from '../../src/run-stream.ts'
import { resumable, type Resumable } from '../../src/store/resumable.ts'
import { openStores, type TestStore } from './open-stores.ts'

const Secret = z.object({ secret: z.string() })
const ask = (secret: string, delayMs = 0) =>
  runStream('A secret', Secret, { model: simulate({ response: { secret }, chunkSize: 4, delayMs }) })

describe.each(Object.entries(openStores))('owners in %s', (_, open) => {
  let opened: TestStore
  let streams: Resumable
  beforeAll(async () => {
    opened = await open()
    streams = resumable(opened.store)
  })
  afterAll(async () => await opened.close())

  test('start() with the id of a foreign stream makes its own stream', async () => {
    const alice = await streams.start('m1', () => ask('of Alice'), { owner: 'alice', schema: Secret })
    const mallory = await streams.start('m1', () => ask('of Mallory'), { owner: 'mallory', schema: Secret })
    const nobody = await streams.start('m1', () => ask('of no one'), { schema: Secret })
    expect([alice.isNew, mallory.isNew, nobody.isNew]).toEqual([true, true, true])
    await streams.idle()
    const again = await streams.start('m1', () => ask('other'), { owner: 'alice', schema: Secret })
    expect(again.isNew).toBe(false)
    expect(await again.stream.getData()).toEqual({ secret: 'of Alice' })
    expect(await mallory.stream.getData()).toEqual({ secret: 'of Mallory' })
    expect(await nobody.stream.getData()).toEqual({ secret: 'of no one' })
  })

  test('every door treats a foreign stream as one that does not exist', async () => {
    const { stream } = await streams.start('m2', () => ask('of Alice '.repeat(20), 2), { owner: 'alice' })
    for (const owner of [undefined, 'mallory', 'ALICE', 'alice:m2', 'm2']) {
      await expect(streams.attach('m2', { owner })).rejects.toMatchObject({ code: 'expired' })
      expect(await streams.status('m2', { owner })).toBeUndefined()
      expect(await streams.cancel('m2', { owner })).toBe(false)
    }
    expect(await streams.status('m2', { owner: 'alice' })).toMatchObject({ state: expect.any(String) })
    expect(await stream.getData()).toMatchObject({ secret: expect.stringContaining('Alice') })
    await streams.idle()
  })

  test('the route finds the streams of the owner that it is given, and no others', async () => {
    await streams.start('m3', () => ask('of Alice'), { owner: 'alice' })
    await streams.idle()
    const route = streams.handler({ owner: (request) => request.headers.get('x-user') ?? undefined })
    const get = async (user?: string, method = 'GET') =>
      await route(new Request('http://localhost/m3', { method, headers: user === undefined ? {} : { 'x-user': user } }))
    expect((await get('mallory')).status).toBe(404)
    expect((await get()).status).toBe(404)
    expect((await get('mallory', 'DELETE')).status).toBe(404)
    expect((await get(undefined, 'DELETE')).status).toBe(404)
    const own = await get('alice')
    expect(own.status).toBe(200)
    expect(await own.text()).toContain('of Alice'.slice(0, 4))
    const refusing = streams.handler({ owner: () => 'alice', authorize: () => false })
    expect((await refusing(new Request('http://localhost/m3'))).status).toBe(404)
  })

  test('an owner may be any text, and no two owners share a stream', async () => {
    const owners = ['a', 'a:b', 'a}b', '{a}', 'a b', 'ä', 'a%3Ab', '../a', '\u{1F600}', 'x'.repeat(500)]
    for (const owner of owners) await streams.start('m4', () => ask(`of ${owner}`), { owner })
    await streams.idle()
    for (const owner of owners) {
      const stream = await streams.attach('m4', { owner, schema: Secret })
      expect(await stream.getData()).toEqual({ secret: `of ${owner}` })
    }
  })

  test.each([7, null, {}, ''])('an owner that is %j is refused', async (owner) => {
    await expect(streams.start('m5', () => ask('x'), { owner: owner as never })).rejects.toMatchObject({
      code: 'bad_options',
      message: expect.stringContaining('`owner`'),
    })
  })
})
