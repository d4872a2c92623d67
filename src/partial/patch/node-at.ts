import { valueAt, type Path } from '../../path.ts'
import {
  KIND_ARRAY,
  KIND_FALSE,
  CheckFailure,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OBJECT,
  KIND_STRING,
  KIND_TRUE,
  type SchemaNode,
} from '../../schema/node.ts'

/** The node in force at `path` of a complete value, or for its elements from an index on; null as of `childNode`. */
export function nodeAt(root: SchemaNode, value: unknown, path: Path, from: number | null): SchemaNode | null {
  let node: SchemaNode | null = root
  for (const [depth, key] of path.entries()) node = childNode(node, valueAt(value, path.slice(0, depth)), key)
  return from === null ? node : childNode(node, valueAt(value, path), from)
}

/** The node in force for a child of a complete value; null when that is unknown, or nothing of it would be shown. */
export function childNode(node: SchemaNode | null, value: unknown, key: string | number): SchemaNode | null {
  if (node === null) return null
  const { core } = node.narrow(kindOf(value))
  switch (core.kind) {
    case 'any':
      return node.steps.length === 0 ? node : null
    case 'object': {
      const property = core.properties.get(String(key))
      if (property !== undefined) return property.node.node
      if (typeof core.rest === 'string') return null
      const rest = typeof core.rest === 'function' ? core.rest(String(key)) : core.rest
      return rest instanceof CheckFailure || rest === null ? null : rest.node
    }
    case 'record': {
      const stored = core.key(String(key))
      return !(stored instanceof CheckFailure) && stored.name === key && stored.isChecked ? core.value.node : null
    }
    case 'array':
      return core.element.node
    case 'tuple':
      return (core.slots[Number(key)] ?? core.rest)?.node ?? null
    case 'discriminated': {
      const tag = (value as Record<string, unknown> | null)?.[core.discriminator]
      return childNode(core.branches.get(tag)?.node ?? null, value, key)
    }
    case 'leaf':
    case 'union':
    case 'intersection':
    case 'catch':
      return null
    default: {
      const never: never = core
      return never
    }
  }
}

/** First-character kind of plain data. */
export function kindOf(value: unknown): number {
  if (value === null) return KIND_NULL
  if (Array.isArray(value)) return KIND_ARRAY
  switch (typeof value) {
    case 'string':
      return KIND_STRING
    case 'number':
      return KIND_NUMBER
    case 'boolean':
      return value ? KIND_TRUE : KIND_FALSE
    default:
      return KIND_OBJECT
  }
}
