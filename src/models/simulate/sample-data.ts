import { StructStreamError } from '../../errors.ts'
import { keyOfToken } from '../../pointer.ts'
import type { JsonSchemaObject } from '../../types.ts'
import { random, type Random } from './random.ts'
import { fitsRules, textOfPatterns } from './sample-text.ts'
import { withStatedRules } from './stated-rules.ts'

/** Below this, everything that may be left out is, so that recursive schemas come to an end. */
const DEEPEST = 5

const WORDS =
  'amber bridge cedar delta ember forest garden harbor island journey kettle lantern meadow needle orchard paper quiet river silver timber under valley window yellow'.split(
    ' ',
  )

/** Answers that look right where the key tells what is meant. */
const BY_NAME: Record<string, readonly string[]> = {
  name: ['Ada Lovelace', 'Grace Hopper', 'Alan Turing'],
  title: ['The Quiet Harbor', 'A Bridge of Paper', 'Silver Meadow'],
  email: ['ada@example.com', 'grace@example.org'],
  city: ['Lisbon', 'Kyoto', 'Oslo'],
  country: ['Portugal', 'Japan', 'Norway'],
  currency: ['EUR', 'USD', 'JPY'],
}

const BY_FORMAT: Record<string, readonly string[]> = {
  email: ['ada@example.com', 'grace@example.org'],
  uri: ['https://example.com/a', 'https://example.org/b'],
  url: ['https://example.com/a', 'https://example.org/b'],
  uuid: ['4f6c1b0e-5d7a-4c3e-9a41-0b8f1f6f2a11', 'a3bb189e-8bf9-4c4a-9f3a-2c6d1f0e7b55'],
  date: ['2025-03-14', '2024-11-02'],
  time: ['09:30:00Z', '18:45:00Z'],
  'date-time': ['2025-03-14T09:30:00Z', '2024-11-02T18:45:00Z'],
  duration: ['PT1H', 'P2D'],
  ipv4: ['192.0.2.1', '198.51.100.7'],
  ipv6: ['2001:db8::1', '2001:db8::7'],
  hostname: ['example.com', 'example.org'],
  'uri-reference': ['/a/b', '../c'],
  'json-pointer': ['/a/0', '/b'],
  cidrv4: ['192.0.2.0/24'],
  cidrv6: ['2001:db8::/32'],
  base64: ['YW1iZXI=', 'Y2VkYXI='],
  base64url: ['YW1iZXI', 'Y2VkYXI'],
  regex: ['^[a-z]+$'],
}

/** Elements or keys that are made for one that has to differ from the others. */
const TRIES = 50

/**
 * Sample data that fits a JSON Schema, the same for the same seed.
 *
 * @throws `unsupported_schema` where none was found, such as for a pattern with a back reference
 */
export function sampleOf(schema: JsonSchemaObject, seed: number): unknown {
  return new Sampler(schema, random(seed)).value(schema, '', 0)
}

class Sampler {
  readonly #root: JsonSchemaObject
  readonly #random: Random

  constructor(root: JsonSchemaObject, random: Random) {
    this.#root = root
    this.#random = random
  }

  value(given: unknown, name: string, depth: number): unknown {
    const schema = this.#resolve(given)
    if ('const' in schema) return schema['const']
    const options = list(schema['enum'])
    if (options.length > 0) return this.#pick(options)
    const branches = [...list(schema['anyOf']), ...list(schema['oneOf'])]
    if (branches.length > 0) {
      // Deep down, the branch that ends soonest: the one that isn't an object or array.
      const types = branches.map((branch) => this.#type(this.#resolve(branch)))
      const flat = branches.filter((_, i) => types[i] !== 'object' && types[i] !== 'array' && types[i] !== undefined)
      const full = branches.filter((_, i) => types[i] !== 'null')
      const chosen = this.#pick(depth >= DEEPEST && flat.length > 0 ? flat : full)
      return this.value(chosen ?? branches[0], name, depth)
    }
    switch (this.#type(schema)) {
      case 'object':
        return this.#object(schema, depth)
      case 'array':
        return this.#array(schema, name, depth)
      case 'string':
        return this.#string(schema, name)
      case 'number':
      case 'integer':
        return this.#number(schema, name)
      case 'boolean':
        return this.#random(0, 1) === 1
      case 'null':
        return null
      default:
        return this.#words(2)
    }
  }

  #object(schema: JsonSchemaObject, depth: number): unknown {
    const needed = list(schema['required'])
    const entries = Object.entries(object(schema['properties'])).filter(
      ([key]) => depth < DEEPEST || needed.includes(key),
    )
    const extra = schema['additionalProperties']
    if (entries.length === 0 && typeof extra === 'object') {
      const keys = object(schema['propertyNames'])
      const names = new Set('enum' in keys ? list(keys['enum']).map(String) : [])
      const most = numeric(schema['maxProperties']) ?? Infinity
      const least = numeric(schema['minProperties']) ?? 0
      const isText =
        'pattern' in keys || 'format' in keys || 'allOf' in keys || 'minLength' in keys || 'maxLength' in keys
      for (
        let tries = 0;
        !('enum' in keys) && names.size < Math.min(most, Math.max(2, least)) && tries < TRIES;
        tries++
      ) {
        names.add(isText ? this.#string(this.#resolve(keys), '') : this.#words(1))
      }
      if (names.size < least) nothingFits('', schema)
      for (const key of names) entries.push([key, extra])
    }
    return Object.fromEntries(entries.map(([key, value]) => [key, this.value(value, key, depth + 1)]))
  }

  #array(schema: JsonSchemaObject, name: string, depth: number): unknown {
    const slots = list(schema['prefixItems'])
    const least = numeric(schema['minItems']) ?? 0
    const wanted = depth >= DEEPEST ? 0 : this.#random(2, 4)
    const count = Math.min(Math.max(least, wanted), numeric(schema['maxItems']) ?? Infinity)
    const { items } = schema
    const length =
      slots.length > 0 && (items === undefined || items === false) ? slots.length : Math.max(count, slots.length)
    const isUnique = schema['uniqueItems'] === true
    const elements: unknown[] = []
    const seen = new Set<string>()
    for (let tries = 0; elements.length < length && tries < length * TRIES; tries++) {
      const element = this.value(slots[elements.length] ?? items, name, depth + 1)
      const key = JSON.stringify(element)
      if (!isUnique || !seen.has(key)) elements.push(element)
      seen.add(key)
    }
    return elements.length < least ? nothingFits(name, schema) : elements
  }

  #string(schema: JsonSchemaObject, name: string): string {
    const rules = {
      patterns: list(schema['patterns'] ?? [schema['pattern']]).filter((one) => typeof one === 'string'),
      least: numeric(schema['minLength']) ?? 0,
      most: numeric(schema['maxLength']) ?? Infinity,
    }
    const format = String(schema['format'])
    const isKnown = Object.hasOwn(BY_FORMAT, format)
    const typical = isKnown ? BY_FORMAT[format]! : Object.hasOwn(BY_NAME, name) ? BY_NAME[name]! : []
    const fitting = typical.filter((text) => fitsRules(text, rules))
    if (fitting.length > 0) return this.#pick(fitting)!
    if (rules.patterns.length > 0) return textOfPatterns(rules, this.#random) ?? nothingFits(name, schema)
    if (isKnown) return nothingFits(name, schema)
    let text = this.#words(this.#random(4, 12))
    while (text.length < rules.least) text += ` ${this.#words(1)}`
    return text.slice(0, rules.most)
  }

  #number(schema: JsonSchemaObject, name: string): number {
    const isInteger = this.#type(schema) === 'integer'
    const multiple = numeric(schema['multipleOf'])
    const steps = multiple !== undefined ? [multiple] : isInteger ? [1] : [0.1, 0.001, 0.000_001]
    const isYear = /year/i.test(name)
    const [above, below] = [numeric(schema['exclusiveMinimum']), numeric(schema['exclusiveMaximum'])]
    const least = Math.max(numeric(schema['minimum']) ?? -Infinity, above ?? -Infinity)
    const most = Math.min(numeric(schema['maximum']) ?? Infinity, below ?? Infinity)
    const from = least > -Infinity ? least : Math.min(isYear ? 1950 : 1, most)
    const to = Math.min(most < Infinity ? most : Math.max(isYear ? 2025 : 100, from), from + 1_000)
    for (const step of steps) {
      const first = Math.ceil(from / step)
      // A step that is wider than the usual range still has a multiple above it.
      const last = Math.max(Math.floor(to / step), most === Infinity ? first + 1 : -Infinity)
      for (let tries = 0; tries < TRIES && first <= last; tries++) {
        const value = Number((this.#random(first, last) * step).toPrecision(12))
        const isInside = value >= least && value <= most && value !== above && value !== below
        if (isInside && (!isInteger || Number.isInteger(value))) return value
      }
    }
    return nothingFits(name, schema)
  }

  #words(count: number): string {
    const words = Array.from({ length: count }, () => this.#pick(WORDS)!)
    const text = words.join(' ')
    return count > 2 ? `${text[0]!.toUpperCase()}${text.slice(1)}.` : text
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : items[this.#random(0, items.length - 1)]
  }

  #type(schema: JsonSchemaObject): unknown {
    const { type } = schema
    if (Array.isArray(type)) return type.find((one) => one !== 'null') ?? 'null'
    if (type !== undefined) return type
    if ('properties' in schema || 'additionalProperties' in schema) return 'object'
    return 'items' in schema || 'prefixItems' in schema ? 'array' : undefined
  }

  /** Follows `#/…` references, and puts `allOf` together. */
  #resolve(given: unknown): JsonSchemaObject {
    let schema = object(given)
    for (let hops = 0; typeof schema['$ref'] === 'string' && hops < 32; hops++) {
      const keys = schema['$ref'].replace(/^#\/?/, '').split('/').filter(Boolean)
      let target: unknown = this.#root
      for (const key of keys) target = object(target)[keyOfToken(decodeURIComponent(key))]
      schema = object(target)
    }
    const parts = list(schema['allOf']).map((part) => this.#resolve(part))
    if (parts.length === 0) return withStatedRules(schema)
    const { allOf: _, ...own } = schema
    const all = [...parts, own]
    const properties = Object.assign({}, ...all.map((part) => part['properties'])) as object
    const needed = all.flatMap((part) => list(part['required']))
    const patterns = all.flatMap((part) => list(part['patterns'] ?? [part['pattern']]))
    return {
      ...(Object.assign({}, ...all) as object),
      patterns,
      ...(Object.keys(properties).length > 0 && { properties, required: needed }),
    }
  }
}

/** @throws `unsupported_schema` */
function nothingFits(name: string, { description: _, patterns: __, ...schema }: JsonSchemaObject): never {
  const where = name === '' ? '' : ` for the key \`${name}\``
  throw new StructStreamError(
    'unsupported_schema',
    `No made-up data${where} was found that fits ${JSON.stringify(schema)}. Give the answer: \`response\` or \`truth\` of simulate(), \`data\` or \`truth\` of a reply of startProviderServer().`,
  )
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Bounds that only say "any safe integer" count as none. */
function numeric(value: unknown): number | undefined {
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined
}
