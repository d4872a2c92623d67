import type { Subschema } from '../document.ts'
import { isSchemaObject, own } from '../keywords.ts'
import type { ApplicableSubschema, Places } from './locations.ts'
import type { Leftover, Shape } from './shape.ts'

/** Objects with more keys than this are not copied for branches that only say which keys must be there. */
const MAX_COPIED_KEYS = 8

/** Keywords that only restrict what is described elsewhere. */
const CONDITIONS: ReadonlySet<string> = new Set([
  '$comment',
  'dependentRequired',
  'description',
  'maxProperties',
  'minProperties',
  'not',
  'required',
  'title',
])

/**
 * A place with a choice is a union: what the rest says, joined with each branch. `null` when the choice
 * is left to the final validation and only the rest is followed.
 */
export function distribute(places: Places, parts: readonly ApplicableSubschema[], leftovers: Leftover[]): Shape | null {
  const index = parts.findIndex((part) => {
    if (part.role !== 'anyOf' && part.role !== 'oneOf') return false
    const branches = places.list(part.node, part.role)
    if (!onlyConditions(branches) || !isLarge(parts)) return true
    const path = [...part.node.path, part.role]
    if (!leftovers.some((leftover) => leftover.path.join() === path.join())) {
      leftovers.push({ path, keyword: part.role, phrase: phraseOf(branches, part.role) })
    }
    return false
  })
  const choice = parts[index]
  if (choice === undefined) return null
  const rest = parts.filter((_, position) => position !== index)
  const branches = places.list(choice.node, choice.role).map((node): ApplicableSubschema => ({ node, role: 'whole' }))
  return {
    kind: 'union',
    exclusive: choice.role === 'oneOf',
    path: choice.node.path,
    branches: branches.map((branch) => places.of([...rest, branch], [branch])),
  }
}

function onlyConditions(branches: readonly Subschema[]): boolean {
  return branches.every(
    ({ schema }) => isSchemaObject(schema) && Object.keys(schema).every((keyword) => CONDITIONS.has(keyword)),
  )
}

function isLarge(parts: readonly ApplicableSubschema[]): boolean {
  let keys = 0
  for (const { node, role } of parts) {
    const properties = role === 'own' && isSchemaObject(node.schema) ? own(node.schema, 'properties') : undefined
    if (isSchemaObject(properties)) keys += Object.keys(properties).length
  }
  return keys > MAX_COPIED_KEYS
}

function phraseOf(branches: readonly Subschema[], role: 'anyOf' | 'oneOf'): string | null {
  const sets = branches.map(({ schema }) => (isSchemaObject(schema) ? own(schema, 'required') : undefined))
  if (!sets.every((set) => Array.isArray(set))) return null
  const phrase = `with ${role === 'anyOf' ? 'at least' : 'exactly'} one of: ${sets.map((set) => set.join(' and ')).join('; ')}`
  return phrase.length > 120 ? null : phrase
}
