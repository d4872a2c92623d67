export { memoryStore } from './memory.ts'
export { redisStore, type RedisStoreOptions } from './redis/redis-store.ts'
export type { IoRedisClient, NodeRedisClient, RedisClient } from './redis/client.ts'
export {
  resumable,
  type AttachOptions,
  type MakeStream,
  type OwnerOptions,
  type Resumable,
  type ResumableOptions,
  type Started,
  type StartOptions,
  type StoredStatus,
} from './resumable.ts'
export type { HandlerOptions } from './handler.ts'
export type {
  Appended,
  Claim,
  ClaimTerms,
  Notice,
  AppendRefusal,
  Store,
  StoredEvent,
  StoredPage,
  StoredState,
} from './store.ts'
