import * as fc from 'fast-check'

import type { Choices } from './property.ts'

type Schema = Record<string, unknown>

/** Parts of a value; larger ones are given up. */
const MAX_PARTS = 400
const MAX_DEPTH = 6
const MAX_TRAIL = 50

/** There is no value that the sampler could make. */
const NONE: unique symbol = Symbol('none')

/**
 * Makes values that a JSON Schema is meant for, straight from its keywords: nearly all of them fit it, which a
 * validator has to confirm. Shares nothing with the compiler.
 */
export class Sampler {
  readonly #root: Schema
  readonly #isOld: boolean
  readonly #patterns = new Map<string, string[]>()
  #parts = 0

  constructor(root: Schema) {
    this.#root = root
    this.#isOld = /draft-0[3-7]/.test(String(root['$schema']))
  }

  /** A value, or `undefined` when none was found. */
  sample(choices: Choices): unknown {
    this.#parts = 0
    const value = this.#value([this.#root], choices, 0)
    return value === NONE ? undefined : value
  }

  #value(schemas: readonly unknown[], choices: Choices, depth: number): unknown {
    if (++this.#parts > MAX_PARTS) return NONE
    const all: Schema[] = []
    for (const schema of schemas) if (!this.#gather(schema, choices, depth, all, 0)) return NONE
    const constants = all.flatMap((schema) => ('const' in schema ? [[schema['const']]] : []))
    const enums = all.flatMap((schema) => (Array.isArray(schema['enum']) ? [schema['enum'] as unknown[]] : []))
    const lists = [...constants, ...enums]
    if (lists[0] !== undefined) {
      const texts = lists.slice(1).map((list) => new Set(list.map((value) => JSON.stringify(value))))
      const options = lists[0].filter((value) => texts.every((set) => set.has(JSON.stringify(value))))
      return options.length === 0 ? NONE : choices.pick(options)
    }
    const type = this.#type(all, choices, depth)
    switch (type) {
      case 'null':
        return null
      case 'boolean':
        return choices.chance(50)
      case 'integer':
      case 'number':
        return this.#number(all, type === 'integer', choices)
      case 'string':
        return this.#string(all, choices)
      case 'array':
        return this.#array(all, choices, depth)
      case 'object':
        return this.#object(all, choices, depth)
      default:
        return NONE
    }
  }

  /** Follows `$ref` and `allOf`, and takes one branch of each choice. */
  #gather(schema: unknown, choices: Choices, depth: number, all: Schema[], trail: number): boolean {
    if (schema === true) return true
    if (!isObject(schema) || trail > MAX_TRAIL) return false
    const ref = schema['$ref']
    if (typeof ref === 'string') {
      const target = this.#resolve(ref)
      if (target === undefined || !this.#gather(target, choices, depth, all, trail + 1)) return false
      // Before 2019-09 whatever is next to a `$ref` is ignored.
      if (this.#isOld) return true
    }
    // Where two parts lead to the same one, at each level, they would double.
    if (all.includes(schema)) return true
    all.push(schema)
    for (const part of listOf(schema['allOf'])) if (!this.#gather(part, choices, depth, all, trail + 1)) return false
    for (const keyword of ['anyOf', 'oneOf']) {
      const branches = listOf(schema[keyword])
      if (branches.length === 0) continue
      const start = depth >= MAX_DEPTH ? this.#leanest(branches) : choices.below(branches.length)
      if (!this.#gather(branches[start], choices, depth, all, trail + 1)) return false
    }
    return true
  }

  /** The branch with the fewest parts that only it has. */
  #leanest(branches: readonly unknown[]): number {
    const weight = (branch: unknown): number => {
      const target = isObject(branch) && typeof branch['$ref'] === 'string' ? this.#resolve(branch['$ref']) : branch
      if (!isObject(target)) return 0
      const keys = ['items', 'properties', 'additionalProperties', 'anyOf', 'oneOf', 'allOf', '$ref']
      return keys.filter((key) => key in target).length
    }
    const weights = branches.map(weight)
    return weights.indexOf(Math.min(...weights))
  }

  #resolve(ref: string): unknown {
    if (ref === '#') return this.#root
    if (!ref.startsWith('#/')) return undefined
    let value: unknown = this.#root
    for (const token of ref.slice(2).split('/')) {
      const key = decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~')
      if (Array.isArray(value)) value = value[Number(key)]
      else if (isObject(value) && Object.hasOwn(value, key)) value = value[key]
      else return undefined
    }
    return value
  }

  #type(all: readonly Schema[], choices: Choices, depth: number): string | undefined {
    let types = null as string[] | null
    for (const schema of all) {
      if (schema['type'] === undefined) continue
      const own = [schema['type']].flat() as string[]
      const before = types
      types =
        before === null
          ? own
          : before.flatMap((type) => {
              if (own.includes(type)) return [type]
              if (type === 'integer' && own.includes('number')) return [type]
              return type === 'number' && own.includes('integer') ? ['integer'] : []
            })
    }
    if (types === null) {
      const implied = all.flatMap((schema) => Object.keys(schema).flatMap((key) => IMPLIED[key] ?? []))
      types = implied.length > 0 ? implied : ['string', 'number', 'boolean', 'null']
    }
    if (depth >= MAX_DEPTH) {
      const flat = types.filter((type) => type !== 'array' && type !== 'object')
      if (flat.length > 0) types = flat
    }
    return types.length === 0 ? undefined : choices.pick(types)
  }

  #number(all: readonly Schema[], integer: boolean, choices: Choices): number {
    let low = -Infinity
    let high = Infinity
    let step = integer ? 1 : 0
    for (const schema of all) {
      const get = (key: string): number | undefined => (typeof schema[key] === 'number' ? schema[key] : undefined)
      const open = integer ? 1 : 0.5
      low = Math.max(low, get('minimum') ?? -Infinity, (get('exclusiveMinimum') ?? -Infinity) + open)
      high = Math.min(high, get('maximum') ?? Infinity, (get('exclusiveMaximum') ?? Infinity) - open)
      if (schema['exclusiveMinimum'] === true) low += open
      if (schema['exclusiveMaximum'] === true) high -= open
      step = get('multipleOf') ?? step
    }
    const from = low > -Infinity ? low : high < Infinity ? high - 10 : -2
    const to = high < Infinity ? high : from + 10
    const value = choices.pick([from, to, from + (to - from) / 2, Math.min(to, Math.max(from, 1))])
    return step > 0 ? Math.ceil(value / step) * step : value
  }

  #string(all: readonly Schema[], choices: Choices): string {
    const least = Math.max(0, ...all.map((schema) => Number(schema['minLength'] ?? 0)))
    const most = Math.min(Infinity, ...all.map((schema) => Number(schema['maxLength'] ?? Infinity)))
    const patterns = all.flatMap((schema) => (typeof schema['pattern'] === 'string' ? [schema['pattern']] : []))
    if (patterns[0] !== undefined) {
      const fitting = this.#matching(patterns[0]).filter((text) => text.length >= least && text.length <= most)
      if (fitting.length > 0) return choices.pick(fitting)
    }
    const format = all.map((schema) => FORMATS[String(schema['format'])]).find((example) => example !== undefined)
    if (format !== undefined) return format
    const text = choices.pick(['a', 'text', 'é😀', 'a longer text', ''])
    return text.padEnd(Math.min(least, 1000), 'x').slice(0, most)
  }

  #matching(pattern: string): string[] {
    let known = this.#patterns.get(pattern)
    if (known === undefined) {
      known = []
      try {
        known = fc.sample(fc.stringMatching(new RegExp(pattern, 'u')), { numRuns: 6, seed: 1 })
      } catch {
        known = USUAL.filter((text) => matches(pattern, text))
      }
      this.#patterns.set(pattern, known)
    }
    return known
  }

  #array(all: readonly Schema[], choices: Choices, depth: number): unknown {
    const least = Math.max(0, ...all.map((schema) => Number(schema['minItems'] ?? 0)))
    const most = Math.min(Infinity, ...all.map((schema) => Number(schema['maxItems'] ?? Infinity)))
    const wanted = depth >= MAX_DEPTH ? least : least + choices.below(3)
    const array: unknown[] = []
    for (let index = 0; index < Math.min(wanted, most, least + 3); index++) {
      const schemas: unknown[] = []
      for (const schema of all) {
        const tuple = Array.isArray(schema['items']) ? schema['items'] : listOf(schema['prefixItems'])
        const rest = Array.isArray(schema['items']) ? schema['additionalItems'] : schema['items']
        const slot = index < tuple.length ? tuple[index] : rest
        if (slot !== undefined) schemas.push(slot)
        // What no one speaks of is not asked for.
        else if (tuple.length > 0) return array.length < least ? NONE : array
      }
      const element = this.#value(schemas, choices, depth + 1)
      if (element === NONE) {
        if (index < least) return NONE
        break
      }
      array.push(element)
    }
    return array
  }

  #object(all: readonly Schema[], choices: Choices, depth: number): unknown {
    const declared = new Map<string, unknown[]>()
    for (const schema of all) {
      for (const [key, child] of Object.entries(isObject(schema['properties']) ? schema['properties'] : {})) {
        const known = declared.get(key)
        if (known === undefined) declared.set(key, [child])
        else known.push(child)
      }
    }
    const required = new Set(all.flatMap((schema) => listOf(schema['required']).map(String)))
    const least = Math.max(0, ...all.map((schema) => Number(schema['minProperties'] ?? 0)))
    // Of wide objects a few keys will do.
    const share = depth >= MAX_DEPTH ? 0 : Math.min(50, 600 / (declared.size + 1))
    const keys = [...declared.keys()].filter((key) => !required.has(key) && choices.chance(share))
    const object: Record<string, unknown> = {}
    const put = (key: string): boolean => {
      const schemas = [...(declared.get(key) ?? [])]
      for (const schema of all) {
        let isKnown = isObject(schema['properties']) && Object.hasOwn(schema['properties'], key)
        for (const [pattern, child] of Object.entries(
          isObject(schema['patternProperties']) ? schema['patternProperties'] : {},
        )) {
          if (!matches(pattern, key)) continue
          schemas.push(child)
          isKnown = true
        }
        if (!isKnown && schema['additionalProperties'] !== undefined) schemas.push(schema['additionalProperties'])
      }
      const value = this.#value(schemas, choices, depth + 1)
      if (value === NONE) return false
      Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
      return true
    }
    for (const key of required) if (!put(key)) return NONE
    for (const key of keys) put(key)
    const names = all.flatMap((schema) =>
      Object.keys(isObject(schema['patternProperties']) ? schema['patternProperties'] : {}).flatMap((pattern) =>
        this.#matching(pattern).slice(0, 2),
      ),
    )
    const isOpen = all.some((schema) => isObject(schema['additionalProperties']))
    if (isOpen) names.push('extra', 'more')
    const wanted = Math.max(depth >= MAX_DEPTH ? 0 : choices.below(3), least - Object.keys(object).length)
    if (isOpen || names.length > 0) for (const name of names.slice(0, wanted)) if (!(name in object)) put(name)
    return object
  }
}

/** The same value with one part changed, so that it may no longer fit. */
export function spoil(value: unknown, choices: Choices): unknown {
  const copy = structuredClone(value)
  let holder: unknown = copy
  for (let depth = 0; depth < 8; depth++) {
    if (typeof holder !== 'object' || holder === null) break
    const target = holder as Record<string, unknown>
    const keys = Object.keys(target)
    if (keys.length === 0) break
    const key = choices.pick(keys)
    const child = target[key]
    if (typeof child === 'object' && child !== null && choices.chance(70) && Object.keys(child).length > 0) {
      holder = child
      continue
    }
    const way = Array.isArray(target) ? 'change' : choices.pick(['remove', 'add', 'change', 'change'])
    if (way === 'remove') delete target[key]
    else if (way === 'add') target['unknown_key'] = 1
    else target[key] = choices.pick<unknown>([null, true, -1, 1.5, 'nonsense', [], {}, [1], { a: 1 }])
    return copy
  }
  return choices.pick<unknown>([null, true, -1, 'nonsense', [], {}])
}

const IMPLIED: Record<string, string> = {
  properties: 'object',
  required: 'object',
  additionalProperties: 'object',
  patternProperties: 'object',
  items: 'array',
  minItems: 'array',
  pattern: 'string',
  format: 'string',
  minLength: 'string',
  maxLength: 'string',
  minimum: 'number',
  maximum: 'number',
}

const FORMATS: Record<string, string> = {
  'date-time': '2020-01-31T12:00:00Z',
  date: '2020-01-31',
  time: '12:00:00Z',
  email: 'a@example.org',
  uri: 'https://example.org/a',
  url: 'https://example.org/a',
  'uri-reference': '/a',
  'iri-reference': '/a',
  iri: 'https://example.org/a',
  'uri-template': '/a/{b}',
  hostname: 'example.org',
  'idn-email': 'a@example.org',
  ipv4: '127.0.0.1',
  ipv6: '::1',
  uuid: '123e4567-e89b-12d3-a456-426614174000',
  regex: '^a$',
  'json-pointer': '/a',
  duration: 'P1D',
}

const USUAL = [
  'a',
  'A',
  '1',
  'abc',
  '1.0.0',
  '#fff',
  '/a',
  'x-a',
  '$a',
  '2020-01-31',
  'https://example.org',
  '12:00',
  '',
]

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    return false
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
