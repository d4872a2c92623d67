import type { JsonSchemaObject } from '../../src/types.ts'

/** What a JSON Schema lets expect at a place: enough to draw what is not there yet. */
export interface SchemaOutline {
  /** In a few words: `integer`, `one of 6`, `list`. */
  readonly label: string
  readonly kind: 'object' | 'list' | 'value'
  /** Declared keys of an object, in their order. */
  readonly keys: readonly string[]
  /** The schema of what is below, as it is in the root; undefined where nothing is known. */
  readonly child: (key: string | number) => unknown
}

/** The shape at `schema`, where `value` is there already: it may tell which option of a union was meant. */
export function shapeOf(root: JsonSchemaObject, schema: unknown, value: unknown): SchemaOutline {
  const resolved = resolve(root, schema) ?? {}
  const chosen = choose(root, resolved, value)
  const properties = isObject(chosen['properties']) ? chosen['properties'] : {}
  const isList = chosen['type'] === 'array' || 'items' in chosen
  const isMap = chosen['type'] === 'object' || 'properties' in chosen
  return {
    label: labelOf(root, resolved),
    kind: isList ? 'list' : isMap ? 'object' : 'value',
    keys: Object.keys(properties),
    child: (key) => {
      if (Object.hasOwn(properties, key)) return properties[key]
      return isList ? chosen['items'] : chosen['additionalProperties']
    },
  }
}

function resolve(root: JsonSchemaObject, schema: unknown): JsonSchemaObject | undefined {
  let here = schema
  // A reference may lead to itself.
  for (let steps = 0; steps < 20; steps++) {
    if (!isObject(here)) return undefined
    const reference = here['$ref']
    if (typeof reference !== 'string') return here
    if (!reference.startsWith('#')) return undefined
    here = reference
      .split('/')
      .slice(1)
      .reduce<unknown>(
        (place, token) => (isObject(place) ? place[token.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
        root,
      )
  }
  return undefined
}

/** The one option of a union that fits what is there, otherwise the union itself. */
function choose(root: JsonSchemaObject, schema: JsonSchemaObject, value: unknown): JsonSchemaObject {
  const options = optionsOf(root, schema).filter((option) => option['type'] !== 'null')
  if (options.length === 0) return schema
  const fitting = options.filter((option) => fits(option, value))
  return fitting.length === 1 ? choose(root, fitting[0]!, value) : options.length === 1 ? options[0]! : schema
}

function fits(option: JsonSchemaObject, value: unknown): boolean {
  if (!isObject(value) || !isObject(option['properties'])) return true
  return Object.entries(option['properties']).every(([key, property]) => {
    if (!isObject(property) || !Object.hasOwn(value, key)) return true
    if ('const' in property) return property['const'] === value[key]
    return !Array.isArray(property['enum']) || property['enum'].includes(value[key])
  })
}

function optionsOf(root: JsonSchemaObject, schema: JsonSchemaObject): JsonSchemaObject[] {
  const lists = [schema['anyOf'], schema['oneOf']].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
  return lists.flatMap((option): JsonSchemaObject[] => {
    const resolved = resolve(root, option)
    return resolved === undefined ? [] : [resolved]
  })
}

function labelOf(root: JsonSchemaObject, schema: JsonSchemaObject): string {
  if ('const' in schema) return JSON.stringify(schema['const'])
  const words = schema['enum']
  if (Array.isArray(words))
    return words.length <= 3 ? words.map((word) => String(word)).join(' | ') : `one of ${words.length}`
  const options = optionsOf(root, schema)
  if (options.length > 0) {
    const labels = [...new Set(options.map((option) => labelOf(root, option)))]
    const named = labels.filter((label) => label !== 'null')
    const joined = named.length <= 2 ? named.join(' or ') : `one of ${named.length} kinds`
    return labels.length > named.length ? `${joined} or null` : joined
  }
  const type = schema['type']
  if (Array.isArray(type)) return type.join(' or ')
  if (type === 'array') return 'list'
  if (type === 'string' && typeof schema['format'] === 'string') return schema['format']
  return typeof type === 'string' ? type : 'anything'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
