import type { $ZodCheck, $ZodType } from 'zod/v4/core'

import { CheckFailure, type StringWatch } from '../node.ts'

/** Checks that leave a growing string worth showing; every other format makes it all or nothing. */
const SHOWN_WHILE_OPEN: ReadonlySet<string> = new Set([
  'regex',
  'lowercase',
  'uppercase',
  'includes',
  'starts_with',
  'ends_with',
])

interface CheckDefinition {
  check: string
  maximum?: number
  length?: number
  format?: string
  prefix?: string
}

function definitionOf(check: $ZodCheck): CheckDefinition {
  return check._zod.def
}

/** Whether the string is of a format (email, url, date …), so that a part of it means nothing. */
export function isFormat(schema: $ZodType): boolean {
  const isFormatCheck = (check: $ZodCheck) => {
    const { check: name, format } = definitionOf(check)
    return name === 'string_format' && format !== undefined && !SHOWN_WHILE_OPEN.has(format)
  }
  return schema._zod.traits.has('$ZodStringFormat') || (schema._zod.def.checks ?? []).some(isFormatCheck)
}

/** Checks that see the value as it was written: an overwrite (trim, toLowerCase …) changes what the later ones see. */
function beforeOverwrite(checks: readonly $ZodCheck[]): CheckDefinition[] {
  const definitions = checks.map(definitionOf)
  const overwrite = definitions.findIndex(({ check }) => check === 'overwrite')
  return overwrite < 0 ? definitions : definitions.slice(0, overwrite)
}

/** The length that a string or array cannot exceed without being certainly wrong. */
export function maximumLength(checks: readonly $ZodCheck[]): number {
  let maximum = Number.POSITIVE_INFINITY
  for (const { check, maximum: most, length } of beforeOverwrite(checks)) {
    if (check === 'max_length' && most !== undefined) maximum = Math.min(maximum, most)
    if (check === 'length_equals' && length !== undefined) maximum = Math.min(maximum, length)
  }
  return maximum
}

/** What makes an open string certainly wrong: too long, or another beginning. */
export function watchString(checks: readonly $ZodCheck[]): StringWatch | null {
  const maximum = maximumLength(checks)
  const prefixes = beforeOverwrite(checks).flatMap(({ format, prefix }) =>
    format === 'starts_with' && prefix !== undefined ? [prefix] : [],
  )
  if (maximum === Number.POSITIVE_INFINITY && prefixes.length === 0) return null
  return (soFar) => {
    // Zod counts code points since 4.6, UTF-16 units before: the fewer of both is certain.
    if (soFar.length > maximum && (soFar.length > 2 * maximum || codePoints(soFar) > maximum)) return tooLong(maximum)
    for (const prefix of prefixes) {
      if (soFar.length < prefix.length ? !prefix.startsWith(soFar) : !soFar.startsWith(prefix))
        return wrongStart(prefix)
    }
    return null
  }
}

/** What makes an open string none of `options`. */
export function watchOptions(options: readonly string[], expected: string, code = 'invalid_value'): StringWatch {
  const longest = options.reduce((length, option) => Math.max(length, option.length), 0)
  return (soFar) => {
    if (soFar.length <= longest && options.some((option) => option.startsWith(soFar))) return null
    return new CheckFailure([{ path: [], code, message: `Invalid option: expected one of ${expected}`, expected }])
  }
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

function tooLong(maximum: number): CheckFailure {
  const message = `Too big: expected string to have <=${maximum} characters`
  return new CheckFailure([{ path: [], code: 'too_big', message, expected: `at most ${maximum} characters` }])
}

function wrongStart(prefix: string): CheckFailure {
  const message = `Invalid string: must start with ${JSON.stringify(prefix)}`
  return new CheckFailure([
    { path: [], code: 'invalid_format', message, expected: `a string starting with ${JSON.stringify(prefix)}` },
  ])
}
