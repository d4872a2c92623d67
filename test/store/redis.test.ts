import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient as createClient6 } from 'redis-6'
import { redisStore } from '../../src/store/redis/redis-store.ts'
import { clients } from './clients.ts'
import { testStore } from './contract.ts'
import { skipReason, startRedis, type RedisServer } from './redis-server.ts'

describe.skipIf(skipReason !== undefined)(
  `redisStore${skipReason === undefined ? '' : ` (skipped: ${skipReason})`}`,
  () => {
    let server: RedisServer
    beforeAll(async () => {
      server = await startRedis()
    })
    afterAll(async () => await server[Symbol.asyncDispose]())

    for (const [name, open] of Object.entries(clients)) {
      testStore(name, async () => {
        const { client, close } = await open(server.url)
        return { store: redisStore(client, { prefix: `${name}:` }), close }
      })
    }

    test.each(Object.entries(clients))('%s hears of events long before the next poll', async (name, open) => {
      const { client, close } = await open(server.url)
      const store = redisStore(client, { prefix: `${name}:` })
      const { epoch } = (await store.claim('heard', {
        lease: 9_000,
        ttl: 60_000,
        grace: 0,
        takeover: false,
        token: 't',
      }))!
      let notices = { events: 0, cancel: 0 }
      store.watch('heard', 'events', () => notices.events++)
      store.watch('heard', 'cancel', () => notices.cancel++)
      // The beginning of a subscription and of a connection are notices, too.
      await expect.poll(() => Math.min(notices.events, notices.cancel)).toBeGreaterThan(0)
      await new Promise((resolve) => setTimeout(resolve, 100))
      notices = { events: 0, cancel: 0 }
      for (let offset = 1; offset <= 5; offset++) await store.append('heard', epoch, [{ offset, data: 'x' }])
      await store.cancel('heard')
      // The poll alone would have given two.
      await expect.poll(() => notices.events >= 5 && notices.cancel >= 1).toBe(true)
      await store[Symbol.asyncDispose]()
      await close()
    })

    test('it forgets its scripts: they are sent again', async () => {
      const { client, close } = await clients['redis 6']!(server.url)
      await using store = redisStore(client, { prefix: 'flush:' })
      const terms = { lease: 10_000, ttl: 60_000, grace: 0, takeover: false, token: 't' }
      await store.claim('a', terms)
      await (client as { sendCommand(args: string[]): Promise<unknown> }).sendCommand(['SCRIPT', 'FLUSH'])
      expect(await store.claim('a', terms)).toMatchObject({ last: 0 })
      await close()
    })

    test('keys expire on their own, and are two for a stream', async () => {
      const client = createClient6({ url: server.url }).on('error', () => {})
      await client.connect()
      const store = redisStore(client, { prefix: 'keys:' })
      const { epoch } = (await store.claim('a', { lease: 1_000, ttl: 50_000, grace: 0, takeover: false, token: 't' }))!
      await store.append('a', epoch, [{ offset: 1, data: 'x' }])
      const keys = await client.keys('keys:*')
      expect(keys.toSorted()).toEqual(['keys:{a}:log', 'keys:{a}:meta'])
      for (const key of keys) {
        const left = await client.pTTL(key)
        expect(left).toBeGreaterThan(40_000)
        expect(left).toBeLessThanOrEqual(50_000)
      }
      await store[Symbol.asyncDispose]()
      client.destroy()
    })

    const command = async (client: unknown, ...args: string[]) =>
      await (client as { sendCommand(args: string[]): Promise<unknown> }).sendCommand(args)
    const terms = { lease: 10_000, ttl: 60_000, grace: 0, takeover: false, token: 't', birth: 'AAAAAAAA' }

    test.each([
      ['that is full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']],
      ['that is read-only', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']],
    ])('a Redis %s still answers reads and cancels', async (name, begin, end) => {
      await using own = await startRedis()
      const { client, close } = await clients['redis 6']!(own.url)
      await using store = redisStore(client, { timeout: 1_000 })
      await command(client, 'CONFIG', 'SET', 'replica-serve-stale-data', 'yes')
      const { epoch } = (await store.claim('a', terms))!
      await store.append('a', epoch, [{ offset: 1, data: 'x' }])
      await store.claim('b', { ...terms, lease: 1 })
      await new Promise((resolve) => setTimeout(resolve, 10))
      await command(client, ...begin)
      expect(await store.read('a', 0)).toMatchObject({ state: 'open', last: 1, events: [{ offset: 1, data: 'x' }] })
      expect(await store.read('b', 0)).toMatchObject({ state: 'lost' })
      expect(await store.cancel('a')).toBe(true)
      expect(await store.cancel('none')).toBe(false)
      // A full one has room for less, so that the producer hears of it.
      expect((await store.read('a', 1))?.isCancelled).toBe(name === 'that is full')
      await expect(store.append('a', epoch, [{ offset: 2, data: 'y' }])).rejects.toThrow(/OOM|READONLY/)
      await command(client, ...end)
      expect((await store.append('a', epoch, [{ offset: 2, data: 'y' }])).isAccepted).toBe(true)
      await close()
    })

    test('commands that were given up take no effect when Redis moves again', async () => {
      await using own = await startRedis()
      const { client, close } = await clients['redis 6']!(own.url)
      await using store = redisStore(client, { timeout: 300 })
      const { epoch } = (await store.claim('a', terms))!
      process.kill(own.pid, 'SIGSTOP')
      const late = [
        store.claim('b', { ...terms, token: 'late' }),
        store.append('a', epoch, [{ offset: 1, data: 'late' }]),
        store.cancel('a'),
      ]
      const settled = await Promise.allSettled(late)
      expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
      await new Promise((resolve) => setTimeout(resolve, 100))
      process.kill(own.pid, 'SIGCONT')
      // Answered after everything that was sent before.
      await expect.poll(async () => await command(client, 'PING')).toBe('PONG')
      expect(await store.read('b', 0)).toBeUndefined()
      expect(await store.read('a', 0)).toMatchObject({ last: 0, isCancelled: false })
      expect(await store.claim('b', { ...terms, token: 'new' })).toMatchObject({ last: 0 })
      expect((await store.append('a', epoch, [{ offset: 1, data: 'new' }])).isAccepted).toBe(true)
      await close()
    })
  },
)

test('what is not a client is refused with what was expected', () => {
  for (const wrong of [undefined, null, {}, 'redis://localhost', { get: () => {} }]) {
    expect(() => redisStore(wrong as never)).toThrow(
      expect.objectContaining({ code: 'bad_options', message: expect.stringContaining('createClient()') }),
    )
  }
  expect(() => redisStore(createClient6())).toThrow(
    expect.objectContaining({ code: 'bad_options', message: expect.stringContaining('client.connect()') }),
  )
})
