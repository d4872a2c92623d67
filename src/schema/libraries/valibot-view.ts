import { LaterCheck } from '../later-check.ts'
import type { Judge } from '../json-schema/judges.ts'
import { literalCheck, patternCheck, TextCheck } from '../json-schema/text-checks.ts'
import { CheckFailure, type RelativeIssue } from '../node.ts'
import { marksOf, type Hint, type ValueRule } from '../rules.ts'
import { fromStandardIssue } from './standard-issue.ts'

/** Type of the action, in a pipe, that holds marks. */
export const MARK = 'structstream_mark'

/** A Valibot schema or action, as far as it matters here. */
export interface View {
  kind: string
  type: string
  [part: string]: unknown
}

const views = new WeakMap<object, View>()
const getters = new WeakMap<object, () => View>()

/**
 * Returns what the converter is shown in place of a schema: the same structure, without what has no JSON Schema, without
 * functions of the user's that it would call, and with marks where only Valibot can judge. The same view for the same schema.
 */
export function viewOf(schema: object): View {
  let view = views.get(schema)
  if (view === undefined) {
    view = viewWithFallback(schema as View)
    views.set(schema, view)
  }
  return view
}

function viewWithFallback(schema: View): View {
  const view = Array.isArray(schema['pipe']) ? pipeView(schema, schema['pipe'] as View[]) : schemaView(schema)
  const judges: (Judge | Hint | ValueRule)[] = [...marksOf(schema)]
  if ('fallback' in schema) judges.push('library-catches')
  return judges.length > 0 ? marking(view, judges) : view
}

/** Marks are the last action of a pipe, since that is where the converter lets others speak. */
function marking(view: View, judges: readonly (Judge | Hint | ValueRule | TextCheck)[]): View {
  const mark: View = { kind: 'metadata', type: MARK, judges }
  return { kind: 'schema', type: view.type, pipe: [view, mark] }
}

/** Transformations that leave a string a string. */
const REWRITING: ReadonlySet<string> = new Set([
  'normalize',
  'to_lower_case',
  'to_upper_case',
  'trim',
  'trim_end',
  'trim_start',
])
/** Transformations that change nothing. */
const NEUTRAL: ReadonlySet<string> = new Set(['brand', 'flavor', 'readonly'])
/** Validations that mean what JSON Schema means, by the type that they are of. */
const EXACT: Readonly<Record<string, ReadonlySet<string>>> = {
  string: new Set(['empty', 'length', 'max_length', 'min_length', 'non_empty']),
  array: new Set(['empty', 'length', 'max_length', 'min_length', 'non_empty']),
  number: new Set(['gt_value', 'integer', 'lt_value', 'max_value', 'min_value', 'multiple_of', 'safe_integer']),
}

/** Validations of strings that are what their regular expression says. */
const BY_PATTERN: ReadonlySet<string> = new Set([
  'base64',
  'bic',
  'cuid2',
  'decimal',
  'digits',
  'domain',
  'email',
  'emoji',
  'hash',
  'hex_color',
  'hexadecimal',
  'ip',
  'ipv4',
  'ipv6',
  'iso_date',
  'iso_date_time',
  'iso_date_time_second',
  'iso_time',
  'iso_time_second',
  'iso_timestamp',
  'iso_week',
  'isrc',
  'jws_compact',
  'ksuid',
  'mac',
  'mac48',
  'mac64',
  'nanoid',
  'octal',
  'regex',
  'rfc_email',
  'slug',
  'ulid',
  'uuid',
])
/** Validations of strings that run code of Valibot's. */
const BY_CODE: ReadonlySet<string> = new Set(['credit_card', 'imei', 'isbn', 'url'])

/** What a validation asks of a string; `null` where that isn't known from its definition. */
function textCheckOf({ type, requirement, message, expects }: View): TextCheck | null {
  if (requirement instanceof RegExp) return BY_PATTERN.has(type) ? patternCheck(requirement, message) : null
  if (typeof requirement === 'function' && BY_CODE.has(type))
    return new TextCheck(type.replace('_', ' '), requirement as (text: string) => boolean, null, message)
  if (typeof requirement !== 'string' || expects === undefined) return null
  if (type === 'starts_with') return literalCheck('starts', requirement, message)
  if (type === 'ends_with') return literalCheck('ends', requirement, message)
  return type === 'includes' ? literalCheck('includes', requirement, message) : null
}

/** Valibot's own way to run an action over a value. */
type Run = (dataset: { typed: true; value: unknown }, config: object) => Promise<{ issues?: readonly StandardIssue[] }>
type StandardIssue = Parameters<typeof fromStandardIssue>[0]

/** A validation that answers later. */
function laterCheckOf(action: View): LaterCheck {
  return new LaterCheck(action, async (value) => {
    const { issues = [] } = await (action as unknown as { '~run': Run })['~run']({ typed: true, value }, {})
    return issues.length === 0 ? undefined : new CheckFailure(issues.map(relative))
  })
}

function relative(issue: StandardIssue): RelativeIssue {
  const { path, code, message } = fromStandardIssue(issue)
  return { path: [...path], code, message }
}

/** What becomes, in a pipe inside of a pipe, of what was written. */
function fateIn({ pipe }: View): 'kept' | 'rewritten' | 'changed' {
  if (!Array.isArray(pipe)) return 'kept'
  const [first, ...steps] = pipe as View[]
  const isKept = ({ kind, type }: View): boolean =>
    kind === 'metadata' || kind === 'validation' || (kind === 'transformation' && NEUTRAL.has(type))
  const others = steps.filter((step) => !isKept(step))
  const inner = fateIn(first!)
  if (inner === 'changed' || others.some(({ type }) => !REWRITING.has(type))) return 'changed'
  return others.length > 0 ? 'rewritten' : inner
}

/** A pipe, to its first step that makes another value. */
function pipeView(schema: View, pipe: readonly View[]): View {
  const [first, ...steps] = pipe
  const items: View[] = []
  const marks = new Set<Judge | TextCheck | LaterCheck>()
  const exact = EXACT[schema.type]
  const fate = fateIn(first!)
  // The steps are about another value than the one that is written.
  if (fate === 'changed') return viewOf(first!)
  let isAsWritten = fate === 'kept'
  for (const step of steps) {
    if (step.kind === 'metadata') items.push(step)
    else if (step.kind === 'validation') {
      const text = isAsWritten && schema.type === 'string' ? textCheckOf(step) : null
      if (text !== null) marks.add(text)
      if ((text === null || text.isPartial) && exact?.has(step.type) !== true) marks.add('library-checks')
      if (isAsWritten && step['async'] === true) marks.add(laterCheckOf(step))
      if (exact !== undefined) items.push(step)
    } else if (step.kind === 'transformation' && NEUTRAL.has(step.type)) continue
    else if (step.kind === 'transformation' && REWRITING.has(step.type)) {
      marks.add('library-rewrites')
      isAsWritten = false
    } else {
      marks.add('library-changes')
      break
    }
  }
  const view: View = { kind: 'schema', type: schema.type, pipe: [viewOf(first!), ...items] }
  return marks.size === 0 ? view : marking(view, [...marks])
}

/** What JSON can't hold, so that no answer fits. */
const NOT_IN_JSON: Readonly<Record<string, string>> = {
  bigint: 'v.bigint() takes a bigint, which JSON cannot hold; transform a string',
  blob: 'JSON cannot hold blobs',
  date: 'v.date() takes a Date object, which JSON cannot hold; transform a string',
  file: 'JSON cannot hold files',
  function: 'JSON cannot hold functions',
  map: 'v.map() takes a Map, which JSON cannot hold; use v.record()',
  nan: 'JSON cannot hold NaN',
  promise: 'JSON cannot hold promises',
  set: 'v.set() takes a Set, which JSON cannot hold; use v.array()',
  symbol: 'JSON cannot hold symbols',
  undefined: 'JSON cannot hold undefined; use v.optional()',
  void: 'JSON cannot hold undefined; use v.optional()',
}

function schemaView(schema: View): View {
  const { type } = schema
  const view = (part: unknown): View => viewOf(part as object)
  if (Object.hasOwn(NOT_IN_JSON, type)) return never(NOT_IN_JSON[type]!)
  switch (type) {
    case 'any':
    case 'boolean':
    case 'never':
    case 'null':
    case 'number':
    case 'string':
    case 'unknown':
      return { kind: 'schema', type }
    case 'literal':
      return isInJson(schema['literal'])
        ? { ...bare(schema), literal: schema['literal'] }
        : never('JSON cannot hold it')
    case 'enum':
    case 'picklist': {
      const options = (schema['options'] as unknown[]).filter(isInJson)
      return options.length === 0 ? never('JSON cannot hold any of its options') : { ...bare(schema), options }
    }
    case 'array':
      return { ...bare(schema), item: view(schema['item']) }
    case 'tuple':
    case 'loose_tuple':
    case 'strict_tuple':
    case 'tuple_with_rest':
      return tupleView(schema, schema['items'] as View[])
    case 'object':
    case 'loose_object':
    case 'strict_object':
    case 'object_with_rest': {
      const entries = Object.entries(schema['entries'] as object).map(([key, entry]) => [key, view(entry)])
      const rest = type === 'object_with_rest' ? { rest: view(schema['rest']) } : {}
      return { ...bare(schema), entries: Object.fromEntries(entries) as object, ...rest }
    }
    case 'record':
      return recordView(schema, schema['key'] as View)
    case 'union':
    case 'variant':
      // A variant takes the first of its options that fits, as a union does.
      return { ...bare(schema), type: 'union', options: (schema['options'] as unknown[]).map(view) }
    case 'intersect':
      return marking({ ...bare(schema), options: (schema['options'] as unknown[]).map(view) }, ['library-checks'])
    case 'nullable':
    case 'nullish':
    case 'optional':
    case 'exact_optional':
    case 'undefinedable':
      return wrappedView(schema, view(schema['wrapped']))
    case 'non_nullable':
    case 'non_nullish':
    case 'non_optional':
      return { ...marking(view(schema['wrapped']), ['library-checks']), type }
    case 'lazy':
      return lazyView(schema)
    case 'instance': {
      const { class: constructor } = schema as { class?: unknown }
      if (constructor === Object || constructor === Array)
        return marking({ kind: 'schema', type: 'unknown' }, ['library-reads'])
      const name = typeof constructor === 'function' ? constructor.name : 'a class'
      return never(`valibot cannot convert it to JSON Schema: JSON cannot hold instances of ${name}`)
    }
    default:
      // `custom`, and what later versions bring.
      return marking({ kind: 'schema', type: 'unknown' }, ['library-reads'])
  }
}

function bare({ kind, type }: View): View {
  return { kind, type }
}

function never(reason: string): View {
  return { kind: 'schema', type: 'never', reason }
}

function isInJson(value: unknown): boolean {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  )
}

/** Kinds that never take `undefined`, so that their item can't be missing. */
const NEEDS_VALUE: ReadonlySet<string> = new Set([
  'array',
  'boolean',
  'enum',
  'literal',
  'loose_object',
  'null',
  'number',
  'object',
  'picklist',
  'record',
  'strict_object',
  'string',
  'tuple',
])

function tupleView(schema: View, items: readonly View[]): View {
  const least = items.findLastIndex((item) => NEEDS_VALUE.has(item.type) && !('fallback' in item)) + 1
  const rest = schema.type === 'tuple_with_rest' ? { rest: viewOf(schema['rest'] as object) } : {}
  const view: View = { ...bare(schema), items: items.map((item) => viewOf(item)), least, ...rest }
  // Valibot gives missing items a value.
  return least === items.length ? view : marking(view, ['library-checks'])
}

function recordView(schema: View, key: View): View {
  const view: View = {
    ...bare(schema),
    key: { kind: 'schema', type: 'string' },
    value: viewOf(schema['value'] as object),
  }
  const steps = (Array.isArray(key['pipe']) ? (key['pipe'] as View[]).slice(1) : []).filter(
    ({ kind, type }) => kind !== 'metadata' && !NEUTRAL.has(type),
  )
  const isList = key.type === 'picklist' || key.type === 'enum'
  if ((key.type !== 'string' && !isList) || 'fallback' in key || steps.some(({ kind }) => kind !== 'validation')) {
    return marking(view, ['library-changes'])
  }
  const named = isList ? { ...view, names: (key['options'] as unknown[]).map(String) } : view
  return steps.length === 0 ? named : marking(named, ['library-checks'])
}

function wrappedView(schema: View, wrapped: View): View {
  const hasDefault = schema['default'] !== undefined
  const mayBeMissing = schema.type !== 'nullable' && schema.type !== 'undefinedable'
  const mayBeNull = schema.type === 'nullable' || schema.type === 'nullish'
  // A null is replaced by the default.
  const none: View = hasDefault ? marking({ kind: 'schema', type: 'null' }, ['library-changes']) : nothing
  const inner: View = mayBeNull ? { kind: 'schema', type: 'union', options: [wrapped, none] } : wrapped
  const judges: Judge[] = !mayBeMissing ? [] : hasDefault ? ['library-fills'] : ['library-skips']
  const base: View = { kind: 'schema', type: schema.type, pipe: [inner] }
  return judges.length === 0 ? base : { ...marking(inner, judges), type: schema.type }
}

const nothing: View = { kind: 'schema', type: 'null' }

/** A getter that wants the value has a schema for each value. */
function lazyView(schema: View): View {
  const getter = schema['getter'] as (input?: unknown) => object
  if (getter.length > 0) return marking({ kind: 'schema', type: 'unknown' }, ['library-reads'])
  let view = getters.get(getter)
  if (view === undefined) {
    let found: View | undefined
    view = () => (found ??= viewOf(getter(undefined)))
    getters.set(getter, view)
  }
  return { ...bare(schema), getter: view }
}
