import { StructStreamError } from '../../errors.ts'

/** What is used of a client of node-redis (the package `redis`), 5 or 6: what `createClient()` gives, connected. */
export interface NodeRedisClient {
  readonly isOpen: boolean
  sendCommand(args: string[], options?: object): Promise<unknown>
  duplicate(): NodeRedisSubscriber
}

interface NodeRedisSubscriber {
  connect(): Promise<unknown>
  subscribe(channel: string, listener: (message: string, channel: string) => void): Promise<void>
  unsubscribe(channel: string): Promise<void>
  on(event: 'error' | 'ready', listener: (error: Error) => void): unknown
  destroy(): void
}

/** What is used of a client of ioredis, 5 or 6: what `new Redis()` gives. */
export interface IoRedisClient {
  readonly status: string
  call(command: string, args: string[]): Promise<unknown>
  duplicate(): IoRedisSubscriber
}

interface IoRedisSubscriber {
  subscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  on(event: 'error' | 'ready', listener: (error: Error) => void): unknown
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
  disconnect(): void
}

/** A connected client, of whichever of the two packages. */
export type RedisClient = NodeRedisClient | IoRedisClient

/** A client as the store uses it. */
export interface RedisConnection {
  command(args: string[]): Promise<unknown>
  /** Opens a separate connection; `listener` is also called without a channel, when notices may have been missed. */
  listen(listener: (channel: string | undefined) => void): Subscriber
}

/** Both calls may reject; callers must be able to do without them. */
export interface Subscriber {
  subscribe(channel: string): Promise<void>
  unsubscribe(channel: string): Promise<void>
  close(): void
}

/** @throws `bad_options` when the client can't be used */
export function connectionOf(client: RedisClient): RedisConnection {
  const given = client as Partial<NodeRedisClient & IoRedisClient> | null | undefined
  // A client of ioredis has a `sendCommand` too, which takes something else.
  if (typeof given?.call === 'function' && typeof given.duplicate === 'function')
    return ioRedis(client as IoRedisClient)
  if (typeof given?.sendCommand !== 'function' || typeof given.duplicate !== 'function') {
    throw new StructStreamError(
      'bad_options',
      'redisStore() expected a client of "redis" (node-redis 5 or 6) or "ioredis" (5 or 6), got something else. Pass what createClient() or new Redis() gave; pools and clusters of node-redis are not supported.',
    )
  }
  const node = client as NodeRedisClient
  if (!node.isOpen) {
    throw new StructStreamError(
      'bad_options',
      'redisStore() got a client of "redis" that is not connected. Add an "error" listener to it, and call `await client.connect()` before.',
    )
  }
  return nodeRedis(node)
}

/**
 * node-redis 6 ends each command after 5 s by its own `AbortSignal`, which takes three times as long as the rest
 * of a command; the store has its own clock. Types that the caller has mapped (buffers for strings) are not wanted here.
 */
const PLAIN = { timeout: undefined, typeMapping: undefined }

function nodeRedis(client: NodeRedisClient): RedisConnection {
  return {
    command: (args) => client.sendCommand(args, PLAIN),
    listen(listener) {
      const own = client.duplicate()
      // Without this listener a lost connection would end the process; it connects again automatically.
      own.on('error', () => {})
      own.on('ready', () => listener(undefined))
      const connected = own.connect()
      connected.catch(() => {})
      const onMessage = (_: string, channel: string): void => listener(channel)
      return {
        subscribe: async (channel) => {
          await connected
          await own.subscribe(channel, onMessage)
        },
        unsubscribe: async (channel) => {
          await connected
          await own.unsubscribe(channel)
        },
        close: () => own.destroy(),
      }
    },
  }
}

function ioRedis(client: IoRedisClient): RedisConnection {
  return {
    command: ([name, ...args]) => client.call(name!, args),
    listen(listener) {
      const own = client.duplicate()
      own.on('error', () => {})
      own.on('ready', () => listener(undefined))
      own.on('message', (channel) => listener(channel))
      return {
        subscribe: async (channel) => void (await own.subscribe(channel)),
        unsubscribe: async (channel) => void (await own.unsubscribe(channel)),
        close: () => own.disconnect(),
      }
    },
  }
}
