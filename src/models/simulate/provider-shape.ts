import { keyOfToken } from '../../pointer.ts'
import { ENTRY_KEY, ENTRY_VALUE, REST_KEY } from '../../schema/dialects/decode/plan.ts'
import type { JsonSchemaObject } from '../../types.ts'

/** Says that a value fits a schema in no form. */
const UNFIT = Symbol('unfit')

/** Objects around a value that only a dialect adds: a wrapped root, and inside it a union's label. */
const MOST_WRAPS = 2
const MOST_DEPTH = 500

/**
 * A value in the shape that a provider's schema asks for: with its root wrapped, records as entries, tuples by position,
 * `null` for missing keys and labels on a union's branches, wherever the schema has them. The inverse of decoding, for
 * those who see only the schema that was sent.
 *
 * A value that fits in no form is returned unchanged.
 */
export function inShapeOf(schema: JsonSchemaObject, value: unknown): unknown {
  const shaped = new Shaper(schema).fit(value, schema, 0, 0)
  return shaped === UNFIT ? value : shaped
}

class Shaper {
  readonly #root: JsonSchemaObject

  constructor(root: JsonSchemaObject) {
    this.#root = root
  }

  fit(value: unknown, given: unknown, depth: number, wraps: number): unknown {
    if (depth > MOST_DEPTH || given === false) return UNFIT
    const schema = this.#target(given)
    const branches = list(schema['anyOf'] ?? schema['oneOf'])
    if (branches.length > 0) {
      return first(branches, (branch) => this.fit(value, branch, depth + 1, wraps))
    }
    const named = 'const' in schema ? [schema['const']] : list(schema['enum'])
    if (named.length > 0) return named.some((one) => JSON.stringify(one) === JSON.stringify(value)) ? value : UNFIT
    const types = list(schema['type'] === undefined ? typesOf(schema) : [schema['type']].flat())
    if (types.length === 0) return value
    return first(types, (type) => this.#typed(value, String(type).toLowerCase(), schema, depth, wraps))
  }

  #typed(value: unknown, type: string, schema: JsonSchemaObject, depth: number, wraps: number): unknown {
    switch (type) {
      case 'null':
        return value === null ? value : UNFIT
      case 'integer':
        return Number.isInteger(value) ? value : UNFIT
      case 'array':
        return this.#array(value, schema, depth)
      case 'object': {
        const shaped = this.#object(value, schema, depth)
        return shaped === UNFIT && wraps < MOST_WRAPS ? this.#wrapped(value, schema, depth, wraps) : shaped
      }
      default:
        return typeof value === type ? value : UNFIT
    }
  }

  #array(value: unknown, schema: JsonSchemaObject, depth: number): unknown {
    const slots = list(schema['prefixItems'])
    const { items = true } = schema
    if (Array.isArray(value)) {
      return all(value.map((element, index) => this.fit(element, slots[index] ?? items, depth + 1, 0)))
    }
    const entry = this.#entryOf(schema)
    return isObject(value) && entry !== undefined ? this.#entries(value, entry, depth) : UNFIT
  }

  /** What an entry's value is, of a list that may hold a record's entries. */
  #entryOf(schema: JsonSchemaObject): unknown {
    const properties = object(this.#target(schema['items'])['properties'])
    const keys = Object.keys(properties)
    return keys.length === 2 && keys[0] === ENTRY_KEY && keys[1] === ENTRY_VALUE ? properties[ENTRY_VALUE] : undefined
  }

  #entries(value: Record<string, unknown>, entry: unknown, depth: number): unknown {
    const shaped = all(Object.values(value).map((child) => this.fit(child, entry, depth + 1, 0)))
    return Array.isArray(shaped)
      ? Object.keys(value).map((key, index) => ({ [ENTRY_KEY]: key, [ENTRY_VALUE]: shaped[index] as unknown }))
      : shaped
  }

  #object(given: unknown, schema: JsonSchemaObject, depth: number): unknown {
    const properties = object(schema['properties'])
    const value = Array.isArray(given) ? byPosition(given, properties) : given
    if (!isObject(value)) return UNFIT
    const required = list(schema['required'])
    const undeclared = Object.fromEntries(Object.entries(value).filter(([key]) => !Object.hasOwn(properties, key)))
    const shaped: [string, unknown][] = []
    let isSpread = false
    for (const [key, property] of Object.entries(properties)) {
      if (Object.hasOwn(value, key)) shaped.push([key, this.fit(value[key], property, depth + 1, 0)])
      else if (required.includes(key)) {
        const entry = /^additionalProperties_*$/.test(key) ? this.#entryOf(this.#target(property)) : undefined
        isSpread ||= entry !== undefined
        const missing = (): unknown => this.fit(null, property, depth + 1, 0)
        shaped.push([key, entry === undefined ? missing() : this.#entries(undeclared, entry, depth + 1)])
      }
    }
    if (!isSpread) {
      const { additionalProperties = true } = schema
      for (const [key, child] of Object.entries(undeclared)) {
        shaped.push([key, this.fit(child, additionalProperties, depth + 1, 0)])
      }
    }
    return shaped.some(([, child]) => child === UNFIT) ? UNFIT : Object.fromEntries(shaped)
  }

  #wrapped(value: unknown, schema: JsonSchemaObject, depth: number, wraps: number): unknown {
    const [only, ...others] = Object.entries(object(schema['properties']))
    if (only === undefined || others.length > 0) return UNFIT
    const inner = this.fit(value, only[1], depth + 1, wraps + 1)
    return inner === UNFIT ? UNFIT : { [only[0]]: inner }
  }

  /** Follows `#/…` references. */
  #target(given: unknown): JsonSchemaObject {
    let schema = object(given)
    for (let hops = 0; typeof schema['$ref'] === 'string' && hops < 32; hops++) {
      let target: unknown = this.#root
      for (const key of schema['$ref'].replace(/^#\/?/, '').split('/').filter(Boolean)) {
        target = object(target)[keyOfToken(decodeURIComponent(key))]
      }
      schema = object(target)
    }
    return schema
  }
}

/** A tuple by its positions, if the keys are those of one. */
function byPosition(tuple: readonly unknown[], properties: Record<string, unknown>): unknown {
  const places = Object.keys(properties).filter((key) => key !== REST_KEY)
  if (!places.every((key, index) => key === String(index))) return tuple
  const hasRest = Object.hasOwn(properties, REST_KEY)
  const placed = Object.fromEntries((hasRest ? tuple.slice(0, places.length) : tuple).entries())
  return hasRest ? { ...placed, [REST_KEY]: tuple.slice(places.length) } : placed
}

function typesOf(schema: JsonSchemaObject): readonly string[] {
  if ('properties' in schema) return ['object']
  return 'items' in schema || 'prefixItems' in schema ? ['array'] : []
}

function first(options: readonly unknown[], fit: (option: unknown) => unknown): unknown {
  for (const option of options) {
    const shaped = fit(option)
    if (shaped !== UNFIT) return shaped
  }
  return UNFIT
}

function all(shaped: readonly unknown[]): unknown {
  return shaped.includes(UNFIT) ? UNFIT : shaped
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function object(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
