import { isCertainlyWrong } from './json-table.ts'
import { partOf, type Part } from './prefix.ts'

/**
 * Whether some text that begins with this one is a value that fits: the best that any reader could know. For schemas of
 * keywords whose parts can be judged one by one: types, values, bounds, lengths, patterns, counts, elements, keys,
 * `anyOf`, `allOf`, `$ref`.
 */
export function mayGoOn(schema: unknown, text: string): boolean {
  const part = partOf(text)
  return part === null ? isSatisfiable([schema], schema) : fulfil([schema], part, schema)
}

type Schema = Record<string, any>

/** Strings and numbers that are tried where one may begin, and what they may continue with. */
const STRINGS = ['', 'a', 'b', 'ab', 'aab', 'x', 'bb', 'abab', 'é']
const TAILS = ['', 'a', 'b', 'ab', 'aab', 'bb', 'x', 'aaaa', 'abab']
const NUMBERS = ['0', '1', '2', '3', '5', '10', '-1', '-2', '0.5', '1.5', '-0.5', '100', '4', '6', '8', '-10', '7']
const ENDS = ['', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '00', '10', '25', '50', '100']
const NUMBER_TAILS = ENDS.flatMap((end) => [end, `.${end}`, `0.${end}`, `e${end}`, `e-${end}`, `0e-${end}`, `.0${end}`])

/** All ways to choose branches: each a list of schemas that must all hold. */
function* readings(schemas: readonly unknown[], root: unknown, depth = 0): Generator<Schema[]> {
  const [first, ...rest] = schemas
  if (first === undefined) {
    yield []
    return
  }
  if (first === false || depth > 40) return
  if (first === true) {
    yield* readings(rest, root, depth)
    return
  }
  const { anyOf, allOf, $ref, own } = split(first as Schema)
  const target = $ref === undefined ? [] : [(root as Schema)['$defs'][$ref.slice('#/$defs/'.length)]]
  const choices: unknown[][] = anyOf === undefined ? [[]] : anyOf.map((branch) => [branch])
  for (const choice of choices) {
    for (const others of readings([...target, ...(allOf ?? []), ...choice, ...rest], root, depth + 1))
      yield [own, ...others]
  }
}

interface Split {
  anyOf: unknown[] | undefined
  allOf: unknown[] | undefined
  $ref: string | undefined
  own: Schema
}

const splits = new WeakMap<Schema, Split>()

function split(schema: Schema): Split {
  let known = splits.get(schema)
  if (known === undefined) {
    const { anyOf, allOf, $ref, ...own } = schema
    splits.set(schema, (known = { anyOf, allOf, $ref, own }))
  }
  return known
}

function fulfil(schemas: readonly unknown[], part: Part, root: unknown): boolean {
  for (const all of readings(schemas, root)) if (fulfilAll(all, part, root)) return true
  return false
}

const satisfiable = new WeakMap<object, Map<string, boolean>>()
const numbers = new WeakMap<object, number>()
let count = 0

/** Whether any value fits all of them. */
function isSatisfiable(schemas: readonly unknown[], root: unknown, depth = 0): boolean {
  if (depth > 4) return true
  const key = schemas.map((schema) => (typeof schema === 'object' ? numberOf(schema!) : Number(schema) - 2)).join()
  let known = satisfiable.get(root as object)
  if (known === undefined) satisfiable.set(root as object, (known = new Map()))
  let answer = known.get(key)
  if (answer === undefined) known.set(key, (answer = findValue(schemas, root, depth)))
  return answer
}

function numberOf(schema: object): number {
  let number = numbers.get(schema)
  if (number === undefined) numbers.set(schema, (number = count++))
  return number
}

function findValue(schemas: readonly unknown[], root: unknown, depth: number): boolean {
  for (const all of readings(schemas, root)) {
    const complete = (text: string): boolean => fits(all, partOf(text, true)!, root)
    if (['null', 'true', 'false', ...NUMBERS, ...STRINGS.map((text) => JSON.stringify(text))].some(complete))
      return true
    const listed = all.flatMap((schema) => [...(schema['enum'] ?? []), ...('const' in schema ? [schema['const']] : [])])
    if (listed.some((value) => complete(JSON.stringify(value)))) return true
    const array: Part = { kind: 'array', elements: [], wantsMore: false, isDone: false }
    const object: Part = { kind: 'object', entries: [], openKey: null, wantsMore: false, isDone: false }
    if (listed.length === 0 && (fulfilAll(all, array, root, depth + 1) || fulfilAll(all, object, root, depth + 1)))
      return true
  }
  return false
}

/** A complete scalar, or a complete container all of whose parts are. */
function fits(all: readonly Schema[], part: Part, root: unknown): boolean {
  return all.every((schema) => !isCertainlyWrong(schema, part, root))
}

function fulfilAll(all: readonly Schema[], part: Part, root: unknown, depth = 0): boolean {
  if (part.kind === 'literal') return fits(all, { ...part, isDone: true }, root)
  if (part.kind === 'string') {
    if (part.isDone) return fits(all, part, root)
    const listed = all.flatMap((schema) => [...(schema['enum'] ?? []), ...('const' in schema ? [schema['const']] : [])])
    const whole = listed.filter((value): value is string => typeof value === 'string' && value.startsWith(part.text))
    const texts = [...whole, ...TAILS.map((tail) => part.text + tail)]
    return texts.some((text) => fits(all, { kind: 'string', text, isDone: true }, root))
  }
  if (part.kind === 'number') {
    if (part.isDone) return fits(all, part, root)
    return NUMBER_TAILS.some((tail) => {
      const text = part.text + tail
      return isNumber(text) && fits(all, { kind: 'number', text, isDone: true }, root)
    })
  }
  const types = all.every((schema) => [schema['type'] ?? part.kind].flat().includes(part.kind))
  const listed = all.some((schema) => 'enum' in schema || 'const' in schema)
  if (!types) return false
  // Objects and arrays among an enum's values are not generated.
  if (listed) return false
  if (part.kind === 'array') {
    const slots = (at: number): unknown[] =>
      all.flatMap((schema) => {
        const prefix: unknown[] = schema['prefixItems'] ?? []
        return at < prefix.length ? [prefix[at]] : 'items' in schema ? [schema['items']] : []
      })
    if (!part.elements.every((element, at) => fulfil(slots(at), element, root))) return false
    const least = Math.max(0, ...all.map((schema) => schema['minItems'] ?? 0))
    const most = Math.min(Infinity, ...all.map((schema) => schema['maxItems'] ?? Infinity))
    const { length } = part.elements
    if (part.isDone) return length >= least && length <= most
    const wanted = Math.max(least, length + (part.wantsMore ? 1 : 0))
    if (wanted > most) return false
    for (let at = length; at < wanted; at++) if (!isSatisfiable(slots(at), root, depth)) return false
    return true
  }
  return fulfilObject(all, part, root, depth)
}

function fulfilObject(all: readonly Schema[], part: Extract<Part, { kind: 'object' }>, root: unknown, depth: number) {
  const slots = (key: string): unknown[] =>
    all.flatMap((schema) => {
      if (Object.hasOwn(schema['properties'] ?? {}, key)) return [schema['properties'][key]]
      return 'additionalProperties' in schema ? [schema['additionalProperties']] : []
    })
  const mayHold = (key: string): boolean => isSatisfiable(slots(key), root, depth)
  for (const { key, value } of part.entries) {
    if (value === null ? !mayHold(key) : !fulfil(slots(key), value, root)) return false
  }
  const come = new Set(part.entries.map(({ key }) => key))
  const missing = new Set(
    all.flatMap((schema) => (schema['required'] ?? []) as string[]).filter((key) => !come.has(key)),
  )
  const least = Math.max(0, ...all.map((schema) => schema['minProperties'] ?? 0))
  const most = Math.min(Infinity, ...all.map((schema) => schema['maxProperties'] ?? Infinity))
  if (part.isDone) return missing.size === 0 && come.size >= least && come.size <= most
  for (const key of missing) if (!mayHold(key)) return false
  const declared = all.flatMap((schema) => Object.keys(schema['properties'] ?? {}))
  const others = ['k1', 'k2', 'k3', 'k4', 'k5'].map((name) => (part.openKey ?? '') + name)
  const free = [...new Set([...declared, ...missing, ...others])].filter((key) => !come.has(key) && mayHold(key))
  const beginning = part.openKey
  const next = beginning === null ? free : free.filter((key) => key.startsWith(beginning))
  const isOwed = beginning !== null || part.wantsMore
  if (isOwed && next.length === 0) return false
  const isMissing = isOwed && next.some((key) => missing.has(key))
  const wanted = Math.max(come.size + missing.size + (isOwed && !isMissing ? 1 : 0), least)
  return wanted <= most && come.size + free.length >= wanted
}

function isNumber(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text)
}
