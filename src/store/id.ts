import { StructStreamError } from '../errors.ts'

/** 132 random bits, in characters that a URL leaves as they are. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(22))
  let id = ''
  for (const byte of bytes) id += ALPHABET[byte & 63]
  return id
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Whether it can be an id: what goes into keys, channels and URLs as it is. */
export function isId(id: unknown): id is string {
  return typeof id === 'string' && /^[\w.~-]{1,128}$/.test(id)
}

/** @throws `bad_options` */
export function checkId(id: unknown): string {
  if (isId(id)) return id
  throw new StructStreamError(
    'bad_options',
    `The id of a stream must be 1 to 128 letters, digits, "-", "_", "." or "~", not ${JSON.stringify(id)}. Without one, a random id is made.`,
  )
}
