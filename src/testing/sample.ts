import type { JsonSchemaObject } from '../types.ts'

/**
 * Data that fits a JSON Schema, the same each time. Patterns, `not`, `if` and remote references are beyond it.
 *
 * Cost: O(size of the sample); recursion ends at six levels where the schema lets it.
 */
export function sampleOf(schema: JsonSchemaObject): unknown {
  return sample(schema, { root: schema, name: 'value', index: 0, depth: 0 })
}

interface Place {
  root: JsonSchemaObject
  /** The key that holds the value, for text that reads well. */
  name: string
  /** Position in the array that holds it. */
  index: number
  depth: number
}

const deep = 6

function sample(schema: unknown, place: Place): unknown {
  if (typeof schema !== 'object' || schema === null) return null
  const node = schema as JsonSchemaObject
  if (place.depth > 64) return null
  const reference = node['$ref']
  if (typeof reference === 'string') {
    return sample({ ...resolve(reference, place.root), ...without(node, '$ref') }, { ...place, depth: place.depth + 1 })
  }
  if ('const' in node) return node['const']
  if (Array.isArray(node['enum'])) return node['enum'][place.index % node['enum'].length]
  if (Array.isArray(node['examples']) && node['examples'].length > 0) return node['examples'][0]
  if ('default' in node) return node['default']
  if (Array.isArray(node['allOf'])) return sample(merged(node, node['allOf'], place.root), place)
  const branches = node['anyOf'] ?? node['oneOf']
  if (Array.isArray(branches) && branches.length > 0) return sample(pick(branches, place), place)

  switch (typeOf(node, place)) {
    case 'object':
      return object(node, place)
    case 'array':
      return array(node, place)
    case 'string':
      return string(node, place)
    case 'integer':
      return number(node, place, 1)
    case 'number':
      return number(node, place, typeof node['multipleOf'] === 'number' ? node['multipleOf'] : 0.5)
    case 'boolean':
      return place.index % 2 === 0
    default:
      return null
  }
}

function typeOf(node: JsonSchemaObject, place: Place): string {
  const { type } = node
  if (Array.isArray(type)) return String(pick(type, place)).toLowerCase()
  // Gemini's older schemas write types in capitals.
  if (typeof type === 'string') return type.toLowerCase()
  if ('properties' in node || 'additionalProperties' in node) return 'object'
  if ('items' in node || 'prefixItems' in node) return 'array'
  return 'string'
}

/** Branches take turns along an array; deep down, whichever ends soonest. */
function pick(branches: readonly unknown[], place: Place): unknown {
  const isNull = (branch: unknown): boolean =>
    branch === 'null' || (typeof branch === 'object' && (branch as JsonSchemaObject)?.['type'] === 'null')
  if (place.depth > deep) {
    const flat = branches.find((branch) => isNull(branch) || !/"(\$ref|properties|items)"/.test(JSON.stringify(branch)))
    if (flat !== undefined) return flat
  }
  const shown = branches.filter((branch) => !isNull(branch))
  return shown.length > 0 ? shown[place.index % shown.length] : branches[0]
}

function object(node: JsonSchemaObject, place: Place): Record<string, unknown> {
  const properties = (node['properties'] ?? {}) as Record<string, unknown>
  const required = new Set(Array.isArray(node['required']) ? node['required'] : [])
  const result: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties)) {
    if (place.depth >= deep && !required.has(name)) continue
    define(result, name, sample(property, { ...place, name, depth: place.depth + 1 }))
  }
  const rest = node['additionalProperties']
  const isDictionary = Object.keys(properties).length === 0 && typeof rest === 'object' && place.depth < deep
  if (isDictionary) {
    for (const name of ['first', 'second'])
      define(result, name, sample(rest, { ...place, name, depth: place.depth + 1 }))
  }
  return result
}

/** An own property whatever its name: `result.__proto__ = …` would change the prototype. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

function array(node: JsonSchemaObject, place: Place): unknown[] {
  const slots = Array.isArray(node['prefixItems']) ? node['prefixItems'] : []
  const below = { ...place, name: singular(place.name), depth: place.depth + 1 }
  const result = slots.map((slot, index) => sample(slot, { ...below, index }))
  const min = Number(node['minItems'] ?? 0)
  const max = Number(node['maxItems'] ?? Infinity)
  const wanted = Math.min(max, Math.max(min, place.depth >= deep ? 0 : 3))
  if (node['items'] === undefined || node['items'] === false) return result
  while (result.length < wanted) result.push(sample(node['items'], { ...below, index: result.length }))
  return result
}

const formats: Record<string, string> = {
  'date-time': '2026-01-15T09:30:00Z',
  date: '2026-01-15',
  time: '09:30:00Z',
  duration: 'PT1H30M',
  email: 'ada@example.com',
  'idn-email': 'ada@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/page',
  'uri-reference': 'https://example.com/page',
  url: 'https://example.com/page',
  uuid: '3f2b8c1e-5d47-4a6b-9c0d-1e2f3a4b5c6d',
  base64: 'c2FtcGxl',
  base64url: 'c2FtcGxl',
  byte: 'c2FtcGxl',
  regex: '^sample$',
  'json-pointer': '/sample',
  emoji: '🙂',
  cidrv4: '192.0.2.0/24',
  cidrv6: '2001:db8::/32',
  cuid: 'cjld2cjxh0000qzrmn831i7rn',
  cuid2: 'tz4a98xxat96iws9zmbrgj3a',
  ulid: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  nanoid: 'V1StGXR8_Z5jdHi6B-myT',
  e164: '+14155552671',
}

function string(node: JsonSchemaObject, place: Place): string {
  const format = typeof node['format'] === 'string' ? formats[node['format']] : undefined
  if (format !== undefined) return format
  const number = place.index > 0 ? ` ${place.index + 1}` : ''
  const text = `Sample ${words(place.name)}${number}`
  const min = Number(node['minLength'] ?? 0)
  const max = Number(node['maxLength'] ?? Infinity)
  return text.padEnd(min, '.').slice(0, max)
}

function number(node: JsonSchemaObject, place: Place, step: number): number {
  const low = bound(node['minimum'], node['exclusiveMinimum'], step)
  const high = bound(node['maximum'], node['exclusiveMaximum'], -step)
  const start = low ?? (high !== undefined && high < 1 ? high : Math.min(1, high ?? 1))
  const multiple = typeof node['multipleOf'] === 'number' ? node['multipleOf'] : step
  const aligned = Math.ceil(start / multiple) * multiple
  const shifted = aligned + place.index * multiple
  return high !== undefined && shifted > high ? aligned : shifted
}

function bound(inclusive: unknown, exclusive: unknown, step: number): number | undefined {
  if (typeof exclusive === 'number') return exclusive + step
  return typeof inclusive === 'number' ? inclusive : undefined
}

function resolve(reference: string, root: JsonSchemaObject): JsonSchemaObject {
  let here: unknown = root
  for (const part of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    here =
      typeof here === 'object' && here !== null && Object.hasOwn(here, key)
        ? (here as JsonSchemaObject)[key]
        : undefined
  }
  return typeof here === 'object' && here !== null ? (here as JsonSchemaObject) : {}
}

function merged(node: JsonSchemaObject, parts: unknown[], root: JsonSchemaObject): JsonSchemaObject {
  let result: Record<string, unknown> = without(node, 'allOf')
  for (const part of parts) {
    if (typeof part !== 'object' || part === null) continue
    const reference = (part as JsonSchemaObject)['$ref']
    const found = (typeof reference === 'string' ? resolve(reference, root) : part) as Record<string, unknown>
    const properties = { ...(result['properties'] as object), ...(found['properties'] as object) }
    const required = [...list(result['required']), ...list(found['required'])]
    result = { ...result, ...found, ...(Object.keys(properties).length > 0 ? { properties } : {}), required }
  }
  return result
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function without(node: JsonSchemaObject, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(node).filter(([name]) => name !== key))
}

/** `keyPoints` → `key point`. */
function words(name: string): string {
  return name
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
}

function singular(name: string): string {
  return name.length > 3 && name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : name
}
