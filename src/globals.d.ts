/**
 * What the main entry may use of its host: the globals that Node, Bun, Deno, workers and browsers all have.
 * Only tsconfig.core.json reads this file, and checks the entry against it instead of the DOM's or Node's types.
 */

declare function setTimeout(callback: () => void, ms?: number): unknown
declare function clearTimeout(timer: unknown): void
declare function queueMicrotask(callback: () => void): void
declare function structuredClone<T>(value: T): T

declare const performance: { now(): number }

interface EventLike {
  readonly type: string
}

interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
  addEventListener(
    type: 'abort',
    listener: (event: EventLike) => void,
    options?: { once?: boolean; signal?: AbortSignal },
  ): void
  removeEventListener(type: 'abort', listener: (event: EventLike) => void): void
}
declare const AbortSignal: {
  abort(reason?: unknown): AbortSignal
}

declare class AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}

declare class DOMException extends Error {
  constructor(message?: string, name?: string)
}

declare class TextEncoder {
  encode(text?: string): Uint8Array
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string
}

declare class URL {
  static canParse(url: string, base?: string | URL): boolean
  constructor(url: string, base?: string | URL)
  readonly href: string
  readonly protocol: string
  readonly host: string
  readonly hostname: string
  readonly pathname: string
  hash: string
  readonly search: string
  toString(): string
}

declare function atob(base64: string): string
declare function btoa(binary: string): string

declare class ReadableStream<T = unknown> {
  getReader(): ReadableStreamDefaultReader<T>
}
interface ReadableStreamDefaultReader<T> {
  read(): Promise<{ done: false; value: T } | { done: true; value: undefined }>
  cancel(reason?: unknown): Promise<void>
  releaseLock(): void
}
