/*
 * The platform's own types where a project has them declared (DOM, Node, Bun, Workers), and something harmless where
 * it hasn't. They are generic in some declarations and aliases in others, so the names themselves can't be relied on.
 */

/** A `Request` of the platform. */
export type PlatformRequest = typeof globalThis extends { Request: { prototype: infer Given } } ? Given : object

/** What `fetch` takes next to the address. */
export type PlatformRequestInit = typeof globalThis extends { fetch: (input: never, init?: infer Given) => unknown }
  ? NonNullable<Given>
  : object

/** `fetch`, without what some platforms add to it. */
export type PlatformFetch = (input: string | URL | PlatformRequest, init?: PlatformRequestInit) => Promise<Response>

/** What is read of a `Response`'s head. */
export interface ResponseHead {
  readonly ok: boolean
  readonly status: number
  readonly headers: { get(name: string): string | null }
}

/** Headers, as `fetch` takes them. */
export type PlatformHeaders = PlatformRequestInit extends { headers?: infer Given } ? NonNullable<Given> : object
