import type { Path } from '../../path.ts'
import { keyOfToken } from '../../pointer.ts'
import type { JsonSchemaObject } from '../../types.ts'
import { toRegExp } from './pattern.ts'
import {
  LIST_KEYWORDS,
  MAP_KEYWORDS,
  SCHEMA_KEYWORDS,
  isSchemaObject,
  own,
  typeOfJson,
  unsupported,
  type JsonSchema,
} from './keywords.ts'

/** Schemas that all hold: one way in which a value can fit. */
type Alternatives = readonly JsonSchemaObject[]

/** More readings of one place than this are not distinguished. */
const MOST_READINGS = 64
/** References that lead to nothing but references. */
const LONGEST_CHAIN = 64

/**
 * The parts of a JSON Schema that are in force for the places of one value: what is asked of a model that is to give
 * only that place.
 */
export class Subschemas {
  readonly #root: JsonSchemaObject

  constructor(root: JsonSchemaObject) {
    this.#root = root
  }

  get root(): JsonSchemaObject {
    return this.#root
  }

  /**
   * The schema for the child at `key` of `container`; null when the schema does not say which one it is: it declares
   * no such child, or the container can be read in several ways.
   */
  child(schema: JsonSchema, container: unknown, key: string | number): JsonSchema | null {
    const readings = this.#fitting(schema, container)
    if (readings?.length !== 1) return null
    const found = readings[0]!.flatMap((part) => {
      const child = childOf(part, key)
      return child === undefined ? [] : [child]
    })
    if (found.length === 0) return readings[0]!.every(saysNothingOfChildren) ? {} : null
    return found.length === 1 ? found[0]! : { allOf: found }
  }

  /** Whether there are several ways to fit. */
  isUnion(schema: JsonSchema): boolean {
    return this.#readings(schema, 0)?.length !== 1
  }

  /** Whether an object may do without a key. */
  isOptional(schema: JsonSchema, container: unknown, key: string | number): boolean {
    const readings = this.#fitting(schema, container)
    const isRequired = (part: JsonSchemaObject): boolean => {
      const required = own(part, 'required')
      return Array.isArray(required) && required.includes(key)
    }
    return typeof key === 'string' && readings?.length === 1 && !readings[0]!.some(isRequired)
  }

  /** What may still come into an open object; null when nothing can. */
  restOfObject(schema: JsonSchema, container: Record<string, unknown>, key: string | null): JsonSchemaObject | null {
    const seen = new Set(Object.keys(container))
    if (key !== null) seen.add(key)
    const rests = this.#fittingOr(schema, container).map((reading) => reading.map((part) => withoutKeys(part, seen)))
    if (rests.every((reading) => reading.some(isClosed) || !reading.some(isOpen))) return null
    return anyOf(rests)
  }

  /** What may still come into an open array after `count` elements; null when nothing can. */
  restOfArray(schema: JsonSchema, container: readonly unknown[], count: number): JsonSchemaObject | null {
    const rests = this.#fittingOr(schema, container).map((reading) => reading.map((part) => fromIndex(part, count)))
    const isFull = (part: JsonSchemaObject): boolean => part['maxItems'] === 0
    return rests.every((reading) => reading.some(isFull)) ? null : anyOf(rests)
  }

  /** The least number of elements that an array must have. */
  leastItems(schema: JsonSchema, container: readonly unknown[]): number {
    const readings = this.#fitting(schema, container)
    if (readings?.length !== 1) return 0
    return Math.max(0, ...readings[0]!.map((part) => Number(own(part, 'minItems') ?? 0)))
  }

  /** References at the top replaced by what they point to, so that a description can be put next to it. */
  inlined(schema: JsonSchema): JsonSchemaObject {
    let here: JsonSchema = schema
    for (let steps = 0; isSchemaObject(here) && typeof own(here, '$ref') === 'string'; steps++) {
      if (steps > LONGEST_CHAIN) throw unsupported([], 'its references lead in a circle')
      const { $ref, ...beside } = here as { $ref: string }
      const target = this.#resolve($ref)
      here = isSchemaObject(target) ? { ...target, ...beside } : target
    }
    if (typeof here === 'boolean') return here ? {} : { not: {} }
    return here
  }

  /**
   * `schema`, which holds parts of the root, as its own document: what its references point to is copied along.
   * @throws `unsupported_schema` for references that aren't JSON pointers into the document
   */
  standalone(schema: JsonSchemaObject): JsonSchemaObject {
    const names = new Map<string, string>()
    const definitions: Record<string, unknown> = {}
    const nameOf = (ref: string): string => {
      const known = names.get(ref)
      if (known !== undefined) return known
      const target = this.#resolve(ref)
      const last = ref.slice(ref.lastIndexOf('/') + 1).replace(/[^\w-]/g, '') || 'whole'
      let name = last
      for (let count = 2; Object.hasOwn(definitions, name); count++) name = `${last}_${count}`
      names.set(ref, name)
      definitions[name] = true
      definitions[name] = copy(target)
      return name
    }
    const copy = (from: unknown): unknown => {
      if (!isSchemaObject(from)) return from
      const result: Record<string, unknown> = {}
      for (const [keyword, value] of Object.entries(from)) {
        if (keyword === '$ref' && typeof value === 'string') result[keyword] = `#/$defs/${nameOf(value)}`
        else if (keyword === '$schema' || keyword === '$defs' || keyword === 'definitions') continue
        else if (MAP_KEYWORDS.includes(keyword) && isSchemaObject(value))
          result[keyword] = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copy(child)]))
        else if (LIST_KEYWORDS.includes(keyword) && Array.isArray(value)) result[keyword] = value.map(copy)
        else if (SCHEMA_KEYWORDS.includes(keyword)) result[keyword] = copy(value)
        else result[keyword] = value
      }
      return result
    }
    const document = copy(schema) as Record<string, unknown>
    return Object.keys(definitions).length === 0 ? document : { ...document, $defs: definitions }
  }

  #fittingOr(schema: JsonSchema, value: unknown): Alternatives[] {
    const readings = this.#fitting(schema, value)
    return readings === null || readings.length === 0 ? [[{}]] : readings
  }

  /** The readings that `value` does not rule out; null when there are too many. */
  #fitting(schema: JsonSchema, value: unknown): Alternatives[] | null {
    const readings = this.#readings(schema, 0)
    if (readings === null || readings.length === 1) return readings
    const fitting = readings.filter((reading) => reading.every((part) => this.#mayFit(part, value)))
    if (fitting.length < 2) return fitting
    const known = fitting.filter((reading) => reading.every((part) => knowsKeys(part, value)))
    return known.length === 1 ? known : fitting
  }

  #readings(schema: JsonSchema, depth: number): Alternatives[] | null {
    if (depth > LONGEST_CHAIN) return null
    if (typeof schema === 'boolean') return schema ? [[{}]] : []
    const { $ref, allOf, anyOf: any, oneOf, ...plain } = schema as Record<string, unknown>
    const groups: (Alternatives[] | null)[] = []
    if (typeof $ref === 'string') groups.push(this.#readings(this.#resolve($ref), depth + 1))
    if (Array.isArray(allOf)) for (const part of allOf) groups.push(this.#readings(part as JsonSchema, depth + 1))
    for (const options of [any, oneOf]) {
      if (!Array.isArray(options)) continue
      const each = options.map((option) => this.#readings(option as JsonSchema, depth + 1))
      groups.push(each.includes(null) ? null : each.flatMap((readings) => readings ?? []))
    }
    let product: Alternatives[] = Object.keys(plain).length === 0 && groups.length > 0 ? [[]] : [[plain]]
    for (const group of groups) {
      if (group === null || product.length * group.length > MOST_READINGS) return null
      product = product.flatMap((left) => group.map((right) => [...left, ...right]))
    }
    return product
  }

  /** False when the value's type, or one of its keys that are constants, rules the schema out. */
  #mayFit(part: JsonSchemaObject, value: unknown): boolean {
    const type = typeOfJson(value)
    const wanted = own(part, 'type')
    const types = Array.isArray(wanted) ? wanted : wanted === undefined ? null : [wanted]
    if (types !== null && !types.includes(type) && !(type === 'number' && types.includes('integer'))) return false
    if (type !== 'object') return isAmong(part, value)
    const properties = own(part, 'properties')
    if (!isSchemaObject(properties)) return true
    return Object.entries(value as object).every(([key, child]) => {
      const property = own(properties, key)
      return !isSchemaObject(property) || isAmong(this.inlined(property), child)
    })
  }

  #resolve(ref: string): JsonSchema {
    if (ref !== '#' && !ref.startsWith('#/'))
      throw unsupported([], `"${ref}" cannot be taken apart: it isn't a JSON pointer`)
    let here: unknown = this.#root
    for (const token of ref.split('/').slice(1)) {
      const key = keyOfToken(decodeURIComponent(token))
      here = typeof here === 'object' && here !== null && Object.hasOwn(here, key) ? Reflect.get(here, key) : undefined
    }
    if (typeof here === 'boolean' || isSchemaObject(here)) return here
    throw unsupported([], `"${ref}" points to nothing`)
  }
}

function saysNothingOfChildren(part: JsonSchemaObject): boolean {
  return !CHILDREN.some((keyword) => Object.hasOwn(part, keyword))
}
const CHILDREN = ['properties', 'patternProperties', 'additionalProperties', 'items', 'prefixItems', 'propertyNames']

/** Whether constants and enumerations of scalars allow the value. */
function isAmong(part: JsonSchemaObject, value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return true
  if (Object.hasOwn(part, 'const') && part['const'] !== value) return false
  const options = own(part, 'enum')
  return !Array.isArray(options) || options.includes(value)
}

/** Of several objects: every key that has come is declared. */
function knowsKeys(part: JsonSchemaObject, value: unknown): boolean {
  if (!isSchemaObject(value)) return true
  const properties = own(part, 'properties')
  return !isSchemaObject(properties) || Object.keys(value).every((key) => Object.hasOwn(properties, key))
}

function childOf(part: JsonSchemaObject, key: string | number): JsonSchema | undefined {
  if (typeof key === 'number') {
    const slots = own(part, 'prefixItems') ?? (Array.isArray(own(part, 'items')) ? own(part, 'items') : undefined)
    const slot: unknown = Array.isArray(slots) ? slots[key] : undefined
    const rest = Array.isArray(own(part, 'items')) ? own(part, 'additionalItems') : own(part, 'items')
    return (slot ?? rest) as JsonSchema | undefined
  }
  const properties = own(part, 'properties')
  const declared = isSchemaObject(properties) ? own(properties, key) : undefined
  if (declared !== undefined) return declared as JsonSchema
  const patterns = own(part, 'patternProperties')
  for (const [source, child] of Object.entries(isSchemaObject(patterns) ? patterns : {})) {
    if (toRegExp(source, []).test(key)) return child as JsonSchema
  }
  return own(part, 'additionalProperties') as JsonSchema | undefined
}

/** Keywords that judge the whole object, which the rest of one is not. */
const OF_WHOLE_OBJECTS = [
  'minProperties',
  'maxProperties',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'if',
  'then',
  'else',
  'not',
  'const',
  'enum',
  'title',
  'description',
  'default',
  'examples',
]
const OF_WHOLE_ARRAYS = [
  'contains',
  'minContains',
  'maxContains',
  'uniqueItems',
  'if',
  'then',
  'else',
  'not',
  'const',
  'enum',
  'title',
  'description',
  'default',
  'examples',
]

function without(part: JsonSchemaObject, keywords: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(part).filter(([keyword]) => !keywords.includes(keyword)))
}

function withoutKeys(part: JsonSchemaObject, seen: ReadonlySet<string>): JsonSchemaObject {
  const rest = without(part, OF_WHOLE_OBJECTS)
  const { properties, required } = rest
  rest['type'] = 'object'
  if (isSchemaObject(properties))
    rest['properties'] = Object.fromEntries(Object.entries(properties).filter(([key]) => !seen.has(key)))
  if (Array.isArray(required)) rest['required'] = required.filter((key) => !seen.has(key as string))
  rest['additionalProperties'] ??= saysNothingOfChildren(part) ? {} : false
  return rest
}

function isClosed(part: JsonSchemaObject): boolean {
  return part['additionalProperties'] === false && !isOpen(part)
}

/** Something may still come. */
function isOpen(part: JsonSchemaObject): boolean {
  const { properties, additionalProperties, patternProperties } = part
  if (isSchemaObject(properties) && Object.keys(properties).length > 0) return true
  return isSchemaObject(patternProperties) || (additionalProperties !== undefined && additionalProperties !== false)
}

function fromIndex(part: JsonSchemaObject, count: number): JsonSchemaObject {
  const rest = without(part, OF_WHOLE_ARRAYS)
  rest['type'] = 'array'
  for (const keyword of ['minItems', 'maxItems']) {
    if (typeof rest[keyword] === 'number') rest[keyword] = Math.max(0, rest[keyword] - count)
  }
  if (rest['minItems'] === 0) delete rest['minItems']
  const key = Array.isArray(rest['items']) ? 'items' : 'prefixItems'
  const slots: unknown = rest[key]
  if (!Array.isArray(slots)) return rest
  const left: unknown[] = slots.slice(count)
  if (left.length > 0) return { ...rest, [key]: left }
  const more = key === 'items' ? rest['additionalItems'] : rest['items']
  const { [key]: _, additionalItems: __, ...others } = rest
  if (more === undefined || more === false) return { ...others, maxItems: 0 }
  return { ...others, items: more }
}

function anyOf(readings: readonly Alternatives[]): JsonSchemaObject {
  const options = readings.map((reading): JsonSchemaObject => (reading.length === 1 ? reading[0]! : { allOf: reading }))
  return options.length === 1 ? options[0]! : { anyOf: options }
}

/** A place of a value. */
export interface Location {
  path: (string | number)[]
  schema: JsonSchema
  /** Its key may be missing. */
  isOptional: boolean
  /** Length of the path to the innermost value around it that a union allows; -1: there is none. */
  union: number
}

/** The schema at `path` of `value`, and how much of the path the schema can tell: the rest of it is cut off. */
export function locate(parts: Subschemas, value: unknown, path: Path): Location {
  let schema: JsonSchema = parts.root
  let isOptional = false
  let union = -1
  let here = value
  const walked: (string | number)[] = []
  for (const key of path) {
    const isPlace = Array.isArray(here)
      ? typeof key === 'number' && key < here.length
      : typeof here === 'object' && here !== null
    if (!isPlace) break
    const child = parts.child(schema, here, Array.isArray(here) ? key : String(key))
    if (child === null) break
    isOptional = parts.isOptional(schema, here, key)
    if (parts.isUnion(schema)) union = walked.length
    schema = child
    walked.push(key)
    here = Object.hasOwn(here as object, key) ? Reflect.get(here as object, key) : undefined
  }
  return { path: walked, schema, isOptional, union }
}
