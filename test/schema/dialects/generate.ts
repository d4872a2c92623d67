import { z } from 'zod'
import type { Choices } from '../../support/property.ts'

/** A generated schema, with a maker of values that fit it. */
export interface Generated {
  schema: z.ZodType
  value(choices: Choices): unknown
  /** `null` fits, so that an absent optional key could not be distinguished from it. */
  takesNull: boolean
}

const KEYS = ['a', 'b', 'value', 'key', 'rest', '0', 'record', '__proto__', 'constructor', 'a key', '']
/**
 * Whether a union is around: there, an object that lacks a key may be taken for one whose key may be null, and
 * then has it.
 */
let unions = 0

const STRINGS = ['', 'a', 'b', 'null', 'é😀', '"\\/\n', 'a longer text that continues']
const NUMBERS = [0, -1, 2, 0.5, -1e21, 1e-7]

/** A schema of everything that can be mapped, and values of it; `depth` bounds both. */
export function generate(choices: Choices, depth = 3): Generated {
  const simple = [text, number, boolean, nothing, literal, options]
  const nested = [
    list,
    list,
    tuple,
    record,
    closedRecord,
    object,
    object,
    object,
    union,
    union,
    discriminated,
    anything,
    recursive,
  ]
  return choices.pick(depth > 0 && choices.chance(75) ? nested : simple)(choices, depth - 1)
}

function text(): Generated {
  return { schema: z.string(), value: (choices) => choices.pick(STRINGS), takesNull: false }
}

function number(choices: Choices): Generated {
  if (choices.chance(40)) return { schema: z.int(), value: (inner) => inner.below(5) - 2, takesNull: false }
  return { schema: z.number(), value: (inner) => inner.pick(NUMBERS), takesNull: false }
}

function boolean(): Generated {
  return { schema: z.boolean(), value: (choices) => choices.chance(50), takesNull: false }
}

function nothing(): Generated {
  return { schema: z.null(), value: () => null, takesNull: true }
}

function literal(choices: Choices): Generated {
  const values = choices.pick<(string | number | boolean | null)[]>([
    ['x'],
    [1],
    [true],
    [1, 'x', null, false],
    ['x', 'y'],
  ])
  return { schema: z.literal(values), value: (inner) => inner.pick(values), takesNull: values.includes(null) }
}

function options(): Generated {
  const values = ['red', 'green', 'red-green']
  return { schema: z.enum(values), value: (choices) => choices.pick(values), takesNull: false }
}

function list(choices: Choices, depth: number): Generated {
  const element = generate(choices, depth)
  return {
    schema: z.array(element.schema),
    value: (inner) => inner.many(3, () => element.value(inner)),
    takesNull: false,
  }
}

function tuple(choices: Choices, depth: number): Generated {
  const items = choices.many(3, () => generate(choices, depth))
  const rest = choices.chance(40) ? generate(choices, depth) : null
  // Only what does not take `null` may be left out: otherwise `null` would be kept.
  let firstOptional = items.length
  while (choices.chance(50) && firstOptional > 0 && items[firstOptional - 1]?.takesNull === false) firstOptional--
  const slots = items.map((item, index) => (index >= firstOptional ? item.schema.optional() : item.schema))
  const schema = rest === null ? z.tuple(slots as [z.ZodType]) : z.tuple(slots as [z.ZodType], rest.schema)
  const value = (inner: Choices): unknown => {
    const length = firstOptional + inner.below(items.length - firstOptional + 1)
    const head = items.slice(0, length).map((item) => item.value(inner))
    return rest !== null && length === items.length ? [...head, ...inner.many(2, () => rest.value(inner))] : head
  }
  return { schema, value, takesNull: false }
}

function record(choices: Choices, depth: number): Generated {
  const inner = generate(choices, depth)
  const value = (random: Choices): unknown => object_(random.many(3, () => [random.pick(KEYS), inner.value(random)]))
  return { schema: z.record(z.string(), inner.schema), value, takesNull: false }
}

function closedRecord(choices: Choices, depth: number): Generated {
  const inner = generate(choices, depth)
  if (choices.chance(50) && !inner.takesNull) {
    const value = (random: Choices): unknown =>
      object_(['p', 'q'].flatMap((key) => (random.chance(50) ? [[key, inner.value(random)]] : [])))
    return { schema: z.partialRecord(z.enum(['p', 'q']), inner.schema), value, takesNull: false }
  }
  const value = (random: Choices): unknown => ({ p: inner.value(random), q: inner.value(random) })
  return { schema: z.record(z.enum(['p', 'q']), inner.schema), value, takesNull: false }
}

function object(choices: Choices, depth: number): Generated {
  return objectOf(choices, depth, {})
}

function objectOf(choices: Choices, depth: number, fixed: Record<string, string>): Generated {
  const names = [...new Set(choices.many(3, () => choices.pick(KEYS)))].filter((name) => !Object.hasOwn(fixed, name))
  // Zod has no way to declare it (https://github.com/colinhacks/zod/issues/5265 and before).
  const fields = names
    .filter((name) => name !== '__proto__')
    .map((name) => {
      const field = generate(choices, depth)
      const ways = ['required', 'required', 'nullable', 'optional', 'nullish']
      const isAmbiguous = unions > 0 && field.takesNull
      return { name, field, way: choices.pick(unions > 0 ? ways.slice(0, isAmbiguous ? 3 : 4) : ways) }
    })
  const shape: Record<string, z.ZodType> = {}
  for (const { name, field, way } of fields) {
    const schema = field.schema
    if (way === 'optional') shape[name] = schema.optional()
    else if (way === 'nullable') shape[name] = schema.nullable()
    else if (way === 'nullish') shape[name] = schema.nullish()
    else shape[name] = schema
  }
  for (const [name, value] of Object.entries(fixed)) shape[name] = z.literal(value)
  const kind = choices.pick(['strip', 'strict', 'catchall'] as const)
  const extra = kind === 'catchall' ? generate(choices, depth) : null
  const value = (inner: Choices): unknown => {
    const entries: [string, unknown][] = fields.flatMap(({ name, field, way }): [string, unknown][] => {
      if (way === 'optional' && !field.takesNull && inner.chance(50)) return []
      if ((way === 'nullable' || way === 'nullish') && inner.chance(30)) return [[name, null]]
      return [[name, field.value(inner)]]
    })
    for (const entry of Object.entries(fixed)) entries.push(entry)
    if (extra !== null)
      for (const name of inner.many(2, () => inner.pick(['extra', 'more', 'value2'])))
        entries.push([name, extra.value(inner)])
    return object_(entries)
  }
  const schema =
    kind === 'strict'
      ? z.strictObject(shape)
      : extra === null
        ? z.object(shape)
        : z.object(shape).catchall(extra.schema)
  return { schema, value, takesNull: false }
}

function union(choices: Choices, depth: number): Generated {
  unions++
  const branches = [generate(choices, depth), ...choices.many(2, () => generate(choices, depth))]
  unions--
  return {
    schema: z.union(branches.map((branch) => branch.schema)),
    value: (inner) => inner.pick(branches).value(inner),
    takesNull: branches.some((branch) => branch.takesNull),
  }
}

function discriminated(choices: Choices, depth: number): Generated {
  const branches = ['one', 'two', 'three']
    .slice(0, 2 + choices.below(2))
    .map((kind) => objectOf(choices, depth, { kind }))
  return {
    schema: z.discriminatedUnion('kind', branches.map((branch) => branch.schema) as never),
    value: (inner) => inner.pick(branches).value(inner),
    takesNull: false,
  }
}

function anything(): Generated {
  return { schema: z.json(), value: (choices) => json(choices, 2), takesNull: true }
}

function json(choices: Choices, depth: number): unknown {
  if (depth === 0 || choices.chance(40)) return choices.pick([null, true, 1, 'text', ''])
  if (choices.chance(50)) return choices.many(2, () => json(choices, depth - 1))
  return object_(choices.many(2, () => [choices.pick(KEYS), json(choices, depth - 1)]))
}

function recursive(choices: Choices, depth: number): Generated {
  const label = generate(choices, Math.min(depth, 1))
  const Node: z.ZodType = z.lazy(() => (choices_ === 'list' ? Listed : choices_ === 'linked' ? Linked : Keyed))
  const choices_ = choices.pick(['list', 'linked', 'keyed'] as const)
  const Listed = z.object({ label: label.schema, children: z.array(Node) })
  const Linked = z.object({ label: label.schema, next: Node.optional() })
  const Keyed = z.object({ label: label.schema, children: z.record(z.string(), Node).optional() })
  const value = (inner: Choices, level = 2): unknown => {
    const node: Record<string, unknown> = { label: label.value(inner) }
    const more = level > 0 && inner.chance(60)
    if (choices_ === 'list') node['children'] = more ? inner.many(2, () => value(inner, level - 1)) : []
    else if (more) {
      if (choices_ === 'linked') node['next'] = value(inner, level - 1)
      else node['children'] = object_(inner.many(2, () => [inner.pick(KEYS), value(inner, level - 1)]))
    }
    return node
  }
  return { schema: Node, value: (inner) => value(inner), takesNull: false }
}

/** Own properties, whatever they are called; a key that comes twice counts once. */
function object_(entries: readonly (readonly [string, unknown] | unknown[])[]): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  for (const [key, value] of entries) {
    Object.defineProperty(object, key as string, { value, writable: true, enumerable: true, configurable: true })
  }
  return object
}
