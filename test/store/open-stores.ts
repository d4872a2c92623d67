import { memoryStore } from '../../src/store/memory.ts'
import { redisStore } from '../../src/store/redis/redis-store.ts'
import type { Store } from '../../src/store/store.ts'
import { clients } from './clients.ts'
import { skipReason, startRedis } from './redis-server.ts'

/** A store for tests that can lose everything it holds, as Redis does when it is emptied. */
export interface TestStore {
  readonly store: Store
  forgetAll(): Promise<void>
  close(): Promise<void>
}

async function openMemory(): Promise<TestStore> {
  let current = memoryStore()
  const store: Store = {
    claim: (...args) => current.claim(...args),
    append: (...args) => current.append(...args),
    read: (...args) => current.read(...args),
    cancel: (...args) => current.cancel(...args),
    // Listeners of a forgotten store hear nothing; readers look again when the lease ends, or their reader asks.
    watch: (...args) => current.watch(...args),
    [Symbol.asyncDispose]: async () => await current[Symbol.asyncDispose](),
  }
  return {
    store,
    forgetAll: async () => {
      current = memoryStore()
    },
    close: async () => await current[Symbol.asyncDispose](),
  }
}

async function openRedis(): Promise<TestStore> {
  const server = await startRedis()
  const { client, close } = await clients['redis 6']!(server.url)
  const store = redisStore(client)
  return {
    store,
    forgetAll: async () => {
      await (client as { sendCommand(args: string[]): Promise<unknown> }).sendCommand(['FLUSHALL'])
    },
    close: async () => {
      await store[Symbol.asyncDispose]()
      await close()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** Every store that this machine can run, by name. */
export const openStores: Record<string, () => Promise<TestStore>> = {
  memoryStore: openMemory,
  ...(skipReason === undefined && { redisStore: openRedis }),
}
