/** The definition of a Zod 3 schema, as far as it matters here. */
export interface Zod3Def {
  typeName: string
  coerce?: boolean
  unknownKeys?: string
  catchall?: Zod3Schema
  effect?: { type: string }
  checks?: Zod3Check[]
  /** Of a string: the schema itself. */
  self?: Zod3Schema
  value?: unknown
  /** A default fills the missing key. */
  isFilled?: boolean
  keyType?: Zod3Schema
  [part: string]: unknown
}
/** A check of a Zod 3 string. */
export interface Zod3Check {
  kind: string
  regex?: RegExp
  value?: unknown
  position?: unknown
  message?: unknown
}
/** A Zod 3 schema. */
export interface Zod3Schema {
  _def: Zod3Def
}
/** What the converter reads of a schema. */
interface View extends Zod3Schema {
  isOptional(): boolean
}

const views = new WeakMap<object, View>()

/**
 * Returns what the converter is shown in place of a schema: the same structure, but whether a key may be missing is
 * read off the structure, where Zod would run refinements on `undefined`; coercions are shown as what they are, a
 * preprocessing; and defaults are not computed. The same view for the same schema.
 */
export function viewOf(schema: Zod3Schema): View {
  let view = views.get(schema)
  if (view === undefined) {
    view = { _def: defView(schema._def), isOptional: () => mayBeMissing(schema) }
    if (schema._def.typeName === 'ZodString') view._def.self = schema
    views.set(schema, view)
  }
  return view
}

/** Parts of a definition that are schemas, or lists of them. */
const PARTS = ['catchall', 'in', 'innerType', 'keyType', 'left', 'out', 'rest', 'right', 'schema', 'type', 'valueType']

function defView(def: Zod3Def): Zod3Def {
  if (def.coerce === true) {
    const inner: View = { _def: def, isOptional: () => false }
    return { typeName: 'ZodEffects', effect: { type: 'preprocess' }, schema: inner, description: def['description'] }
  }
  const view: Zod3Def = { ...def }
  // Without checks, a big integer in a union would be an integer.
  if (def.typeName === 'ZodBigInt') view.checks = [...(def.checks ?? []), { kind: 'bigint' }]
  Object.assign(view, partsOf(def, viewOf))
  // The converter would compute the default.
  if (def.typeName === 'ZodDefault') Object.assign(view, { typeName: 'ZodReadonly', isFilled: true })
  return view
}

/** Returns the parts of a definition that are schemas, each as `map` gives it; the lazy ones stay lazy. */
export function partsOf(def: Zod3Def, map: (schema: Zod3Schema) => Zod3Schema): Record<string, unknown> {
  const parts: Record<string, unknown> = {}
  for (const part of PARTS) if (isSchema(def[part])) parts[part] = map(def[part])
  const { shape, getter, items, options } = def
  if (typeof shape === 'function')
    parts['shape'] = () =>
      Object.fromEntries(
        Object.entries((shape as () => Record<string, Zod3Schema>)()).map(([key, schema]) => [key, map(schema)]),
      )
  if (typeof getter === 'function') parts['getter'] = () => map((getter as () => Zod3Schema)())
  if (Array.isArray(items)) parts['items'] = (items as Zod3Schema[]).map((item) => map(item))
  if (options instanceof Map || Array.isArray(options))
    parts['options'] = [...(options.values() as Iterable<Zod3Schema>)].map((option) => map(option))
  return parts
}

function isSchema(value: unknown): value is Zod3Schema {
  return typeof value === 'object' && value !== null && '_def' in value
}

/** Whether an object may come without a key of this schema, by its structure: no code of the user's runs. */
export function mayBeMissing(schema: Zod3Schema): boolean {
  const known = new Map<Zod3Schema, boolean>()
  const visit = (part: Zod3Schema): boolean => {
    const before = known.get(part)
    if (before !== undefined) return before
    // Until it is known, also for a `lazy` that leads to itself.
    known.set(part, false)
    const result = mayBeAbsent(part._def, visit)
    known.set(part, result)
    return result
  }
  return visit(schema)
}

function mayBeAbsent(def: Zod3Def, visit: (part: Zod3Schema) => boolean): boolean {
  const inside = (part: string): boolean => visit(def[part] as Zod3Schema)
  if (def.coerce === true) return false
  switch (def.typeName) {
    case 'ZodAny':
    case 'ZodCatch':
    case 'ZodDefault':
    case 'ZodOptional':
    case 'ZodUndefined':
    case 'ZodUnknown':
    case 'ZodVoid':
      return true
    case 'ZodNullable':
    case 'ZodReadonly':
      return inside('innerType')
    case 'ZodBranded':
      return inside('type')
    case 'ZodEffects':
      return inside('schema')
    case 'ZodPipeline':
      return inside('in')
    case 'ZodIntersection':
      return inside('left') && inside('right')
    case 'ZodLiteral':
      return def.value === undefined
    case 'ZodLazy':
      return visit((def['getter'] as () => Zod3Schema)())
    case 'ZodDiscriminatedUnion':
    case 'ZodUnion':
      return [...(def['options'] as Iterable<Zod3Schema>)].some(visit)
    default:
      return false
  }
}
