import type { SchemaDocument, Subschema } from './document.ts'
import { subschemas } from './document.ts'
import { own, unsupported } from './keywords.ts'

/** A `$ref`, where it stands, and what it points to. */
export interface Reference {
  node: Subschema
  keyword: '$ref' | '$recursiveRef' | '$dynamicRef'
  target: Subschema
}

/** Keywords whose schemas speak of the very value that their own schema speaks of. */
const IN_PLACE: ReadonlySet<unknown> = new Set([
  'allOf',
  'anyOf',
  'dependencies',
  'dependentSchemas',
  'else',
  'if',
  'not',
  'oneOf',
  'then',
])

/**
 * Every reference that validation may reach from the root, each resolved; what is in definitions that
 * nothing leads to may be broken.
 *
 * @throws `unsupported_schema` for a reference to nothing, and for schemas that lead back to themselves with
 * the same value (RFC draft 2020-12 core, 9.4.1: "infinite recursive nesting"), on which validators hang.
 */
export function checkReferences(document: SchemaDocument): Reference[] {
  const found: Reference[] = []
  const inPlace = new Map<Subschema, Subschema[]>()
  const open = [document.root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (inPlace.has(node)) continue
    const same: Subschema[] = []
    inPlace.set(node, same)
    if (typeof node.schema === 'boolean') continue
    for (const keyword of ['$ref', '$recursiveRef', '$dynamicRef'] as const) {
      const ref = own(node.schema, keyword)
      if (ref === undefined) continue
      const target = document.target(ref, node, keyword)
      found.push({ node, keyword, target })
      same.push(target)
      open.push(target)
    }
    if (document.draft < 2019 && own(node.schema, '$ref') !== undefined) continue
    for (const [child, ...path] of subschemas(node.schema, node.path)) {
      if (path[0] === '$defs' || path[0] === 'definitions') continue
      const next = document.child(node, child, ...path)
      if (IN_PLACE.has(path[0])) same.push(next)
      open.push(next)
    }
  }
  refuseCircles(inPlace)
  return found
}

/** Depth first, without recursion. */
function refuseCircles(edges: ReadonlyMap<Subschema, readonly Subschema[]>): void {
  const done = new Set<Subschema>()
  for (const start of edges.keys()) {
    const trail = new Map<Subschema, number>([[start, 0]])
    const stack = [start]
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const index = trail.get(node) as number
      const next = done.has(node) ? undefined : edges.get(node)?.[index]
      if (next === undefined) {
        done.add(node)
        trail.delete(node)
        stack.pop()
        continue
      }
      if (trail.has(next)) throw unsupported(next.path, 'it refers to itself with nothing in between')
      trail.set(node, index + 1)
      trail.set(next, 0)
      stack.push(next)
    }
  }
}
