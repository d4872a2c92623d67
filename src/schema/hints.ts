import type { $ZodType } from 'zod/v4/core'

import { StructStreamError } from '../errors.ts'
import { marksOf, ValueRule, RULES, rulesOf, type Hint, type RuleContext, type RuleIssue } from './rules.ts'
import type { OutputOf, SchemaLike } from './types.ts'

/** In a schema's definition, because that is what Zod copies when a schema is refined or described. */
const HINTS: unique symbol = Symbol.for('structstream.hints') as never

/**
 * Holds a value back from partials until it is complete.
 *
 * @example z.object({ code: atomic(z.string()) })
 */
export function atomic<S extends object>(schema: S): S {
  return withHint(schema, 'atomic')
}

/**
 * Holds the parent object back from partials until this key is complete.
 *
 * @example z.object({ id: required(z.string()), text: z.string() })
 */
export function required<S extends object>(schema: S): S {
  return withHint(schema, 'required')
}

/**
 * Asks for this key before the others of its object, whatever order they are declared in. Several keep their order among
 * themselves. Only what the provider is asked for changes: an answer in another order is taken as well.
 * Takes schemas of Zod 3 and 4, Valibot, ArkType and Effect, and JSON Schema.
 *
 * @throws `bad_options` for a schema that can't keep it
 * @example z.object({ text: z.string(), title: first(z.string()) })
 */
export function first<S extends object>(schema: S): S {
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
  const zod = (schema as Parts | null)?._zod
  if (zod !== undefined) return zodWith(schema, HINTS, [...(hintsOf(schema as unknown as $ZodType) ?? []), hint])
  return withMark(schema, hint, `${hint}()`)
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

function withRule<S>(schema: S, fn: (value: never, context: RuleContext) => unknown): S {
  if (typeof fn !== 'function') throw expects('check()', 'a schema and a function')
  const rule = new ValueRule(fn)
  const zod = (schema as Parts | null)?._zod
  return zod === undefined ? withMark(schema, rule, 'check()') : zodWith(schema, RULES, [...rulesOf(zod.def), rule])
}

/** Each library keeps it where its own copies keep it, and where what follows its schemas finds it. */
function withMark<S>(schema: S, mark: ValueRule | Hint, name: string): S {
  const isObject = (typeof schema === 'object' && schema !== null) || typeof schema === 'function'
  if (!isObject) throw expects(name, typeof mark === 'string' ? 'a schema' : 'a schema and a function')
  const parts = schema as Parts
  if (parts._def !== undefined)
    return new parts.constructor({ ...parts._def, [RULES]: [...marksOf(parts._def), mark] }) as S
  const { configure, annotate } = parts
  const before = parts['x-structstream'] ?? parts.meta?.['x-structstream'] ?? []
  const marks = { 'x-structstream': [before, mark].flat() }
  if (typeof configure === 'function') return configure.call(schema, marks) as S
  if (typeof annotate === 'function')
    return annotate.call(schema, { [RULES]: [...marksOf(annotationsOf(parts.ast)), mark] }) as S
  const vendor = parts['~standard']?.vendor
  // These three are plain objects.
  const plus = (more: object): S => Object.assign({}, schema, more)
  if (vendor === 'structstream') return plus({ jsonSchema: withMark(parts.jsonSchema, mark, name) })
  if (vendor === 'valibot') return plus({ [RULES]: [...marksOf(parts), mark] })
  if (vendor === undefined) return plus(marks)
  throw new StructStreamError(
    'bad_options',
    `${name} can't be put on a schema of ${vendor}. Give it a jsonSchema({ … }, { validator: schema }) with ${name} in it.`,
  )
}

function expects(name: string, what: string): StructStreamError {
  return new StructStreamError('bad_options', `${name} expects ${what}.`)
}

/** Annotations of an Effect schema with checks are kept by the last of them. */
function annotationsOf(ast: Parts['ast']): object {
  return ast?.checks?.at(-1)?.annotations ?? ast?.annotations ?? {}
}

/** What the schemas of several libraries have. */
interface Parts {
  _zod?: { def: object }
  _def?: object
  constructor: new (definition: object) => unknown
  configure?: (meta: object) => unknown
  meta?: { 'x-structstream'?: unknown }
  annotate?: (annotations: object) => unknown
  ast?: { readonly checks?: readonly { readonly annotations?: object }[]; readonly annotations?: object }
  'x-structstream'?: unknown
  '~standard'?: { vendor?: string }
  jsonSchema?: unknown
}
