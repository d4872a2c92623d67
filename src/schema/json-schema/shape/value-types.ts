import type { Subschema } from '../document.ts'
import { TYPE_OF_KEYWORD, isSchemaObject, own, unsupported } from '../keywords.ts'
import type { JsonType } from '../keywords.ts'
import type { Places } from './locations.ts'
import type { Leftover } from './shape.ts'

/** The types that a value may have; for numbers, whether integers only. */
export type Types = Map<JsonType, 'integer' | 'all'>

const EVERY_TYPE: readonly JsonType[] = ['null', 'boolean', 'number', 'string', 'array', 'object']
const NAMES: readonly string[] = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object']

/**
 * The types that all nodes allow. Without a `type` they are those that the other keywords speak of
 * (which says less than JSON Schema does, so it is a leftover); `null`: nothing is said of types.
 */
export function typesOf(places: Places, nodes: readonly Subschema[], leftovers: Leftover[]): Types | null {
  const refused = nodes.flatMap((node) => refusedTypes(node) ?? [])
  const types = allowedTypes(places, nodes, leftovers)
  if (refused.length === 0) return types
  const rest: Types = new Map(types ?? EVERY_TYPE.map((type) => [type, 'all']))
  for (const type of refused) rest.delete(type)
  return rest
}

/** The types that `not: { type }` rules out; `null` where `not` is absent or says something else. */
export function refusedTypes(node: Subschema): JsonType[] | null {
  const not = isSchemaObject(node.schema) ? own(node.schema, 'not') : undefined
  if (!isSchemaObject(not) || Object.keys(not).join() !== 'type') return null
  const types = [not['type']].flat()
  return types.every((type) => EVERY_TYPE.includes(type as JsonType)) ? (types as JsonType[]) : null
}

function allowedTypes(places: Places, nodes: readonly Subschema[], leftovers: Leftover[]): Types | null {
  const before = leftovers.length
  let types: Types | null = null
  for (const node of nodes) {
    const declared = declaredTypes(node)
    if (declared !== null) types = types === null ? declared : intersect(types, declared)
  }
  if (types !== null) return types
  const implied = impliedTypes(nodes, leftovers)
  if (!places.isExact || implied === null) return implied
  leftovers.length = before
  return new Map(EVERY_TYPE.map((type) => [type, 'all']))
}

function declaredTypes(node: Subschema): Types | null {
  const type = isSchemaObject(node.schema) ? own(node.schema, 'type') : undefined
  if (type === undefined) return null
  const types: Types = new Map()
  for (const name of Array.isArray(type) ? (type as unknown[]) : [type]) {
    if (typeof name !== 'string' || !NAMES.includes(name)) {
      throw unsupported([...node.path, 'type'], `expected one of ${NAMES.join(', ')}, but got ${JSON.stringify(name)}`)
    }
    if (name !== 'integer') types.set(name as JsonType, 'all')
    else if (!types.has('number')) types.set('number', 'integer')
  }
  return types
}

function intersect(left: Types, right: Types): Types {
  const both: Types = new Map()
  for (const [type, extent] of left) {
    const other = right.get(type)
    if (other !== undefined) both.set(type, extent === 'integer' || other === 'integer' ? 'integer' : 'all')
  }
  return both
}

function impliedTypes(nodes: readonly Subschema[], leftovers: Leftover[]): Types | null {
  const types: Types = new Map()
  for (const node of nodes) {
    if (!isSchemaObject(node.schema)) continue
    if (own(node.schema, 'enum') !== undefined || own(node.schema, 'const') !== undefined) return null
    for (const keyword of Object.keys(node.schema)) {
      const type = Object.hasOwn(TYPE_OF_KEYWORD, keyword) ? TYPE_OF_KEYWORD[keyword] : undefined
      if (type === undefined || types.has(type)) continue
      types.set(type, 'all')
      leftovers.push({
        path: [...node.path, keyword],
        keyword: 'type',
        phrase: null,
        note: `there is no "type" next to "${keyword}", so only values of type ${type} are asked for`,
      })
    }
  }
  return types.size === 0 ? null : types
}
