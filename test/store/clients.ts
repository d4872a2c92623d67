// Its first versions have no other export.
import IoRedis5 from 'ioredis-5'
import { Redis as IoRedis6 } from 'ioredis-6'
import { createClient as createClient5 } from 'redis-5'
import { createClient as createClient6 } from 'redis-6'
import type { RedisClient } from '../../src/store/redis/client.ts'

/** A client, and what ends it. */
export interface Opened {
  client: RedisClient
  close(): Promise<void>
}

/** Connected clients of every package and version that the store takes, with their own defaults. */
export const clients: Record<string, (url: string) => Promise<Opened>> = {
  'redis 5': async (url) => {
    const client = createClient5({ url }).on('error', () => {})
    await client.connect()
    return { client, close: async () => client.destroy() }
  },
  'redis 6': async (url) => {
    const client = createClient6({ url }).on('error', () => {})
    await client.connect()
    return { client, close: async () => client.destroy() }
  },
  'ioredis 5': async (url) => {
    const client = new IoRedis5.default(url).on('error', () => {})
    return { client, close: async () => client.disconnect() }
  },
  'ioredis 6': async (url) => {
    const client = new IoRedis6(url).on('error', () => {})
    return { client, close: async () => client.disconnect() }
  },
  'ioredis 6 with a key prefix': async (url) => {
    const client = new IoRedis6(url, { keyPrefix: 'app:' }).on('error', () => {})
    return { client, close: async () => client.disconnect() }
  },
}
