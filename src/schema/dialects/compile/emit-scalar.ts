import { typeOfJson } from '../../json-schema/keywords.ts'
import type { EmittedSchema, Emitter } from './emitter.ts'
import type { EnumShape, NumberShape, SchemaLocation, StringShape } from '../../json-schema/shape/shape.ts'

/** Patterns longer than this are never told in words. */
const MAX_PATTERN_PHRASE = 40

/** What formats that JSON Schema defines are called in descriptions; others mean something to the validator alone. */
export const FORMAT_WORDS: Readonly<Record<string, string>> = {
  'date-time': 'a date and time as in 2025-01-31T12:00:00Z',
  date: 'a date as in 2025-01-31',
  time: 'a time as in 12:00:00Z',
  duration: 'a duration as in P3DT4H',
  email: 'an email address',
  'idn-email': 'an email address',
  hostname: 'a host name',
  'idn-hostname': 'a host name',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  uri: 'a complete URL',
  'uri-reference': 'a URL, complete or relative',
  'uri-template': 'a URI template',
  iri: 'a complete URL',
  'iri-reference': 'a URL, complete or relative',
  uuid: 'a UUID',
  regex: 'a regular expression',
  'json-pointer': 'a JSON pointer',
  'relative-json-pointer': 'a relative JSON pointer',
}

export function emitBoolean(): EmittedSchema {
  return { type: 'boolean' }
}

/** A string, with the checks the provider takes. */
export function emitString(
  emitter: Emitter,
  place: SchemaLocation,
  shape: StringShape,
  phrases: string[],
): EmittedSchema {
  const { profile } = emitter
  const schema: EmittedSchema = { type: 'string' }
  const { minLength = 0, maxLength, format, patterns } = shape
  const sent = patterns.find(profile.pattern)
  if (sent !== undefined) schema['pattern'] = sent
  if (format !== undefined) {
    const words = Object.hasOwn(FORMAT_WORDS, format) ? FORMAT_WORDS[format] : undefined
    if (profile.formats.has(format)) schema['format'] = format
    else if (words !== undefined) emitter.leave(place.path, 'format', words, phrases)
    else if (sent === undefined) emitter.leave(place.path, 'format', `in the format ${format}`, phrases)
  }
  for (const pattern of patterns) {
    if (pattern === sent) continue
    const short = pattern.length <= MAX_PATTERN_PHRASE && format === undefined
    emitter.leave(place.path, 'pattern', short ? `matching ${pattern}` : null, phrases)
  }
  if (profile.lengths) {
    if (minLength > 0) schema['minLength'] = minLength
    if (maxLength !== undefined) schema['maxLength'] = maxLength
  } else if (minLength === maxLength) {
    emitter.leave(place.path, 'minLength', `exactly ${characters(minLength)}`, phrases)
  } else {
    if (minLength === 1) emitter.leave(place.path, 'minLength', 'not empty', phrases)
    else if (minLength > 1) emitter.leave(place.path, 'minLength', `at least ${characters(minLength)}`, phrases)
    if (maxLength !== undefined) emitter.leave(place.path, 'maxLength', `at most ${characters(maxLength)}`, phrases)
  }
  return schema
}

/** A number, with the checks the provider takes. Bounds at the safe integers say nothing and are dropped. */
export function emitNumber(
  emitter: Emitter,
  place: SchemaLocation,
  shape: NumberShape,
  phrases: string[],
): EmittedSchema {
  const { profile } = emitter
  const schema: EmittedSchema = { type: shape.integer ? 'integer' : 'number' }
  const bounds = profile.boundsOfIntegersOnly && !shape.integer ? new Set<string>() : profile.numberKeywords
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = shape
  const whole = shape.integer && !bounds.has('exclusiveMinimum') && bounds.has('minimum')
  const bound = (
    keyword: string,
    value: number | undefined,
    phrase: string,
    inclusive: string,
    shift: number,
  ): void => {
    if (value === undefined || (shape.integer && Math.abs(value) === Number.MAX_SAFE_INTEGER)) return
    if (bounds.has(keyword)) schema[keyword] = value
    // Above 3 is from 4 on, for integers.
    else if (whole && shift !== 0) schema[inclusive] = (shift > 0 ? Math.floor(value) : Math.ceil(value)) + shift
    else emitter.leave(place.path, keyword, `${phrase} ${value}`, phrases)
  }
  bound('minimum', minimum, 'at least', 'minimum', 0)
  bound('exclusiveMinimum', above, 'more than', 'minimum', 1)
  bound('maximum', maximum, 'at most', 'maximum', 0)
  bound('exclusiveMaximum', below, 'less than', 'maximum', -1)
  for (const [index, step] of shape.multipleOf.entries()) {
    if (index === 0 && bounds.has('multipleOf')) schema['multipleOf'] = step
    else emitter.leave(place.path, 'multipleOf', `a multiple of ${step}`, phrases)
  }
  return schema
}

/** One of several values. Beyond what the provider takes the type alone is sent. */
export function emitEnum(emitter: Emitter, place: SchemaLocation, shape: EnumShape, phrases: string[]): EmittedSchema {
  const { profile } = emitter
  const types = [...new Set(shape.values.map((value) => nameOf(value, shape)))]
  const [type] = types
  if (type === 'null' && types.length === 1) return { type }
  const values = shape.values
  if (type === 'boolean' && types.length === 1 && values.length === 2) return { type }
  if (!profile.enumOfAny && types.some((name) => name === 'boolean' || name === 'null')) {
    return emitSplit(emitter, place, shape, phrases)
  }
  const typed: EmittedSchema = { type: types.length === 1 ? type : types }
  if (values.length === 1 && profile.constant === 'const') return { ...typed, const: values[0] }
  if (isTooMuch(emitter, values)) {
    emitter.leave(
      place.path,
      'enum',
      `one of ${values.length} values, the first of them ${JSON.stringify(values[0])}`,
      phrases,
    )
    return typed
  }
  emitter.enumValues += values.length
  return { ...typed, enum: values }
}

/** Where enums hold strings and numbers only, the other values are separate branches. */
function emitSplit(emitter: Emitter, place: SchemaLocation, shape: EnumShape, phrases: string[]): EmittedSchema {
  const branches: EmittedSchema[] = []
  const plain = shape.values.filter((value) => typeof value === 'string' || typeof value === 'number')
  const booleans = shape.values.filter((value) => typeof value === 'boolean')
  if (plain.length > 0) branches.push(emitEnum(emitter, place, { ...shape, values: plain }, phrases))
  if (booleans.length > 0) branches.push({ type: 'boolean' })
  if (booleans.length === 1)
    emitter.leave(place.path, 'const', `${plain.length > 0 ? 'if a boolean, ' : ''}always ${booleans[0]}`, phrases)
  if (shape.values.includes(null)) branches.push({ type: 'null' })
  const [only] = branches
  return branches.length === 1 && only !== undefined ? only : { anyOf: branches }
}

function isTooMuch(emitter: Emitter, values: readonly unknown[]): boolean {
  const { enumValues, largeEnumCharacters } = emitter.profile.limits
  if (emitter.enumValues + values.length > enumValues) return true
  if (values.length <= 250) return false
  return values.reduce((sum: number, value) => sum + String(value).length, 0) > largeEnumCharacters
}

function nameOf(value: string | number | boolean | null, shape: EnumShape): string {
  return typeof value === 'number' && shape.integer ? 'integer' : typeOfJson(value)
}

function characters(count: number): string {
  return count === 1 ? '1 character' : `${count} characters`
}
