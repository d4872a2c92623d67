import type { Dialect, JsonSchemaObject } from '../../../src/types.ts'

/**
 * A checker of emitted schemas against what the providers document, written from their pages and sharing
 * nothing with the compiler. Gives one line for each thing that would be refused or ignored.
 */
export function violationsOf(schema: JsonSchemaObject, dialect: Dialect): string[] {
  const rules = RULES[dialect]
  if (rules === null) return []
  const found: string[] = []
  const counts = { properties: 0, enumValues: 0, characters: 0, optional: 0 }
  const defs = (schema['$defs'] ?? {}) as Record<string, JsonSchemaObject>

  const visit = (node: JsonSchemaObject, path: string): void => {
    const say = (message: string): void => void found.push(`${path}: ${message}`)
    const keywords = Object.keys(node)
    for (const keyword of keywords) {
      if (!rules.keywords.has(keyword) && !(path === '#' && keyword === '$defs')) say(`${keyword} is not in the subset`)
    }
    if ('$ref' in node) {
      if (keywords.some((keyword) => !['$ref', '$defs'].includes(keyword))) say('$ref has siblings')
      const name = String(node['$ref']).slice('#/$defs/'.length)
      if (node['$ref'] !== '#' && !Object.hasOwn(defs, name)) say(`${String(node['$ref'])} points to nothing`)
    }
    const types = [node['type'] ?? []].flat() as string[]
    const isTyped = types.length > 0 || '$ref' in node || 'anyOf' in node
    if (!isTyped && !rules.untyped) say('it has no type')
    for (const type of types) if (!TYPES.has(type)) say(`${type} isn't a type`)
    if (types.includes('object')) {
      const properties = Object.keys(node['properties'] ?? {})
      const required = (node['required'] ?? []) as string[]
      counts.properties += properties.length
      counts.characters += properties.join('').length
      counts.optional += properties.length - required.length
      if (rules.closed && node['additionalProperties'] !== false) say('additionalProperties is not false')
      if (rules.allRequired && properties.some((key) => !required.includes(key))) say('not every key is required')
      if (required.some((key) => !properties.includes(key))) say('a required key is not declared')
    }
    if (types.includes('array') && !('items' in node) && !('prefixItems' in node)) say('it has no items')
    if (Array.isArray(node['enum'])) {
      const values = node['enum'] as unknown[]
      if (values.length === 0) say('the enum is empty')
      if (values.some((value) => typeof value === 'object' && value !== null)) say('the enum holds objects')
      if (rules.plainEnums && values.some((value) => typeof value !== 'string' && typeof value !== 'number'))
        say('the enum holds more than strings and numbers')
      counts.enumValues += values.length
      counts.characters += values.join('').length
    }
    if (typeof node['pattern'] === 'string') {
      if (!rules.patterns) say('pattern is not in the subset')
      if (/\(\?(?:=|!|<=|<!)/.test(node['pattern'])) say('the pattern looks around')
    }
    if (typeof node['format'] === 'string' && !rules.formats.includes(node['format']))
      say(`the format ${node['format']} is not in the subset`)
    if (typeof node['minItems'] === 'number' && node['minItems'] > rules.minItems) say('minItems is too great')
    for (const [child, step] of childrenOf(node)) visit(child, `${path}/${step}`)
  }

  visit(schema, '#')
  for (const [name, def] of Object.entries(defs)) visit(def, `#/$defs/${name}`)
  if (rules.objectRoot && (schema['type'] !== 'object' || 'anyOf' in schema)) found.push('#: the root is not an object')
  if (counts.properties > rules.properties) found.push(`#: ${counts.properties} properties`)
  if (counts.enumValues > rules.enumValues) found.push(`#: ${counts.enumValues} enum values`)
  if (counts.optional > rules.optional) found.push(`#: ${counts.optional} optional keys`)
  if (rules.levels < Infinity && levels(schema, defs, new Map()) > rules.levels) found.push('#: too many levels')
  if (rules.recursion !== 'any') {
    const links = linksOf(schema, defs)
    for (const name of links.keys()) {
      if (leadsBack(name, links, rules.recursion === 'optional')) found.push(`${name}: leads back to itself`)
    }
  }
  return found
}

interface Rules {
  keywords: Set<string>
  objectRoot: boolean
  closed: boolean
  allRequired: boolean
  untyped: boolean
  plainEnums: boolean
  patterns: boolean
  formats: string[]
  minItems: number
  properties: number
  enumValues: number
  levels: number
  optional: number
  recursion: 'any' | 'optional' | 'none'
}

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])
const COMMON = ['type', 'title', 'description', 'enum', 'properties', 'required', 'items', 'anyOf', '$ref']

const OPENAI: Rules = {
  keywords: new Set([
    ...COMMON,
    'const',
    'additionalProperties',
    'pattern',
    'format',
    'multipleOf',
    'maximum',
    'exclusiveMaximum',
    'minimum',
    'exclusiveMinimum',
    'minItems',
    'maxItems',
  ]),
  objectRoot: true,
  closed: true,
  allRequired: true,
  untyped: false,
  plainEnums: false,
  patterns: true,
  formats: ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'],
  minItems: Infinity,
  properties: 5000,
  enumValues: 1000,
  levels: 10,
  optional: 0,
  recursion: 'any',
}

const RULES: Record<Dialect, Rules | null> = {
  'json-schema': null,
  openai: OPENAI,
  groq: {
    ...OPENAI,
    keywords: new Set([...COMMON, 'const', 'additionalProperties']),
    patterns: false,
    formats: [],
  },
  anthropic: {
    keywords: new Set([...COMMON, 'const', 'additionalProperties', 'pattern', 'format', 'minItems']),
    objectRoot: false,
    closed: true,
    allRequired: false,
    untyped: false,
    plainEnums: false,
    patterns: true,
    formats: ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
    minItems: 1,
    properties: Infinity,
    enumValues: Infinity,
    levels: Infinity,
    optional: 24,
    recursion: 'none',
  },
  gemini: {
    keywords: new Set([
      ...COMMON,
      'additionalProperties',
      'prefixItems',
      'propertyOrdering',
      'format',
      'minItems',
      'maxItems',
      'minimum',
      'maximum',
    ]),
    objectRoot: false,
    closed: false,
    allRequired: false,
    untyped: true,
    plainEnums: true,
    patterns: false,
    formats: ['date-time', 'date', 'time'],
    minItems: Infinity,
    properties: Infinity,
    enumValues: Infinity,
    levels: Infinity,
    optional: Infinity,
    recursion: 'optional',
  },
  ollama: {
    keywords: new Set([
      ...COMMON,
      'const',
      'additionalProperties',
      'prefixItems',
      'format',
      'minItems',
      'maxItems',
      'minLength',
      'maxLength',
      'minimum',
      'maximum',
      'exclusiveMinimum',
      'exclusiveMaximum',
    ]),
    objectRoot: false,
    closed: false,
    allRequired: false,
    untyped: true,
    plainEnums: false,
    patterns: false,
    formats: ['date', 'time', 'date-time', 'uuid'],
    minItems: Infinity,
    properties: Infinity,
    enumValues: Infinity,
    levels: Infinity,
    optional: Infinity,
    recursion: 'any',
  },
}

function childrenOf(node: JsonSchemaObject): [JsonSchemaObject, string, isOptional: boolean][] {
  const children: [JsonSchemaObject, string, boolean][] = []
  const required = (node['required'] ?? []) as string[]
  for (const [key, child] of Object.entries((node['properties'] ?? {}) as Record<string, JsonSchemaObject>)) {
    children.push([child, `properties/${key}`, !required.includes(key)])
  }
  for (const keyword of ['anyOf', 'prefixItems']) {
    for (const [index, child] of ((node[keyword] ?? []) as JsonSchemaObject[]).entries())
      children.push([child, `${keyword}/${index}`, false])
  }
  for (const keyword of ['items', 'additionalProperties']) {
    const child = node[keyword]
    if (typeof child === 'object' && child !== null) children.push([child as JsonSchemaObject, keyword, false])
  }
  return children
}

/** Objects and arrays inside one another, references followed; `known` holds the definitions' own, 0 while one is counted. */
function levels(node: JsonSchemaObject, defs: Record<string, JsonSchemaObject>, known: Map<string, number>): number {
  if (typeof node['$ref'] === 'string') {
    const name = node['$ref'].slice('#/$defs/'.length)
    const target = defs[name]
    if (target === undefined) return 0
    if (!known.has(name)) {
      known.set(name, 0)
      known.set(name, levels(target, defs, known))
    }
    return known.get(name)!
  }
  const inner = Math.max(0, ...childrenOf(node).map(([child]) => levels(child, defs, known)))
  const types = [node['type']].flat()
  return types.includes('object') || types.includes('array') ? inner + 1 : inner
}

/** To which definitions each one leads (`#` is the root), and whether only through keys that may be left out. */
type Links = Map<string, Map<string, boolean>>

function linksOf(schema: JsonSchemaObject, defs: Record<string, JsonSchemaObject>): Links {
  const links: Links = new Map()
  for (const [name, start] of [['#', schema] as const, ...Object.entries(defs)]) {
    const targets = new Map<string, boolean>()
    const visit = (node: JsonSchemaObject, isOptional: boolean): void => {
      if (typeof node['$ref'] === 'string') {
        const target = node['$ref'] === '#' ? '#' : node['$ref'].slice('#/$defs/'.length)
        targets.set(target, isOptional && targets.get(target) !== false)
        return
      }
      for (const [child, , mayBeAbsent] of childrenOf(node)) visit(child, isOptional || mayBeAbsent)
    }
    visit(start, false)
    links.set(name, targets)
  }
  return links
}

/** Whether a definition's references lead back to it; `rigid`: without going through an optional key. */
function leadsBack(goal: string, links: Links, rigid: boolean): boolean {
  const seen = new Set<string>()
  const open = [goal]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const [target, isOptional] of links.get(name) ?? []) {
      if (rigid && isOptional) continue
      if (target === goal) return true
      if (!seen.has(target)) open.push(target)
      seen.add(target)
    }
  }
  return false
}
