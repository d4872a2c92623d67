import type { Path } from '../../types.ts'
import { unsupported } from './keywords.ts'

/**
 * A `pattern` as a regular expression: with the `u` flag, as JSON Schema recommends, or without it when
 * it is only valid so (`\-` and other needless escapes are common).
 *
 * @throws `unsupported_schema` with `path` when it is valid neither way.
 */
export function toRegExp(source: string, path: Path): RegExp {
  const unicode = toUnicodeSource(source)
  if (unicode !== null) return new RegExp(unicode, 'u')
  try {
    return new RegExp(source)
  } catch (cause) {
    throw unsupported(path, `"${source}" is not a regular expression`, cause)
  }
}

/** The same expression in a form that the `u` flag takes; `null` when there is none. */
export function toUnicodeSource(source: string): string | null {
  if (compiles(source)) return source
  const strict = withoutNeedlessEscapes(source)
  return compiles(strict) ? strict : null
}

function compiles(source: string): boolean {
  try {
    new RegExp(source, 'u')
    return true
  } catch {
    return false
  }
}

/** Drops escapes that mean nothing, and adds those that the `u` flag wants for lone braces and brackets. */
function withoutNeedlessEscapes(source: string): string {
  let strict = ''
  let isInClass = false
  for (let index = 0; index < source.length; index++) {
    const character = source[index] as string
    if (character === '\\') {
      const next = source[++index] ?? ''
      const isNeedless = /[^\w\s^$\\.*+?()[\]{}|/]/.test(next) && !(isInClass && next === '-')
      strict += isNeedless ? next : `\\${next}`
      continue
    }
    if (character === '[' && !isInClass) isInClass = true
    else if (character === ']' && isInClass) isInClass = false
    else if (!isInClass && (character === ']' || character === '}' || character === '{')) {
      const quantifier = character === '{' ? /^\{\d+(?:,\d*)?\}/.exec(source.slice(index))?.[0] : undefined
      if (quantifier === undefined) strict += '\\'
      else {
        strict += quantifier
        index += quantifier.length - 1
        continue
      }
    }
    strict += character
  }
  return strict
}
