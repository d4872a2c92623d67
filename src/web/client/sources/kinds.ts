import type { PlatformRequest } from '../../../platform.ts'
/** What is used of a WebSocket: that of browsers and of every runtime, and of `ws`. */
export interface ClientSocket {
  readonly readyState: number
  send(text: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'close' | 'error', listener: (event: unknown) => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  removeEventListener(type: 'open' | 'close' | 'error', listener: (event: unknown) => void): void
  removeEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
}

/** What a stream can be read from. */
export type StreamSource = string | URL | PlatformRequest | Response | ClientSocket

/** Whether it looks like a response: polyfills and other realms have separate classes. */
export function isResponse(source: unknown): source is Response {
  return typeof source === 'object' && source !== null && 'headers' in source && 'status' in source && 'body' in source
}

/** Whether it looks like a WebSocket. */
export function isSocket(source: unknown): source is ClientSocket {
  return typeof source === 'object' && source !== null && 'readyState' in source && 'send' in source
}
