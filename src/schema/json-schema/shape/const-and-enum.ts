import type { Path } from '../../../types.ts'
import { codePoints } from '../code-points.ts'
import type { Subschema } from '../document.ts'
import { isSchemaObject, own, typeOfJson, unsupported } from '../keywords.ts'
import type { Places } from './locations.ts'
import { shapeOfNumber, shapeOfString } from './scalar-shapes.ts'
import { never } from './never.ts'
import type { SchemaLocation, PropertyShape, Shape } from './shape.ts'
import type { Types } from './value-types.ts'

type Primitive = string | number | boolean | null

/** The shape of places that `const` or `enum` reduces to certain values; `null` when neither is there. */
export function shapeOfValues(places: Places, nodes: readonly Subschema[], types: Types | null): Shape | null {
  const lists = nodes.flatMap(valueLists)
  const [first, ...others] = lists
  if (first === undefined) return null
  const common = first.values.filter((value) =>
    others.every((other) => other.values.some((candidate) => sameJson(value, candidate))),
  )
  const values = common.filter((value) => isListedValue(value, nodes, types))
  if (values.length === 0) {
    const why =
      first.values.length === 0 ? 'the list of its values is empty' : 'none of its values fits its other keywords'
    return never(first.node, why)
  }
  const primitives = [...new Set(values.filter(isPrimitive))]
  const branches: SchemaLocation[] = values
    .filter((value) => !isPrimitive(value))
    .map((value) => literal(places, value, first.node.path))
  const integer = types?.get('number') === 'integer'
  if (branches.length === 0) return { kind: 'enum', values: primitives, integer }
  const [only] = branches
  if (only !== undefined && branches.length === 1 && primitives.length === 0) return only.shape
  if (primitives.length > 0) {
    const key = `values ${JSON.stringify(primitives)}`
    branches.unshift(places.made(key, first.node.path, () => ({ kind: 'enum', values: primitives, integer })))
  }
  return { kind: 'union', branches, exclusive: false }
}

interface ValueList {
  node: Subschema
  values: unknown[]
}

function valueLists(node: Subschema): ValueList[] {
  if (!isSchemaObject(node.schema)) return []
  const lists: ValueList[] = []
  if (Object.hasOwn(node.schema, 'const')) lists.push({ node, values: [node.schema['const']] })
  const options = own(node.schema, 'enum')
  if (options === undefined) return lists
  if (!Array.isArray(options))
    throw unsupported([...node.path, 'enum'], `expected an array, but got ${JSON.stringify(options)}`)
  return [...lists, { node, values: options }]
}

function isListedValue(value: unknown, nodes: readonly Subschema[], types: Types | null): boolean {
  const type = typeOfJson(value)
  const extent = types === null ? 'all' : types.get(type)
  if (extent === undefined) return false
  if (typeof value === 'number') {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, kind } = {
      ...shapeOfNumber(nodes, false),
    } as never as {
      kind: string
      minimum?: number
      maximum?: number
      exclusiveMinimum?: number
      exclusiveMaximum?: number
    }
    if (kind === 'never' || (extent === 'integer' && !Number.isInteger(value))) return false
    return (
      value >= (minimum ?? -Infinity) &&
      value <= (maximum ?? Infinity) &&
      value > (exclusiveMinimum ?? -Infinity) &&
      value < (exclusiveMaximum ?? Infinity)
    )
  }
  if (typeof value === 'string') {
    const shape = shapeOfString(nodes, [])
    if (shape.kind === 'never') return false
    const length = codePoints(value)
    return length >= (shape.minLength ?? 0) && length <= (shape.maxLength ?? Infinity)
  }
  return true
}

/** The place of exactly this object or array. */
function literal(places: Places, value: unknown, path: Path): SchemaLocation {
  return places.made(`literal ${JSON.stringify(value)}`, path, () => {
    if (isPrimitive(value)) return { kind: 'enum', values: [value], integer: false }
    if (Array.isArray(value)) {
      const prefix = value.map((element) => literal(places, element, path))
      return { kind: 'array', prefix, rest: null, minItems: prefix.length, maxItems: prefix.length, unique: false }
    }
    const properties = new Map<string, PropertyShape>()
    for (const [key, child] of Object.entries(value as object)) {
      properties.set(key, { place: literal(places, child, path), required: true })
    }
    return {
      kind: 'object',
      properties,
      extra: null,
      extraOf: null,
      extraKeys: null,
      closed: true,
      minProperties: 0,
      maxProperties: Infinity,
    }
  })
}

function isPrimitive(value: unknown): value is Primitive {
  return typeof value !== 'object' || value === null
}

/** JSON equality: key order does not count. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every(
    (key) =>
      Object.hasOwn(right, key) &&
      sameJson((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]),
  )
}
