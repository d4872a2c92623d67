import type { Subschema } from '../document.ts'
import { isSchemaObject, own } from '../keywords.ts'
import { noteUnmodelled } from './unmodelled.ts'
import type { Places } from './locations.ts'
import { count } from './scalar-shapes.ts'
import { never } from './never.ts'
import type { ArrayShape, Leftover, NeverShape, SchemaLocation } from './shape.ts'

/** What the nodes' keywords for arrays say together. */
export function shapeOfArray(
  places: Places,
  nodes: readonly Subschema[],
  leftovers: Leftover[],
): ArrayShape | NeverShape {
  const views = nodes.map((node) => elementsOf(places, node))
  let minItems = 0
  let maxItems = Infinity
  for (const node of nodes) {
    minItems = Math.max(minItems, count(node, 'minItems') ?? 0)
    maxItems = Math.min(maxItems, count(node, 'maxItems') ?? Infinity)
    noteUnmodelled(node, leftovers, places.isOwn ? ['contains'] : ['uniqueItems', 'contains'])
    if (isSchemaObject(node.schema) && own(node.schema, 'items') !== undefined)
      noteUnmodelled(node, leftovers, ['unevaluatedItems'])
    else if (places.isExact) noteUnmodelled(node, leftovers, ['unevaluatedItems'])
  }
  const prefix: SchemaLocation[] = []
  const length = Math.max(0, ...views.map((view) => view.prefix.length))
  for (let index = 0; index < length && index < maxItems; index++) {
    const speakers = views.flatMap((view) => view.prefix[index] ?? view.rest ?? [])
    if (places.refusal(speakers) !== null) break
    prefix.push(places.ofNodes(speakers))
  }
  const rests = views.flatMap((view) => view.rest ?? [])
  // A tuple says nothing of what follows it unless a keyword says that nothing follows.
  const endsHere = !places.isExact && length > 0 && rests.length === 0
  const rest = prefix.length < length || endsHere ? null : places.ofNodes(rests)
  const open = rest !== null && places.refusal(rests) === null
  if (!open) maxItems = Math.min(maxItems, prefix.length)
  if (minItems > maxItems) {
    return never(nodes[0] as Subschema, `it must hold at least ${minItems} elements and can hold at most ${maxItems}`)
  }
  const unique =
    places.isOwn && nodes.some(({ schema }) => isSchemaObject(schema) && own(schema, 'uniqueItems') === true)
  return { kind: 'array', prefix, rest: open && maxItems > prefix.length ? rest : null, minItems, maxItems, unique }
}

/** One node's view of the elements: those it speaks of one by one, and the others. */
function elementsOf(places: Places, node: Subschema): { prefix: Subschema[]; rest: Subschema | null } {
  const items = isSchemaObject(node.schema) ? own(node.schema, 'items') : undefined
  if (Array.isArray(items)) {
    return { prefix: places.list(node, 'items'), rest: places.child(node, 'additionalItems') }
  }
  const prefix = places.list(node, 'prefixItems')
  const unevaluated = places.isExact ? null : places.child(node, 'unevaluatedItems')
  return { prefix, rest: places.child(node, 'items') ?? unevaluated }
}
