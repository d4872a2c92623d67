import type { Path } from './path.ts'

/** A JSON pointer (RFC 6901), as in `/lines/0/name`; empty for the root. */
export function pointerOf(path: Path): string {
  return path.map((key) => `/${pointerToken(key)}`).join('')
}

/** A key as it is written in a JSON pointer. */
export function pointerToken(key: string | number): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The key that a JSON pointer's token names. */
export function keyOfToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~')
}
