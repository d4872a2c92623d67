import { type as ark } from 'arktype'
import { Schema } from 'effect'
import * as v from 'valibot'

import { jsonSchema } from '../../../../src/schema/json-schema/definition.ts'
import type { JsonSchemaObject } from '../../../../src/types.ts'
import { prepare, type Format, type Library, type NumberKind } from './kinds.ts'

type AnyV = v.GenericSchema
type Step = v.PipeItem<unknown, unknown, v.BaseIssue<unknown>>

const piped = (schema: unknown, steps: readonly unknown[]): AnyV =>
  v.pipe(schema as v.GenericSchema, ...(steps as Step[]))

const VALIBOT_FORMATS: Record<Format, () => unknown> = {
  email: () => v.email(),
  uuid: () => v.uuid(),
  date: () => v.isoDate(),
  'date-time': () => v.isoTimestamp(),
  url: () => v.url(),
  ipv4: () => v.ipv4(),
}

function valibotNumbers({ isWhole, minimum, maximum, above, below, step }: NumberKind): unknown[] {
  return [
    ...(isWhole === true ? [v.integer()] : []),
    ...(minimum !== undefined ? [v.minValue(minimum)] : []),
    ...(maximum !== undefined ? [v.maxValue(maximum)] : []),
    ...(above !== undefined ? [v.gtValue(above)] : []),
    ...(below !== undefined ? [v.ltValue(below)] : []),
    ...(step !== undefined ? [v.multipleOf(step)] : []),
  ]
}

export const VALIBOT: Library = {
  text: ({ change, patterns, format, starts, ends, includes, least, most }) =>
    piped(v.string(), [
      ...(change === 'trim' ? [v.trim()] : change === 'lower' ? [v.toLowerCase()] : []),
      ...(least !== undefined ? [v.minLength(least)] : []),
      ...(most !== undefined ? [v.maxLength(most)] : []),
      ...patterns.map((pattern) => v.regex(pattern)),
      ...(format !== undefined ? [VALIBOT_FORMATS[format]()] : []),
      ...(starts !== undefined ? [v.startsWith(starts)] : []),
      ...(ends !== undefined ? [v.endsWith(ends)] : []),
      ...(includes !== undefined ? [v.includes(includes)] : []),
    ]),
  number: (kind) => piped(v.number(), valibotNumbers(kind)),
  boolean: () => v.boolean(),
  null: () => v.null(),
  literals: (values) => v.picklist(values as [string]),
  list: (element, least, most) =>
    piped(v.array(element as AnyV), [
      ...(least !== undefined ? [v.minLength(least)] : []),
      ...(most !== undefined ? [v.maxLength(most)] : []),
    ]),
  pair: (first, second) => v.tuple([first as AnyV, second as AnyV]),
  object(keys, isClosed) {
    const entries = Object.fromEntries(
      keys.map(({ name, isOptional, schema }) => [name, isOptional ? v.optional(schema as AnyV) : (schema as AnyV)]),
    )
    return isClosed ? v.strictObject(entries) : v.object(entries)
  },
  record: (value) => v.record(v.string(), value as AnyV),
  nullable: (inner) => v.nullable(inner as AnyV),
  either: (one, other) => v.union([one as AnyV, other as AnyV]),
  caught: (inner) => v.fallback(inner as AnyV, null),
  prepared: (inner) => piped(v.unknown(), [v.transform(prepare), inner]),
  made: (inner) => piped(inner, [v.transform((value: unknown) => [value])]),
  numberFromText: (kind) => piped(v.unknown(), [v.transform(Number), v.number(), ...valibotNumbers(kind)]),
}

type AnyA = ReturnType<typeof ark<unknown>>
const arkOf = ark as unknown as (definition: unknown) => AnyA
const ARK_FORMATS: Record<Format, string> = {
  email: 'string.email',
  uuid: 'string.uuid',
  date: 'string.date.iso',
  'date-time': 'string.date.iso',
  url: 'string.url',
  ipv4: 'string.ip.v4',
}

function arkNumber({ isWhole, minimum, maximum, above, below, step }: NumberKind): AnyA {
  const parts = [
    isWhole === true ? 'number.integer' : 'number',
    ...(minimum !== undefined ? [`number >= ${minimum}`] : []),
    ...(maximum !== undefined ? [`number <= ${maximum}`] : []),
    ...(above !== undefined ? [`number > ${above}`] : []),
    ...(below !== undefined ? [`number < ${below}`] : []),
    // It divides by whole numbers only.
    ...(step !== undefined && Number.isInteger(step) ? [`number % ${step}`] : []),
  ]
  return arkOf(parts.join(' & '))
}

export const ARKTYPE: Library = {
  text({ change, patterns, format, starts, ends, includes, least, most }) {
    const sources = [starts && `^${starts}`, ends && `${ends}$`, includes].filter((source) => source !== undefined)
    const parts = [...patterns, ...sources.map((source) => new RegExp(source))].map(arkOf)
    if (least !== undefined) parts.push(arkOf(`string >= ${least}`))
    if (most !== undefined) parts.push(arkOf(`string <= ${most}`))
    if (format !== undefined) parts.push(arkOf(ARK_FORMATS[format]))
    const checked = parts.reduce((one, other) => one.and(other as never), arkOf('string'))
    if (change === undefined) return checked
    return arkOf(change === 'trim' ? 'string.trim' : 'string.lower').to(checked as never)
  },
  number: arkNumber,
  boolean: () => arkOf('boolean'),
  null: () => arkOf('null'),
  literals: (values) => arkOf(['===', ...values]),
  list(element, least, most) {
    let list = (element as AnyA).array()
    if (least !== undefined) list = list.atLeastLength(least)
    return most === undefined ? list : list.atMostLength(most)
  },
  pair: (first, second) => arkOf([first, second]),
  object: (keys, isClosed) =>
    arkOf({
      ...(isClosed && { '+': 'reject' }),
      ...Object.fromEntries(keys.map(({ name, isOptional, schema }) => [isOptional ? `${name}?` : name, schema])),
    }),
  record: (value) => arkOf({ '[string]': value }),
  nullable: (inner) => (inner as AnyA).or('null'),
  either: (one, other) => (one as AnyA).or(other as never),
  made: (inner) => (inner as AnyA).pipe((value: unknown) => [value]),
  numberFromText: (kind) => arkOf('string.numeric.parse').to(arkNumber(kind) as never),
}

type AnyE = Schema.Codec<unknown>

function effectNumbers({ isWhole, minimum, maximum, above, below, step }: NumberKind) {
  return [
    ...(isWhole === true ? [Schema.isInt()] : []),
    ...(minimum !== undefined ? [Schema.isGreaterThanOrEqualTo(minimum)] : []),
    ...(maximum !== undefined ? [Schema.isLessThanOrEqualTo(maximum)] : []),
    ...(above !== undefined ? [Schema.isGreaterThan(above)] : []),
    ...(below !== undefined ? [Schema.isLessThan(below)] : []),
    ...(step !== undefined ? [Schema.isMultipleOf(step)] : []),
  ]
}

const checked = (schema: unknown, checks: readonly unknown[]): object =>
  checks.length === 0
    ? (schema as object)
    : (schema as { check: (...checks: readonly unknown[]) => object }).check(...checks)

export const EFFECT: Library = {
  text({ change, patterns, format, starts, ends, includes, least, most }) {
    if (change === 'lower' || (format !== undefined && format !== 'uuid')) return null
    return checked(change === 'trim' ? Schema.Trim : Schema.String, [
      ...(least !== undefined ? [Schema.isMinLength(least)] : []),
      ...(most !== undefined ? [Schema.isMaxLength(most)] : []),
      ...patterns.map((pattern) => Schema.isPattern(pattern)),
      ...(format === 'uuid' ? [Schema.isUUID()] : []),
      ...(starts !== undefined ? [Schema.isStartingWith(starts)] : []),
      ...(ends !== undefined ? [Schema.isEndingWith(ends)] : []),
      ...(includes !== undefined ? [Schema.isIncluding(includes)] : []),
    ])
  },
  number: (kind) => checked(kind.isWhole === true ? Schema.Finite : Schema.Number, effectNumbers(kind)),
  boolean: () => Schema.Boolean,
  null: () => Schema.Null,
  literals: (values) => Schema.Literals(values),
  list: (element, least, most) =>
    checked(Schema.Array(element as AnyE), [
      ...(least !== undefined ? [Schema.isMinLength(least)] : []),
      ...(most !== undefined ? [Schema.isMaxLength(most)] : []),
    ]),
  pair: (first, second) => Schema.Tuple([first as AnyE, second as AnyE]),
  object: (keys) =>
    Schema.Struct(
      Object.fromEntries(
        keys.map(({ name, isOptional, schema }) => [
          name,
          isOptional ? Schema.optionalKey(schema as AnyE) : (schema as AnyE),
        ]),
      ),
    ),
  record: (value) => Schema.Record(Schema.String, value as AnyE),
  nullable: (inner) => Schema.NullOr(inner as AnyE),
  either: (one, other) => Schema.Union([one as AnyE, other as AnyE]),
  numberFromText: (kind) => checked(Schema.FiniteFromString, effectNumbers(kind)),
}

const defined = (schema: Record<string, unknown>): JsonSchemaObject =>
  Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined))

/** JSON Schema, before `jsonSchema()`. */
export const PLAIN: Library = {
  text({ change, patterns, format, starts, ends, includes, least, most }) {
    if (change !== undefined || patterns.some(({ flags }) => flags !== '')) return null
    const sources = [...patterns.map(({ source }) => source), starts && `^${starts}`, ends && `${ends}$`, includes]
    return defined({
      type: 'string',
      minLength: least,
      maxLength: most,
      format: format === 'url' ? 'uri' : format,
      allOf: sources.filter((source) => source !== undefined).map((pattern) => ({ pattern })),
    })
  },
  number: ({ isWhole, minimum, maximum, above, below, step }) =>
    defined({
      type: isWhole === true ? 'integer' : 'number',
      minimum,
      maximum,
      exclusiveMinimum: above,
      exclusiveMaximum: below,
      multipleOf: step,
    }),
  boolean: () => ({ type: 'boolean' }),
  null: () => ({ type: 'null' }),
  literals: (values) => ({ enum: values }),
  list: (items, minItems, maxItems) => defined({ type: 'array', items, minItems, maxItems }),
  pair: (first, second) => ({ type: 'array', prefixItems: [first, second], items: false, minItems: 2 }),
  object: (keys, isClosed) =>
    defined({
      type: 'object',
      properties: Object.fromEntries(keys.map(({ name, schema }) => [name, schema])),
      required: keys.filter(({ isOptional }) => !isOptional).map(({ name }) => name),
      additionalProperties: isClosed ? false : undefined,
    }),
  record: (value) => ({ type: 'object', additionalProperties: value }),
  nullable: (inner) => ({ anyOf: [inner, { type: 'null' }] }),
  either: (one, other) => ({ anyOf: [one, other] }),
}

export const finishedPlain = (schema: object): object => jsonSchema(schema as JsonSchemaObject)
