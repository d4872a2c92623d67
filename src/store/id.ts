import { StructStreamError } from '../errors.ts'
import { randomText } from '../web/position.ts'

/** Returns 132 random bits, in characters that a URL leaves unchanged. */
export function randomId(): string {
  return randomText(22)
}

/** Whether it can be an id: what keys, channels and URLs carry unchanged. */
export function isId(id: unknown): id is string {
  return typeof id === 'string' && /^[\w.~-]{1,128}$/.test(id)
}

/** @throws `bad_options` */
export function checkId(id: unknown): string {
  if (isId(id)) return id
  throw new StructStreamError(
    'bad_options',
    `Expected a stream's id to be 1 to 128 letters, digits, "-", "_", "." or "~", got ${JSON.stringify(id)}. Without an id, a random one is made.`,
  )
}

/**
 * Returns the store's name for a stream. Each owner has a namespace: streams of different owners never meet, even if
 * their ids are the same, so no owner can read, cancel or occupy a stream of another. No id contains the colon.
 *
 * @throws `bad_options`
 */
export function nameOf(id: unknown, owner: unknown): string {
  const checked = checkId(id)
  if (owner === undefined) return checked
  // A lone surrogate can't be encoded.
  if (typeof owner === 'string' && owner !== '' && !/\p{Surrogate}/u.test(owner))
    return `${encodeURIComponent(owner)}:${checked}`
  throw new StructStreamError(
    'bad_options',
    `Expected \`owner\` to be a text with at least one character, such as a user's id, got ${JSON.stringify(owner)}.`,
  )
}
