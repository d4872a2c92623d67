import type { $ZodType } from 'zod/v4/core'

import { StructStreamError } from '../errors.ts'
import { ValueRule, RULES, rulesOf, type RuleContext, type RuleIssue } from './rules.ts'
import type { OutputOf, SchemaLike } from './types.ts'

/**
 * `atomic`: shown only when complete. `required`: its parent is shown only when this is complete. `first`: asked for before
 * the other keys of its object.
 */
export type Hint = 'atomic' | 'required' | 'first'

/** In a schema's definition, because that is what Zod copies when a schema is refined or described. */
const HINTS: unique symbol = Symbol.for('structstream.hints') as never

/**
 * Holds a value back from partials until it is complete.
 *
 * @example z.object({ code: atomic(z.string()) })
 */
export function atomic<S extends ZodSchema>(schema: S): S {
  return withHint(schema, 'atomic')
}

/**
 * Holds the parent object back from partials until this key is complete.
 *
 * @example z.object({ id: required(z.string()), text: z.string() })
 */
export function required<S extends ZodSchema>(schema: S): S {
  return withHint(schema, 'required')
}

/**
 * Asks for this key before the others of its object, whatever order they are declared in. Several keep their order among
 * themselves. Only what the provider is asked for changes: an answer in another order is taken as well.
 * Takes Zod 4 and Zod Mini schemas; elsewhere it is `"x-structstream": "first"` in a JSON Schema.
 *
 * @throws `bad_options` for a schema of another library
 * @example z.object({ text: z.string(), title: first(z.string()) })
 */
export function first<S extends ZodSchema>(schema: S): S {
  return withHint(schema, 'first')
}

/** Whether it, or what it wraps (`optional`, `nullable`, `default` …), is asked for first. */
export function isFirst(schema: $ZodType): boolean {
  const { innerType } = schema._zod.def as { innerType?: $ZodType }
  return hasHint(schema, 'first') || (innerType !== undefined && isFirst(innerType))
}

/** Those that are to come first, then the others, each in the order they have. */
export function firstOnes<T>(entries: readonly T[], comesFirst: (entry: T) => boolean): T[] {
  return [...entries.filter(comesFirst), ...entries.filter((entry) => !comesFirst(entry))]
}

export function hasHint(schema: $ZodType, hint: Hint): boolean {
  return hintsOf(schema)?.includes(hint) === true
}

/** What is asked of a schema of Zod 4 or Zod Mini. */
interface ZodSchema {
  readonly _zod: unknown
}

function hintsOf(schema: $ZodType): readonly Hint[] | undefined {
  return (schema._zod.def as { [HINTS]?: readonly Hint[] })[HINTS]
}

/**
 * Has complete values of this schema judged by `fn`, which may be asynchronous: a look-up, a moderation call. It is called
 * as soon as the value is complete and fits its schema, while the rest still streams, and once for each value. What it
 * returns is an issue like any other: `onInvalid` says what follows. Only the end of the run waits for it.
 *
 * `signal` is aborted when the run ends, and when the value is replaced. What `fn` throws ends the run (`cause`).
 * Takes schemas of Zod 3 and 4, Valibot, ArkType and Effect, and JSON Schema, at any depth.
 *
 * @throws `bad_options` for a schema that can't keep it
 * @example
 * const Title = check(z.string(), async (title, { signal }) => {
 *   if (await isTaken(title, signal)) return { message: 'There is a film of this title already.' }
 * })
 */
export function check<S extends object>(
  schema: S,
  fn: (
    value: CheckedValue<S>,
    context: RuleContext,
  ) => RuleIssue | undefined | void | Promise<RuleIssue | undefined | void>,
): S {
  return withRule(schema, fn)
}

/** What a rule gets: of Zod 3 before 3.24 and of Effect, whose schemas aren't Standard Schemas, too. */
type CheckedValue<S> = S extends SchemaLike
  ? OutputOf<S>
  : S extends { readonly _output: infer T }
    ? T
    : S extends { readonly Type: infer T }
      ? T
      : unknown

function withHint<S>(schema: S, hint: Hint): S {
  if (typeof schema !== 'object' || schema === null || !('_zod' in schema)) {
    throw new StructStreamError(
      'bad_options',
      `${hint}() takes a Zod 4 or Zod Mini schema; in other schema libraries put the hint into a jsonSchema({ … }) as "x-structstream": "${hint}".`,
    )
  }
  return zodWith(schema, HINTS, [...(hintsOf(schema as unknown as $ZodType) ?? []), hint])
}

/** The same schema with more in its definition: what Zod's own clone() does, without loading Zod where no one uses it. */
function zodWith<S>(schema: S, key: symbol, value: unknown): S {
  const zod = schema as unknown as $ZodType
  const { constr } = zod._zod as unknown as { constr: new (definition: object) => S & $ZodType }
  const copy = new constr({ ...zod._zod.def, [key]: value })
  // So that its description stays.
  copy._zod.parent = zod
  return copy
}

/** Each library keeps it where its own copies keep it, and where what follows its schemas finds it. */
function withRule<S>(schema: S, fn: (value: never, context: RuleContext) => unknown): S {
  const isObject = (typeof schema === 'object' && schema !== null) || typeof schema === 'function'
  if (!isObject || typeof fn !== 'function') {
    throw new StructStreamError('bad_options', 'check() expects a schema and a function.')
  }
  const rule = new ValueRule(fn)
  const parts = schema as Parts
  if (parts._zod !== undefined) return zodWith(schema, RULES, [...rulesOf(parts._zod.def), rule])
  if (parts._def !== undefined)
    return new parts.constructor({ ...parts._def, [RULES]: [...rulesOf(parts._def), rule] }) as S
  const { configure, annotate } = parts
  const before = parts['x-structstream'] ?? parts.meta?.['x-structstream'] ?? []
  const marks = { 'x-structstream': [before, rule].flat() }
  if (typeof configure === 'function') return configure.call(schema, marks) as S
  if (typeof annotate === 'function')
    return annotate.call(schema, { [RULES]: [...rulesOf(parts.ast ?? {}), rule] }) as S
  const vendor = parts['~standard']?.vendor
  // These three are plain objects.
  const plus = (more: object): S => Object.assign({}, schema, more)
  if (vendor === 'structstream') return plus({ jsonSchema: withRule(parts.jsonSchema, fn) })
  if (vendor === 'valibot') return plus({ [RULES]: [...rulesOf(parts), rule] })
  if (vendor === undefined) return plus(marks)
  throw new StructStreamError(
    'bad_options',
    `check() can't be put on a schema of ${vendor}. Give it a jsonSchema({ … }, { validator: schema }) with check() in it.`,
  )
}

/** What the schemas of several libraries have. */
interface Parts {
  _zod?: { def: object }
  _def?: object
  constructor: new (definition: object) => unknown
  configure?: (meta: object) => unknown
  meta?: { 'x-structstream'?: unknown }
  annotate?: (annotations: object) => unknown
  ast?: object
  'x-structstream'?: unknown
  '~standard'?: { vendor?: string }
  jsonSchema?: unknown
}
