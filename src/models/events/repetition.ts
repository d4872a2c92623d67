import { WireFault } from './wire-fault.ts'

/**
 * Compares a text with the provider's own repetition of it, which may be longer because pieces were left out.
 *
 * @param seen what has come in pieces
 * @param whole the same text as the provider repeats it; an empty one says nothing
 * @param what the thing that is repeated, for the message
 * @returns what is missing at the end
 * @throws `WireFault` when the two differ, since either could be the right one
 */
export function restOf(seen: string, whole: string, what: string): string {
  if (whole === '' || whole === seen) return ''
  if (whole.startsWith(seen)) return whole.slice(seen.length)
  throw differing(seen, whole, what)
}

/** As `restOf`, for JSON: the repetition may be written in another way. */
export function restOfJson(seen: string, whole: string, what: string): string {
  if (whole === '' || whole === seen) return ''
  if (whole.startsWith(seen)) return whole.slice(seen.length)
  if (isSameJson(seen, whole)) return ''
  throw differing(seen, whole, what)
}

/** Whether two texts are the same JSON value. Texts that are not JSON are compared character by character. */
export function isSameJson(a: string, b: string): boolean {
  if (a === b) return true
  try {
    return isEqual(JSON.parse(a), JSON.parse(b))
  } catch {
    return false
  }
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [ours, theirs] = [Object.entries(a), Object.entries(b)]
  return (
    ours.length === theirs.length &&
    ours.every(([key, value]) => Object.hasOwn(b, key) && isEqual(value, (b as Record<string, unknown>)[key]))
  )
}

function differing(seen: string, whole: string, what: string): WireFault {
  const at = firstDifference(seen, whole)
  const place = `at character ${at}: ${shown(seen, at)} in pieces, ${shown(whole, at)} in the repetition`
  return new WireFault(`sent ${what} twice, and the two differ ${place}`)
}

function firstDifference(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}

function shown(text: string, at: number): string {
  return JSON.stringify(text.slice(Math.max(0, at - 10), at + 20))
}
