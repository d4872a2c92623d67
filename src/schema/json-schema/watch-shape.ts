import { CheckFailure, type NumberWatch, type OpenStringWatch } from '../node.ts'
import { watchNumber } from '../patterns/open-number.ts'
import { watchPatterns, type WatchedPattern } from '../patterns/watch-patterns.ts'
import { wrong } from './node-issues.ts'
import { toRegExp } from './pattern.ts'
import type { EnumShape, NumberShape, StringShape } from './shape/shape.ts'

/** Days of a month, leap years included. */
const DATE =
  '(?:(?:\\d\\d[2468][048]|\\d\\d[13579][26]|\\d\\d0[48]|[02468][048]00|[13579][26]00)-02-29|' +
  '\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8])))'
/** A leap second counts in one minute of the day only, which is left to the validator. */
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d+)?(?:z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)'
const IPV4 = '(?:(?:25[0-5]|2[0-4]\\d|[01]?\\d\\d?)\\.){3}(?:25[0-5]|2[0-4]\\d|[01]?\\d\\d?)'
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const DAYS = '\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D'
const HOURS = 'T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)'

/**
 * What the validator takes for a string of a format, or more than that: a string that can't match is wrong for it, one
 * that does may still be. Formats that it doesn't know aren't asserted.
 */
const FORMATS: Readonly<Record<string, { source: string; flags: string }>> = {
  date: { source: `^${DATE}$`, flags: '' },
  time: { source: `^${TIME}$`, flags: 'i' },
  'date-time': { source: `^${DATE}[t\\s]${TIME}$`, flags: 'i' },
  duration: { source: `^P(?:\\d+W|(?:(?:${DAYS})(?:${HOURS})?|${HOURS}))$`, flags: '' },
  uuid: { source: '^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$', flags: 'i' },
  ipv4: { source: `^${IPV4}$`, flags: '' },
  ipv6: { source: '^(?=[^:]*:)[0-9a-f:]{2,39}(?:[0-9.]{7,15})?$', flags: 'i' },
  hostname: { source: `^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`, flags: 'i' },
  email: { source: '^(?:"[\\x20-\\x7e]*"|[a-z0-9.!#$%&\'*+/=?^_`{|}~-]{1,64})@[a-z0-9.:[\\]-]{1,255}$', flags: 'i' },
  uri: { source: '^[a-z][a-z0-9+.-]*:[!-~]*$', flags: 'i' },
  'uri-reference': { source: '^[!-~]*$', flags: '' },
  'json-pointer': { source: '^(?:/(?:[^~/]|~0|~1)*)*$', flags: '' },
  'relative-json-pointer': { source: '^(?:0|[1-9]\\d*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)$', flags: '' },
}

/** Follows the patterns and the format of a string while it is open, as the validator understands them. */
export function shapePatterns(shape: StringShape): (() => OpenStringWatch) | undefined {
  const patterns = shape.patterns.map((pattern): WatchedPattern => {
    const { source, flags } = toRegExp(pattern, [])
    return { source, flags, failure: () => mismatch('pattern', pattern) }
  })
  const { format = '' } = shape
  const known = Object.hasOwn(FORMATS, format) ? FORMATS[format]! : null
  if (known !== null) patterns.push({ ...known, failure: () => mismatch('format', format) })
  return patterns.length === 0 ? undefined : watchPatterns(patterns, shape.maxLength)
}

function mismatch(keyword: 'pattern' | 'format', value: string): CheckFailure {
  const message = `Invalid string: must match ${keyword} ${value}`
  return new CheckFailure([wrong('invalid_format', message, `a string matching ${value}`)])
}

/** Follows the bounds of a number while it is open; `undefined` where nothing is known before its end. */
export function shapeNumbers(shape: NumberShape): NumberWatch | undefined {
  const { integer, multipleOf, minimum, exclusiveMinimum, maximum, exclusiveMaximum } = shape
  const words = [integer ? 'an integer' : 'a number']
  if (minimum !== undefined) words.push(`at least ${minimum}`)
  if (exclusiveMinimum !== undefined) words.push(`more than ${exclusiveMinimum}`)
  if (maximum !== undefined) words.push(`at most ${maximum}`)
  if (exclusiveMaximum !== undefined) words.push(`less than ${exclusiveMaximum}`)
  for (const step of multipleOf) words.push(`a multiple of ${step}`)
  const rules = {
    isInteger: integer,
    minimum: minimum ?? exclusiveMinimum ?? -Infinity,
    maximum: maximum ?? exclusiveMaximum ?? Infinity,
    multipleOf,
  }
  return watchNumber(rules, words.join(', '))
}

/** Follows a number that must be one of an enum's. */
export function enumNumbers({ values }: EnumShape, expected: string): NumberWatch | undefined {
  const options = values.filter((value) => typeof value === 'number')
  if (options.length === 0) return undefined
  return watchNumber({ isInteger: false, minimum: -Infinity, maximum: Infinity, multipleOf: [], options }, expected)
}
