import type { $ZodCheck, $ZodTransform, $ZodType, $ZodTypes } from 'zod/v4/core'

import type { Issue } from '../../types.ts'

import { hasHint } from '../hints.ts'
import {
  ABSENT,
  ANY,
  KIND_ARRAY,
  KIND_BOOLEAN,
  KIND_ANY,
  KIND_FALSE,
  CheckFailure,
  Lazy,
  NEVER,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OBJECT,
  KIND_STRING,
  SchemaNode,
  KIND_TRUE,
  Undetermined,
  eitherOf,
  makingStep,
  opaque,
  ruleStep,
  type LeafCore,
  type Property,
  type ValueCheck,
} from '../node.ts'
import { rulesOf } from '../rules.ts'
import { safeParseAsync, util } from './core.ts'
import { mergeIssue, runChecks, runDecode, runLeaf, runSchema, runTransform, toIssue } from './checks.ts'
import { refuseHiddenRules } from './hidden-rules.ts'
import { hidesRefusal, isDiscriminated, mergesWithItself } from './intersections.ts'
import { numberOptions, zodNumbers, zodPatterns, zodTemplate } from './watch-checks.ts'
import { missingEntries, missingKey, missingSlots, readRecordKey, strictRest } from './missing.ts'
import { prototypeIssues } from './prototypes.ts'
import { isFormat, maximumLength, watchOptions, watchString } from './strings.ts'
import { refusesKeysUnevenly } from './uneven.ts'

const nodes = new WeakMap<$ZodType, SchemaNode>()

/** The node tree of a Zod 4 or Zod Mini schema. Made once for each schema; children on first use. */
export function zodNode(schema: $ZodType): SchemaNode {
  let node = nodes.get(schema)
  if (node === undefined) {
    node = build(schema as $ZodTypes)
    const rules = rulesOf(schema._zod.def)
    if (rules.length > 0) node = node.andThen([ruleStep(rules)])
    if (hasHint(schema, 'atomic')) node = node.andThen([], true)
    nodes.set(schema, node)
  }
  return node
}

/** The full schema over plain data, asynchronous code included. */
export async function validateZod(
  schema: $ZodType,
  raw: unknown,
): Promise<{ ok: true; value: unknown } | { ok: false; issues: Issue[] }> {
  const result = await safeParseAsync(schema, raw).catch((error: unknown) => {
    const issue = mergeIssue(error)
    if (issue === null) throw error
    return { success: false as const, error: { issues: [issue] } }
  })
  if (!result.success) return { ok: false, issues: result.error.issues.map(toIssue) }
  const issues = prototypeIssues(schema._zod.version, raw, result.data)
  return issues.length > 0 ? { ok: false, issues } : { ok: true, value: result.data }
}

function lazy(schema: $ZodType): Lazy {
  return new Lazy(() => zodNode(schema))
}

/** Reads `_zod.def` only: `_zod.bag` has been empty since Zod 4.6. */
function build(schema: $ZodTypes): SchemaNode {
  const def = schema._zod.def
  if ('coerce' in def && def.coerce === true) {
    return whole(schema).with({ takesDigits: def.type === 'bigint' || def.type === 'string' })
  }
  switch (def.type) {
    case 'string':
      return leaf(schema, KIND_STRING, 'string', {
        isAtomic: isFormat(schema),
        watch: watchString(checksOf(schema)),
        patterns: zodPatterns(schema),
        needsRun: checksOf(schema).length > 0 || isFormat(schema),
      })
    case 'number':
      return leaf(schema, KIND_NUMBER, 'number', { numbers: zodNumbers(schema) })
    case 'boolean':
      return leaf(schema, KIND_BOOLEAN, 'boolean', { needsRun: checksOf(schema).length > 0 })
    case 'null':
      return leaf(schema, KIND_NULL, 'null', { needsRun: checksOf(schema).length > 0 })
    case 'enum':
      return optionsNode(schema, util.getEnumValues(def.entries))
    case 'literal':
      return optionsNode(schema, def.values)
    case 'template_literal':
      return leaf(schema, KIND_STRING, 'string', { isAtomic: true, patterns: zodTemplate(schema) })
    case 'any':
    case 'unknown':
      return checked(schema, ANY)
    case 'never':
    case 'undefined':
    case 'void':
      return NEVER.with({ expected: def.type })
    case 'array':
      return checked(
        schema,
        new SchemaNode(
          { kind: 'array', element: lazy(def.element), maximum: maximumLength(checksOf(schema)), isUnique: false },
          { accepts: KIND_ARRAY, expected: 'array' },
        ),
      )
    case 'tuple':
      return checked(schema, tupleNode(schema, def.items, def.rest))
    case 'object':
      return checked(schema, objectNode(schema as ZodOf<'object'>))
    case 'record':
      return checked(schema, recordNode(schema as ZodOf<'record'>))
    case 'union':
      return checked(schema, unionNode(schema as ZodOf<'union'>))
    case 'intersection':
      return checked(schema, intersectionNode(schema, def.left, def.right))
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nonoptional':
      return checked(schema, zodNode(def.innerType))
    case 'nullable':
      return checked(schema, nullable(zodNode(def.innerType)))
    case 'readonly':
      return checked(schema, zodNode(def.innerType).andThen([Object.freeze]))
    case 'catch':
      return checked(schema, catchNode(def))
    case 'lazy':
      return checked(schema, zodNode((schema as ZodOf<'lazy'>)._zod.innerType))
    case 'pipe':
      return checked(schema, pipeNode(schema as ZodOf<'pipe'>))
    default:
      // Dates, maps, sets, transforms, custom types …: no one can follow their inside.
      return whole(schema)
  }
}

function checksOf(schema: $ZodType): readonly $ZodCheck[] {
  return schema._zod.def.checks ?? []
}

/** Adds the schema's own checks, which run over the value as the node makes it. */
function checked(schema: $ZodType, node: SchemaNode): SchemaNode {
  const checks = checksOf(schema)
  return checks.length === 0 ? node : node.andThen([runChecks(schema, checks)])
}

interface LeafOptions {
  isAtomic?: boolean
  watch?: ReturnType<typeof watchString>
  options?: readonly string[]
  patterns?: LeafCore['patterns'] | undefined
  numbers?: LeafCore['numbers'] | undefined
  needsRun?: boolean
  code?: string
}

function leaf(schema: $ZodType, accepts: number, expected: string, options: LeafOptions): SchemaNode {
  return new SchemaNode(
    {
      kind: 'leaf',
      watch: options.watch ?? null,
      options: options.options ?? null,
      ...(options.patterns !== undefined && { patterns: options.patterns }),
      ...(options.numbers !== undefined && { numbers: options.numbers }),
    },
    {
      accepts,
      expected,
      isAtomic: options.isAtomic ?? accepts !== KIND_STRING,
      steps: options.needsRun === false ? [] : runLeaf(schema),
      ...(options.code !== undefined && { code: options.code }),
    },
  )
}

/** Enums and literals: all or nothing, and impossible as soon as no option begins with what is there. */
function optionsNode(schema: $ZodType, values: readonly unknown[]): SchemaNode {
  const strings = values.filter((value) => typeof value === 'string')
  const accepts =
    (strings.length > 0 ? KIND_STRING : 0) |
    (values.some((value) => typeof value === 'number') ? KIND_NUMBER : 0) |
    (values.includes(true) ? KIND_TRUE : 0) |
    (values.includes(false) ? KIND_FALSE : 0) |
    (values.includes(null) ? KIND_NULL : 0)
  const expected = values.map((value) => (typeof value === 'bigint' ? `${value}n` : JSON.stringify(value))).join('|')
  const watch = watchOptions(strings, expected)
  const numbers = numberOptions(values, expected)
  return leaf(schema, accepts, expected, { isAtomic: true, watch, options: strings, numbers, code: 'invalid_value' })
}

type ZodOf<T extends $ZodTypes['_zod']['def']['type']> = Extract<$ZodTypes, { _zod: { def: { type: T } } }>
type Definition<T extends $ZodTypes['_zod']['def']['type']> = ZodOf<T>['_zod']['def']

function objectNode(object: ZodOf<'object'>): SchemaNode {
  const def = object._zod.def
  const properties = new Map<string, Property>()
  let holding = 0
  for (const [key, schema] of Object.entries(def.shape)) {
    const isHolding = hasHint(schema, 'required')
    if (isHolding) holding++
    properties.set(key, {
      index: properties.size,
      node: lazy(schema),
      isHolding,
      whenAbsent: missingKey(object, key, schema),
    })
  }
  const { catchall } = def
  const isStrict = catchall?._zod.def.type === 'never'
  const rest = catchall === undefined ? 'strip' : isStrict ? strictRest(object) : lazy(catchall)
  return new SchemaNode(
    {
      kind: 'object',
      properties,
      rest,
      ...(typeof rest === 'function' && { mayBeKey: beginsOne(['__proto__']) }),
      maximum: Infinity,
      holding,
    },
    { accepts: KIND_OBJECT, expected: 'object' },
  )
}

/** Whether one of the names begins so. */
function beginsOne(names: readonly string[]): (beginning: string) => boolean {
  return (beginning) => names.some((name) => name.startsWith(beginning))
}

function tupleNode(schema: $ZodType, items: readonly $ZodType[], rest: $ZodType | null): SchemaNode {
  return new SchemaNode(
    {
      kind: 'tuple',
      slots: items.map(lazy),
      rest: rest === null ? null : lazy(rest),
      maximum: rest === null ? items.length : maximumLength(checksOf(schema)),
      isUnique: false,
      tail: missingSlots(schema, items),
    },
    { accepts: KIND_ARRAY, expected: 'tuple' },
  )
}

function recordNode(record: ZodOf<'record'>): SchemaNode {
  const { keyType, valueType, ...def } = record._zod.def
  const { partial, mode } = def as { partial?: boolean; mode?: string }
  const values = keyType._zod.values
  const closed = values === undefined || partial === true ? null : [...values].map(String)
  // Such a key is never stored, and whether it was there counts for some versions.
  if (closed?.includes('__proto__') === true) return whole(record).with({ accepts: KIND_OBJECT })
  const isPlainKey = keyType._zod.def.type === 'string' && checksOf(keyType).length === 0 && !isFormat(keyType)
  const read = readRecordKey(record, keyType, closed)
  const missing = missingEntries(record, keyType)
  return new SchemaNode(
    {
      kind: 'record',
      // Zod 4.0 takes a record with a key `constructor` for an instance of a class.
      key: (name) => (isPlainKey && !(name in Object.prototype) ? { name, isChecked: true } : read(name)),
      value: lazy(valueType),
      ...(closed !== null && mode !== 'loose' && { mayBeKey: beginsOne([...closed, '__proto__']) }),
      missing: (has) => (closed ?? []).flatMap((name) => (has(name) ? [] : missing(name))),
    },
    { accepts: KIND_OBJECT, expected: 'record' },
  )
}

function unionNode(schema: ZodOf<'union'>): SchemaNode {
  const def = schema._zod.def as typeof schema._zod.def & {
    discriminator?: string
    unionFallback?: boolean
    inclusive?: boolean
  }
  if (isDiscriminated(schema)) return discriminatedNode(def.options, def.discriminator!)
  const options = def.options.map(lazy)
  const accepts = options.reduce((bits, option) => bits | option.node.accepts, 0)
  return new SchemaNode(
    { kind: 'union', options, isExclusive: def.inclusive === false, whole: runSchema(schema) },
    { accepts, code: 'invalid_union', expected: eitherOf(options.map((option) => option.node.expected)) },
  )
}

function discriminatedNode(options: readonly $ZodType[], discriminator: string): SchemaNode {
  const branches = new Map<unknown, Lazy>()
  for (const option of options) {
    for (const value of option._zod.propValues?.[discriminator] ?? []) branches.set(value, lazy(option))
  }
  const values = [...branches.keys()]
  const strings = values.filter((value) => typeof value === 'string')
  const expected = values.map((value) => (value === undefined ? 'nothing' : JSON.stringify(value))).join('|')
  const accepts =
    (strings.length > 0 ? KIND_STRING : 0) |
    (values.some((value) => typeof value === 'number') ? KIND_NUMBER : 0) |
    (values.includes(true) ? KIND_TRUE : 0) |
    (values.includes(false) ? KIND_FALSE : 0) |
    (values.includes(null) ? KIND_NULL : 0)
  const code = 'invalid_union'
  const noMatch = { path: [], code, message: `Invalid discriminator value. Expected ${expected}`, expected }
  const tag = new SchemaNode(
    { kind: 'leaf', watch: watchOptions(strings, expected, code), options: strings },
    {
      accepts,
      expected,
      code,
      isAtomic: true,
      steps: [(value) => (branches.has(value) ? value : new CheckFailure([noMatch]))],
    },
  )
  return new SchemaNode(
    { kind: 'discriminated', discriminator, tag, branches },
    { accepts: KIND_OBJECT, expected: 'object' },
  )
}

function intersectionNode(schema: $ZodType, left: $ZodType, right: $ZodType): SchemaNode {
  // Worked out twice, level by level, it would cost twice as much at each.
  if (left === right && mergesWithItself(left)) return zodNode(left)
  const sides = [lazy(left), lazy(right)] as const
  const accepts = sides[0].node.accepts & sides[1].node.accepts
  const expected = `${sides[0].node.expected} & ${sides[1].node.expected}`
  // Which option of a union counts may hang on what the other side says of the keys: only Zod can tell, at the end.
  if (hidesRefusal(left) || hidesRefusal(right) || refusesKeysUnevenly(schema, left, right)) {
    return whole(schema).with({ accepts, expected })
  }
  return new SchemaNode({ kind: 'intersection', sides, whole: runSchema(schema) }, { accepts, expected })
}

/** A schema that is judged when its value is complete, and not before. */
function whole(schema: $ZodType): SchemaNode {
  refuseHiddenRules(schema)
  return opaque(runSchema(schema))
}

function nullable(inner: SchemaNode): SchemaNode {
  return inner.with({
    accepts: inner.accepts | KIND_NULL,
    nullStep: inner.steps.length,
    expected: `${inner.expected} | null`,
  })
}

function catchNode(def: Definition<'catch'>): SchemaNode {
  // A fallback that looks at what failed needs Zod's own account of it, which only the final validation has.
  const fallback = () => (def.catchValue.length === 0 ? (def.catchValue as () => unknown)() : new Undetermined(ABSENT))
  return new SchemaNode({ kind: 'catch', inner: lazy(def.innerType), fallback }, { accepts: KIND_ANY })
}

function pipeNode(schema: ZodOf<'pipe'>): SchemaNode {
  const def = schema._zod.def
  const rules = rulesOf(def.out._zod.def)
  const last = rules.length > 0 ? [ruleStep(rules)] : []
  // preprocess: the input may be anything
  if (def.in._zod.def.type === 'transform') {
    refuseHiddenRules(def.out)
    return opaque(runSchema(schema)).andThen(last)
  }
  const steps: ValueCheck[] = []
  if (typeof def.transform === 'function') steps.push(runDecode(def.transform))
  if (def.out._zod.def.type === 'transform') steps.push(...runTransform(def.out as $ZodTransform))
  else {
    refuseHiddenRules(def.out)
    steps.push(runSchema(def.out))
  }
  return zodNode(def.in).andThen([...steps.map(makingStep), ...last], true)
}
