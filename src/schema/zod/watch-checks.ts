import type { $ZodCheck, $ZodRawIssue, $ZodType } from 'zod/v4/core'

import { CheckFailure, type NumberWatch, type OpenStringWatch } from '../node.ts'
import { watchNumber } from '../patterns/open-number.ts'
import { watchPatterns, type WatchedPattern } from '../patterns/watch-patterns.ts'
import { toIssue } from './checks.ts'
import { config, util } from './core.ts'

/** Formats that are what their pattern says, and nothing more: the others run code. */
const BY_PATTERN: ReadonlySet<string> = new Set([
  'regex',
  'lowercase',
  'uppercase',
  'email',
  'guid',
  'uuid',
  'nanoid',
  'cuid',
  'cuid2',
  'ulid',
  'xid',
  'ksuid',
  'datetime',
  'date',
  'time',
  'duration',
  'ipv4',
  'cidrv4',
  'e164',
  'emoji',
  'mac',
])

interface Definition {
  check: string
  format?: string
  pattern?: unknown
  value?: unknown
  inclusive?: boolean
  error?: (...args: never[]) => unknown
}

/** A schema's checks that see the value as it was written, its own format first. */
function checksOf(schema: $ZodType): $ZodCheck[] {
  const own = schema._zod.traits.has('$ZodCheck') ? [schema as unknown as $ZodCheck] : []
  const checks = [...own, ...(schema._zod.def.checks ?? [])]
  const overwrite = checks.findIndex((check) => check._zod.def.check === 'overwrite')
  return overwrite < 0 ? checks : checks.slice(0, overwrite)
}

/** Follows the patterns and formats of a string while it is open; `undefined` where it has none that can be followed. */
export function zodPatterns(schema: $ZodType): (() => OpenStringWatch) | undefined {
  const patterns = checksOf(schema).flatMap((check) => patternOf(check) ?? [])
  return patterns.length === 0 ? undefined : watchPatterns(patterns)
}

/** Follows a template literal while it is open. */
export function zodTemplate(schema: $ZodType): (() => OpenStringWatch) | undefined {
  const { pattern } = schema._zod as { pattern?: unknown }
  if (!(pattern instanceof RegExp)) return undefined
  return watchPatterns([watched(schema as unknown as $ZodCheck, pattern, 'template_literal')])
}

function patternOf(check: $ZodCheck): WatchedPattern | null {
  const { check: name, format = '', pattern } = check._zod.def as Definition
  if (name !== 'string_format' || !(pattern instanceof RegExp)) return null
  const { traits } = check._zod as { traits?: ReadonlySet<string> }
  if (!BY_PATTERN.has(format) && traits?.has('$ZodCustomStringFormat') !== true) return null
  return watched(check, pattern, format)
}

function watched(check: $ZodCheck, pattern: RegExp, format: string): WatchedPattern {
  const { error } = check._zod.def as Definition
  const failure = (): CheckFailure => {
    const raw = {
      origin: 'string',
      code: 'invalid_format',
      format,
      pattern: String(pattern),
      input: undefined,
      // A message that looks at the value has to wait for the whole of it.
      ...((error === undefined || error.length === 0) && { inst: check }),
    } as unknown as $ZodRawIssue
    const { localeError } = config()
    return new CheckFailure([
      toIssue(util.finalizeIssue(raw, undefined, localeError === undefined ? {} : { localeError })),
    ])
  }
  return { source: pattern.source, flags: pattern.flags, failure }
}

const INT32 = 2 ** 31
const BOUNDS: Readonly<Record<string, [minimum: number, maximum: number]>> = {
  int32: [-INT32, INT32 - 1],
  uint32: [0, 2 * INT32 - 1],
}

/** Follows the bounds of a number while it is open; `undefined` where nothing is known before its end. */
export function zodNumbers(schema: $ZodType): NumberWatch | undefined {
  let minimum = -Infinity
  let maximum = Infinity
  let isInteger = false
  const multipleOf: number[] = []
  const words: string[] = []
  for (const check of checksOf(schema)) {
    const { check: name, format = '', value, inclusive } = check._zod.def as Definition
    if (name === 'number_format') {
      isInteger ||= format.includes('int')
      const [low, high] = BOUNDS[format] ?? [-Infinity, Infinity]
      minimum = Math.max(minimum, low)
      maximum = Math.min(maximum, high)
    }
    if (typeof value !== 'number') continue
    if (name === 'greater_than') {
      minimum = Math.max(minimum, value)
      words.push(`${inclusive === true ? 'at least' : 'more than'} ${value}`)
    } else if (name === 'less_than') {
      maximum = Math.min(maximum, value)
      words.push(`${inclusive === true ? 'at most' : 'less than'} ${value}`)
    } else if (name === 'multiple_of') {
      multipleOf.push(value)
      words.push(`a multiple of ${value}`)
    }
  }
  return watchNumber(
    { isInteger, minimum, maximum, multipleOf },
    [isInteger ? 'an integer' : 'a number', ...words].join(', '),
  )
}

/** Follows a number that must be one of a few. */
export function numberOptions(values: readonly unknown[], expected: string): NumberWatch | undefined {
  const options = values.filter((value) => typeof value === 'number')
  if (options.length === 0) return undefined
  return watchNumber({ isInteger: false, minimum: -Infinity, maximum: Infinity, multipleOf: [], options }, expected)
}
