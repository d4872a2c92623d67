import type { $ZodType, $ZodTypeDef } from 'zod/v4/core'
import type { JsonSchemaObject } from '../../types.ts'
import type { Warning } from '../types.ts'
import { pointerOf } from '../../pointer.ts'
import { unsupported } from '../json-schema/keywords.ts'
import { rulesOf } from '../rules.ts'
import type { ConvertedSchema, SchemaLibrary } from './library.ts'
import { schemasIn, sharedParts } from './shared-parts.ts'
import { firstOnes, isFirst } from '../hints.ts'
import { globalRegistry, loadZodCore, toJSONSchema } from '../zod/core.ts'

/** What the visit of one schema may change. */
interface Visit {
  zodSchema: $ZodType
  jsonSchema: Record<string, unknown>
  path: (string | number)[]
}

type Def = $ZodTypeDef & {
  coerce?: boolean
  in?: $ZodType
  out?: $ZodType
  values?: unknown[]
  innerType?: $ZodType
  left?: $ZodType
  right?: $ZodType
  catchall?: $ZodType
  shape?: Readonly<Record<string, $ZodType>>
}
type Check = { _zod: { def: { check: string; pattern?: RegExp } } }

/** Zod 4 and Zod Mini, whose definitions are followed. */
export const zod4: SchemaLibrary = {
  name: 'Zod 4',
  reportsAlike: true,
  matches: isZod4,
  toJsonSchema: fromZod4,
  async node(schema) {
    const { zodNode } = await loadNodes()
    return zodNode(schema as $ZodType)
  },
  async validate(schema, raw) {
    const { validateZod } = await loadNodes()
    return validateZod(schema as $ZodType, raw)
  },
}

type Nodes = typeof import('../zod/nodes.ts')
let nodes: Nodes | undefined

/** Kept, since `import()` takes longer than a short answer's validation. */
async function loadNodes(): Promise<Nodes> {
  await loadZodCore()
  return (nodes ??= await import('../zod/nodes.ts'))
}

function isZod4(value: object): boolean {
  return '_zod' in value
}

/**
 * The JSON Schema of a Zod 4 or Zod Mini schema's input side. What JSON cannot hold (dates, maps, sets,
 * big integers, files, functions, symbols, `undefined`, `NaN`) fits nothing, unless it is coerced from a string.
 */
async function fromZod4(schema: object): Promise<ConvertedSchema> {
  await loadZodCore()
  const warnings: Warning[] = []
  let hasRules = false
  try {
    const { areMany } = sharedParts(schema, (part) => schemasIn((part as $ZodType)._zod.def, isZod4))
    const result = toJSONSchema(schema as $ZodType, {
      io: 'input',
      target: 'draft-2020-12',
      unrepresentable: 'any',
      ...(areMany && { reused: 'ref' }),
      metadata: withSafeIds(globalRegistry),
      override: (visit) => {
        hasRules ||= keepsRules(visit.zodSchema)
        refine(visit, warnings)
      },
    })
    return { schema: withoutNulls({ ...result }) as JsonSchemaObject, warnings, hasRules }
  } catch (cause) {
    throw unsupported(
      [],
      `Zod cannot convert it to JSON Schema: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    )
  }
}

/** Whether it, or what it becomes in a pipe, is judged by rules, or by code of the user's, which may answer later. */
function keepsRules({ _zod: { def } }: $ZodType): boolean {
  const { out } = def as Def
  const checks = (def.checks ?? []) as unknown as Check[]
  const runsCode = def.type === 'custom' || checks.some((check) => check._zod.def.check === 'custom')
  return runsCode || rulesOf(def).length > 0 || (out !== undefined && keepsRules(out))
}

/** Before 4.5, Zod lost a definition whose id is `__proto__`. */
function withSafeIds(registry: typeof globalRegistry): typeof globalRegistry {
  const get = (schema: $ZodType): object | undefined => {
    const meta = registry.get(schema) as { id?: string } | undefined
    return meta?.id === '__proto__' ? { ...meta, id: 'proto' } : meta
  }
  return Object.create(registry, { get: { value: get } }) as typeof globalRegistry
}

/** From 4.5 on, Zod joins objects in an intersection, with members of `Object.prototype` where a key has their name. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const copy = { ...value } as Record<string, unknown>
  for (const key of Object.keys(copy)) {
    const inside = copy[key]
    const clean = key === 'allOf' && Array.isArray(inside) ? inside.filter((part) => part !== null) : inside
    Object.defineProperty(copy, key, {
      value: withoutNulls(clean),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return copy
}

/** Keys with the hint `first` before the others: the JSON Schema has no other place for it. */
function orderKeys({ shape }: Def, jsonSchema: Visit['jsonSchema']): void {
  const { properties } = jsonSchema
  if (shape === undefined || typeof properties !== 'object' || properties === null) return
  const keys = firstOnes(Object.entries(properties), ([key]) => Object.hasOwn(shape, key) && isFirst(shape[key]!))
  jsonSchema.properties = Object.fromEntries(keys)
}

function refine(visit: Visit, warnings: Warning[]): void {
  const { zodSchema, jsonSchema } = visit
  const path = visit.path ?? []
  const def = zodSchema._zod.def as Def
  const warn = (message: string): void => {
    warnings.push({ path: [...path], message: `${pointerOf(path) || '/'}: ${message}` })
  }
  const reason = NOT_IN_JSON[def.type]
  if (reason !== undefined) {
    const text = def.coerce === true ? TEXT_FORMS[def.type] : undefined
    replace(jsonSchema, text ?? { not: {}, $comment: reason })
  } else if (def.type === 'object') orderKeys(def, jsonSchema)
  else if (def.type === 'literal') refineLiteral(def, jsonSchema)
  else if (def.type === 'pipe') refinePipe(zodSchema, def, jsonSchema, warn)
  else if (def.type === 'string') dropFlagged(zodSchema, def, jsonSchema, warn)
  else if (def.type === 'tuple') dropEmptyPrefix(jsonSchema)
  else if (def.type === 'intersection') {
    dropTwins(jsonSchema)
    if ([def.left, def.right].some(hasCatchall)) warn('keys that neither side declares are not asked for')
  } else if (def.type === 'custom') warn('whatever fits the custom check is only known at the end')
  else if (def.type === 'catch') warn('what it catches is not asked for')
  if (def.coerce === true)
    warn(
      `what can be coerced is asked for as ${typeof jsonSchema['type'] === 'string' ? jsonSchema['type'] : 'its input'}`,
    )
  const checks = (def.checks ?? []) as unknown as Check[]
  if (checks.some((check) => check._zod.def.check === 'custom')) warn('a refinement is only checked at the end')
  if (checks.some((check) => check._zod.def.check === 'overwrite') && checks.length > 1) {
    warn('checks after trim() and the like are about the changed text')
  }
}

const NOT_IN_JSON: Readonly<Record<string, string>> = {
  bigint: 'z.bigint() takes a bigint, which JSON cannot hold; use z.coerce.bigint() or a codec',
  date: 'z.date() takes a Date object, which JSON cannot hold; use z.coerce.date(), z.iso.datetime() or a codec',
  file: 'z.file() takes a File, which JSON cannot hold',
  function: 'JSON cannot hold functions',
  map: 'z.map() takes a Map, which JSON cannot hold; use z.record(), or a codec from one',
  nan: 'JSON cannot hold NaN',
  set: 'z.set() takes a Set, which JSON cannot hold; use z.array(), or a codec from one',
  symbol: 'JSON cannot hold symbols',
  undefined: 'JSON cannot hold undefined; use .optional()',
  void: 'JSON cannot hold undefined; use .optional()',
}

/** What is asked for where Zod turns text into the value. */
const TEXT_FORMS: Readonly<Record<string, Record<string, unknown>>> = {
  bigint: { type: 'string', pattern: '^-?[0-9]+$' },
  date: { type: 'string', format: 'date-time' },
}

function refineLiteral(def: Def, jsonSchema: Record<string, unknown>): void {
  const values = (def.values ?? []).filter(
    (value) => value === null || ['string', 'number', 'boolean'].includes(typeof value),
  )
  if (values.length === def.values?.length) return
  if (values.length === 0) replace(jsonSchema, { not: {}, $comment: 'JSON cannot hold any of its literals' })
  else replace(jsonSchema, { enum: values })
}

function refinePipe(
  schema: $ZodType,
  def: Def,
  jsonSchema: Record<string, unknown>,
  warn: (message: string) => void,
): void {
  const inside = def.in?._zod.def.type
  const outside = def.out?._zod.def.type
  if (inside === 'transform') {
    // preprocess: what it takes is unknown; its own result is a good guess, in text where JSON has no other form.
    if (outside === 'map') replace(jsonSchema, {})
    else if (outside === 'set') replace(jsonSchema, { type: 'array' })
    else if (outside !== undefined && TEXT_FORMS[outside] !== undefined) replace(jsonSchema, TEXT_FORMS[outside])
    warn('what preprocess() takes is unknown; what it should give is asked for')
  } else if (outside !== 'transform') {
    const isYesNo = inside === 'string' && outside === 'boolean' && schema._zod.traits.has('$ZodCodec')
    if (isYesNo) jsonSchema['description'] ??= 'A word for yes or no, as "true" or "false"'
    warn('what the second half of a pipe says is only checked at the end')
  }
}

/** A schema joined with itself says nothing twice; nested, it would be as long as all its twins. */
function dropTwins(jsonSchema: Record<string, unknown>): void {
  const { allOf } = jsonSchema
  if (!Array.isArray(allOf)) return
  const parts = new Map((allOf as ({ $ref?: string } | null)[]).map((part) => [part?.$ref ?? part, part]))
  jsonSchema['allOf'] = [...parts.values()]
}

/** Zod joins the sides of an intersection into one object and drops what they say of further keys. */
function hasCatchall(schema: $ZodType | undefined): boolean {
  const def: Def | undefined = schema?._zod.def
  if (def?.type === 'intersection') return [...new Set([def.left, def.right])].some(hasCatchall)
  return def?.type === 'object' && def.catchall !== undefined && def.catchall._zod.def.type !== 'never'
}

/** The list must not be empty, says the meta-schema. */
function dropEmptyPrefix(jsonSchema: Record<string, unknown>): void {
  const { prefixItems } = jsonSchema
  if (Array.isArray(prefixItems) && prefixItems.length === 0) delete jsonSchema['prefixItems']
}

/** JSON Schema has no flags; an expression without them would refuse what the schema takes. */
function dropFlagged(
  schema: $ZodType,
  def: Def,
  jsonSchema: Record<string, unknown>,
  warn: (message: string) => void,
): void {
  const own = (def as { pattern?: RegExp }).pattern
  const patterns = ((def.checks ?? []) as unknown as Check[]).map((check) => check._zod.def.pattern)
  const flagged = [own, ...patterns].filter((pattern) => pattern instanceof RegExp && /[ims]/.test(pattern.flags))
  if (flagged.length === 0 || schema._zod.traits.has('$ZodTemplateLiteral')) return
  const sources = new Set(flagged.map((pattern) => (pattern as RegExp).source))
  if (sources.has(jsonSchema['pattern'] as string)) delete jsonSchema['pattern']
  if (Array.isArray(jsonSchema['allOf'])) {
    const rest = (jsonSchema['allOf'] as { pattern?: string }[]).filter((part) => !sources.has(part.pattern ?? ''))
    if (rest.length > 0) jsonSchema['allOf'] = rest
    else delete jsonSchema['allOf']
  }
  warn('a regular expression with flags is only checked at the end')
}

function replace(target: Record<string, unknown>, source: Record<string, unknown>): void {
  const { title, description } = target
  for (const key of Object.keys(target)) delete target[key]
  Object.assign(target, source)
  if (title !== undefined) target['title'] = title
  if (description !== undefined) target['description'] = description
}
