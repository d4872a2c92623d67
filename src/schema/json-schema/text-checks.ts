import { CheckFailure, type OpenStringWatch, type ValueCheck } from '../node.ts'
import { watchPatterns } from '../patterns/watch-patterns.ts'
import { wrong } from './node-issues.ts'

/**
 * What another library asks of a text, taken from its own definition, where its JSON Schema says it only roughly. It is
 * kept in the list of `x-structstream`, next to the marks, and is about the text as it was written.
 */
export class TextCheck {
  /** The library's own answer for a complete text. */
  readonly test: (text: string) => boolean
  /** What every text that passes matches; `null` where only `test` can tell. */
  readonly pattern: { readonly source: string; readonly flags: string } | null
  /** The library may refuse a text that passes. */
  readonly isPartial: boolean
  readonly #expected: string
  readonly #message: string

  constructor(
    expected: string,
    test: (text: string) => boolean,
    pattern: TextCheck['pattern'] = null,
    message?: unknown,
    isPartial = false,
  ) {
    this.test = test
    this.pattern = pattern
    this.isPartial = isPartial
    this.#expected = expected
    this.#message = typeof message === 'string' ? message : `Invalid string: expected ${expected}`
  }

  readonly failure = (): CheckFailure => new CheckFailure([wrong('invalid_format', this.#message, this.#expected)])
}

/** Expressions with these flags remember where they stopped, so that their answer depends on what they read before. */
const STATEFUL = /[gy]/

/**
 * Returns the check of a regular expression.
 *
 * @param beginsAnew the library searches each text from its beginning. Otherwise a stateful expression searches from
 * somewhere: a text in which nothing matches is refused from there, too.
 */
export function patternCheck(
  { source, flags }: { readonly source: string; readonly flags: string },
  message?: unknown,
  beginsAnew = false,
): TextCheck {
  const isPartial = STATEFUL.test(flags) && !beginsAnew
  const pattern = { source, flags: isPartial ? flags.replaceAll(/[gy]/g, '') : flags }
  const copy = new RegExp(pattern.source, pattern.flags)
  const test = (text: string): boolean => {
    copy.lastIndex = 0
    return copy.test(text)
  }
  return new TextCheck(`a string matching ${source}`, test, pattern, message, isPartial)
}

/** Returns the check of a part that a text must begin with, end with, or have. */
export function literalCheck(where: 'starts' | 'ends' | 'includes', part: string, message?: unknown): TextCheck {
  const escaped = part.replaceAll(/[$()*+.?[\\\]^{|}/-]/g, String.raw`\$&`)
  const source = { starts: `^${escaped}`, ends: `${escaped}$`, includes: escaped }[where]
  const words = { starts: 'a string that starts with', ends: 'a string that ends with', includes: 'a string with' }
  const copy = new RegExp(source)
  const expected = `${words[where]} ${JSON.stringify(part)}`
  return new TextCheck(expected, (text) => copy.test(text), { source, flags: '' }, message)
}

/** Whether `hint` is such a check, of whatever copy of this module. */
export function isTextCheck(hint: unknown): hint is TextCheck {
  return typeof hint === 'object' && hint !== null && typeof (hint as Partial<TextCheck>).test === 'function'
}

/** Follows the patterns of an open string; `undefined` where there is none. */
export function watchTexts(checks: readonly TextCheck[], maximum?: number): (() => OpenStringWatch) | undefined {
  const patterns = checks.flatMap(({ pattern, failure }) => (pattern === null ? [] : [{ ...pattern, failure }]))
  return patterns.length === 0 ? undefined : watchPatterns(patterns, maximum)
}

/** The checks of a complete string. */
export function textSteps(checks: readonly TextCheck[]): ValueCheck[] {
  return checks.map((check) => (value) => (check.test(value as string) ? value : check.failure()))
}
