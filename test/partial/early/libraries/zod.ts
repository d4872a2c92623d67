import { z } from 'zod'
import * as mini from 'zod/mini'
import { z as z3 } from 'zod/v3'

import { prepare, type Format, type Library, type NumberKind, type TextKind } from './kinds.ts'

type Any = mini.ZodMiniType

/** What Zod 4 and Zod Mini have in common. */
function zod4(wrappers: {
  caught: (inner: Any) => Any
  nullable: (inner: Any) => Any
  optional: (inner: Any) => Any
  prepared: (inner: Any) => Any
  made: (inner: Any) => Any
  coerced: () => Any
}): Library {
  const FORMATS: Record<Format, () => z.core.$ZodCheck<string>> = {
    email: () => mini.email(),
    uuid: () => mini.uuid(),
    date: () => mini.iso.date(),
    'date-time': () => mini.iso.datetime(),
    url: () => mini.url(),
    ipv4: () => mini.ipv4(),
  }
  const textChecks = ({ change, patterns, format, starts, ends, includes, least, most }: TextKind) => [
    ...(change === 'trim' ? [mini.trim()] : change === 'lower' ? [mini.toLowerCase()] : []),
    ...(least !== undefined ? [mini.minLength(least)] : []),
    ...(most !== undefined ? [mini.maxLength(most)] : []),
    ...patterns.map((pattern) => mini.regex(pattern)),
    ...(format !== undefined ? [FORMATS[format]()] : []),
    ...(starts !== undefined ? [mini.startsWith(starts)] : []),
    ...(ends !== undefined ? [mini.endsWith(ends)] : []),
    ...(includes !== undefined ? [mini.includes(includes)] : []),
  ]
  const numberChecks = ({ isWhole, minimum, maximum, above, below, step }: NumberKind) => [
    ...(isWhole === true ? [mini.int()] : []),
    ...(minimum !== undefined ? [mini.gte(minimum)] : []),
    ...(maximum !== undefined ? [mini.lte(maximum)] : []),
    ...(above !== undefined ? [mini.gt(above)] : []),
    ...(below !== undefined ? [mini.lt(below)] : []),
    ...(step !== undefined ? [mini.multipleOf(step)] : []),
  ]
  return {
    text: (kind) => mini.string().check(...(textChecks(kind) as never[])),
    number: (kind) => mini.number().check(...(numberChecks(kind) as never[])),
    boolean: () => mini.boolean(),
    null: () => mini.null(),
    literals: (values) => mini.enum(values as [string]),
    list: (element, least, most) =>
      mini
        .array(element as Any)
        .check(
          ...(least !== undefined ? [mini.minLength(least)] : []),
          ...((most !== undefined ? [mini.maxLength(most)] : []) as never[]),
        ),
    pair: (first, second) => mini.tuple([first as Any, second as Any]),
    object(keys, isClosed) {
      const shape = Object.fromEntries(
        keys.map(({ name, isOptional, schema }) => [
          name,
          isOptional ? wrappers.optional(schema as Any) : (schema as Any),
        ]),
      )
      return isClosed ? mini.strictObject(shape) : mini.object(shape)
    },
    record: (value) => mini.record(mini.string(), value as Any),
    nullable: (inner) => wrappers.nullable(inner as Any),
    either: (one, other) => mini.union([one as Any, other as Any]),
    caught: (inner) => wrappers.caught(inner as Any),
    prepared: (inner) => wrappers.prepared(inner as Any),
    made: (inner) => wrappers.made(inner as Any),
    numberFromText: (kind) => wrappers.coerced().check(...(numberChecks(kind) as never[])),
  }
}

// The linter takes `z.catch()` for a promise's.
const { catch: zodCaught } = z
const { catch: miniCaught } = mini

const asMini = (schema: z.ZodType): Any => schema
const asZod = (schema: Any): z.ZodType => schema as unknown as z.ZodType

export const ZOD: Library = zod4({
  caught: (inner) => asMini(zodCaught(asZod(inner), null)),
  nullable: (inner) => asMini(z.nullable(asZod(inner))),
  optional: (inner) => asMini(z.optional(asZod(inner))),
  prepared: (inner) => asMini(z.preprocess(prepare, asZod(inner))),
  made: (inner) =>
    asMini(
      z.pipe(
        asZod(inner),
        z.transform((value) => [value]),
      ),
    ),
  coerced: () => asMini(z.coerce.number()),
})

export const MINI: Library = zod4({
  caught: (inner) => miniCaught(inner, null),
  nullable: (inner) => mini.nullable(inner),
  optional: (inner) => mini.optional(inner),
  prepared: (inner) => mini.pipe(mini.transform(prepare), inner),
  made: (inner) =>
    mini.pipe(
      inner,
      mini.transform((value) => [value]),
    ),
  coerced: () => mini.coerce.number(),
})

type Any3 = z3.ZodTypeAny

const FORMATS3: Record<Format, (text: z3.ZodString) => z3.ZodString> = {
  email: (text) => text.email(),
  uuid: (text) => text.uuid(),
  date: (text) => text.date(),
  'date-time': (text) => text.datetime(),
  url: (text) => text.url(),
  ipv4: (text) => text.ip({ version: 'v4' }),
}

function numberOf3(number: z3.ZodNumber, { isWhole, minimum, maximum, above, below, step }: NumberKind): z3.ZodNumber {
  let schema = number
  if (isWhole === true) schema = schema.int()
  if (minimum !== undefined) schema = schema.gte(minimum)
  if (maximum !== undefined) schema = schema.lte(maximum)
  if (above !== undefined) schema = schema.gt(above)
  if (below !== undefined) schema = schema.lt(below)
  return step === undefined ? schema : schema.multipleOf(step)
}

export const ZOD3: Library = {
  text({ change, patterns, format, starts, ends, includes, least, most }) {
    let schema = z3.string()
    if (change === 'trim') schema = schema.trim()
    if (change === 'lower') schema = schema.toLowerCase()
    if (least !== undefined) schema = schema.min(least)
    if (most !== undefined) schema = schema.max(most)
    for (const pattern of patterns) schema = schema.regex(pattern)
    if (format !== undefined) schema = FORMATS3[format](schema)
    if (starts !== undefined) schema = schema.startsWith(starts)
    if (ends !== undefined) schema = schema.endsWith(ends)
    return includes === undefined ? schema : schema.includes(includes)
  },
  number: (kind) => numberOf3(z3.number(), kind),
  boolean: () => z3.boolean(),
  null: () => z3.null(),
  literals: (values) => z3.enum(values as [string]),
  list(element, least, most) {
    const list = z3.array(element as Any3)
    const bounded = least === undefined ? list : list.min(least)
    return most === undefined ? bounded : bounded.max(most)
  },
  pair: (first, second) => z3.tuple([first as Any3, second as Any3]),
  object(keys, isClosed) {
    const shape = Object.fromEntries(
      keys.map(({ name, isOptional, schema }) => [name, isOptional ? (schema as Any3).optional() : (schema as Any3)]),
    )
    return isClosed ? z3.object(shape).strict() : z3.object(shape)
  },
  record: (value) => z3.record(z3.string(), value as Any3),
  nullable: (inner) => (inner as Any3).nullable(),
  either: (one, other) => z3.union([one as Any3, other as Any3]),
  caught: (inner) => (inner as Any3).catch(null),
  prepared: (inner) => z3.preprocess(prepare, inner as Any3),
  made: (inner) => (inner as Any3).transform((value) => [value] as unknown[]),
  numberFromText: (kind) => numberOf3(z3.coerce.number(), kind),
}
