/**
 * A reader's place in a stream: the id of the last event it has, and the stream's birth mark. The mark is random and
 * made with the stream, so a place in one stream never passes for a place in a later stream with the same name.
 */
export interface Position {
  readonly id: number
  /** Absent where the reader knows only a number. */
  readonly birth: string | undefined
}

/** Characters of a birth mark: 48 random bits. Two streams that share a name share a mark once in 10¹⁴ times. */
const LENGTH = 8

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Returns `length` random characters that URLs, headers and keys carry unchanged; 6 bits each. */
export function randomText(length: number): string {
  let text = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(length))) text += ALPHABET[byte & 63]
  return text
}

/** Returns a new birth mark. */
export function newBirth(): string {
  return randomText(LENGTH)
}

/** Whether `value` has the form of a birth mark. */
function isBirth(value: unknown): value is string {
  return typeof value === 'string' && value.length === LENGTH && /^[\w-]+$/.test(value)
}

/** Returns the event id for a position, `14` or `14.k3Xb_9aQ`. It starts with the number, so `parseInt` reads it. */
export function formatPosition({ id, birth }: { id: number; birth?: string | undefined }): string {
  return birth === undefined ? String(id) : `${id}.${birth}`
}

/** Reads an event id: digits, and the birth mark if there is one. Returns `undefined` for anything else. */
export function parsePosition(text: string): Position | undefined {
  const dot = text.indexOf('.')
  const digits = dot < 0 ? text : text.slice(0, dot)
  const birth = dot < 0 ? undefined : text.slice(dot + 1)
  const id = /^\d{1,16}$/.test(digits) ? Number(digits) : Number.NaN
  if (!Number.isSafeInteger(id) || (birth !== undefined && !isBirth(birth))) return undefined
  return { id, birth }
}
