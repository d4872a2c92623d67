import { ruleStep, type Lazy, type SchemaNode, type ValueCheck } from '../../schema/node.ts'
import { ValueRule } from '../../schema/rules.ts'

/** Places that are looked at; recursive schemas may have no end. */
const MAX_PLACES = 10_000

/** In place of the rules inside of a value that is only read as a whole, where no place of it is known: it always objects. */
export const UNREAD_RULES: ValueCheck = ruleStep([
  new ValueRule(() => ({
    code: 'unchecked',
    message:
      'The rules of check() inside of this value were not run: more than 64 readings of unions are open here. Put check() around the union, or give its options a discriminator.',
  })),
])

/** By the readings of a node: it is asked at each value that the node reads. */
const known = new WeakMap<readonly Lazy[], boolean>()

/** Whether a value that one of these nodes reads may hold a place with rules. Looks at each list of nodes once. */
export function holdRules(roots: readonly Lazy[]): boolean {
  let holds = known.get(roots)
  if (holds === undefined) known.set(roots, (holds = findRules(roots)))
  return holds
}

function findRules(roots: readonly Lazy[]): boolean {
  const seen = new Set<SchemaNode>(roots.map(({ node }) => node))
  for (const node of seen) {
    if (node.hasRules) return true
    for (const child of childrenOf(node)) if (seen.size < MAX_PLACES) seen.add(child.node)
  }
  return false
}

function childrenOf({ core }: SchemaNode): readonly Lazy[] {
  switch (core.kind) {
    case 'object': {
      const rest = typeof core.rest === 'object' ? [core.rest] : []
      return [...[...core.properties.values()].map(({ node }) => node), ...rest]
    }
    case 'array':
      return [core.element]
    case 'tuple':
      return core.rest === null ? core.slots : [...core.slots, core.rest]
    case 'record':
      return [core.value]
    case 'union':
      return core.options
    case 'discriminated':
      return [...core.branches.values()]
    case 'intersection':
      return core.sides
    case 'catch':
      return [core.inner]
    default:
      return []
  }
}
