import type { Subschema } from '../document.ts'
import { TYPE_OF_KEYWORD, isSchemaObject, own } from '../keywords.ts'
import type { Places } from './locations.ts'
import type { Leftover } from './shape.ts'
import { refusedTypes } from './value-types.ts'

/** Notes the keywords that no shape models, for values of any type. */
export function collectUntyped(places: Places, node: Subschema, leftovers: Leftover[]): void {
  if (!isSchemaObject(node.schema)) return
  const not = places.child(node, 'not')
  if (not !== null && refusedTypes(node) === null)
    leftovers.push({ path: [...node.path, 'not'], keyword: 'not', phrase: phraseOfNot(not) })
  if (own(node.schema, 'if') === undefined) return
  if (own(node.schema, 'then') === undefined && own(node.schema, 'else') === undefined) return
  leftovers.push({ path: [...node.path, 'if'], keyword: 'if', phrase: null })
}

/** Notes what is next to `const` and `enum`: of that, values have been looked at only roughly. */
export function leaveBesideValues(nodes: readonly Subschema[], leftovers: Leftover[]): void {
  for (const node of nodes) {
    const keyword = isSchemaObject(node.schema)
      ? Object.keys(node.schema).find((key) => Object.hasOwn(TYPE_OF_KEYWORD, key))
      : undefined
    if (keyword !== undefined) leftovers.push({ path: [...node.path, keyword], keyword, phrase: null })
  }
}

/** Notes those of `keywords` that are there and can fail. */
export function noteUnmodelled(node: Subschema, leftovers: Leftover[], keywords: readonly string[]): void {
  const { schema } = node
  if (!isSchemaObject(schema)) return
  for (const keyword of keywords) {
    const value = own(schema, keyword)
    if (
      value === undefined ||
      (keyword === 'uniqueItems' && value === false) ||
      (keyword === 'minProperties' && value === 0)
    )
      continue
    leftovers.push({ path: [...node.path, keyword], keyword, phrase: phraseOf(keyword, value) })
  }
}

function phraseOf(keyword: string, value: unknown): string | null {
  switch (keyword) {
    case 'uniqueItems':
      return 'no two elements alike'
    case 'minProperties':
      return `at least ${String(value)} keys`
    case 'maxProperties':
      return `at most ${String(value)} keys`
    case 'dependentRequired':
      return phraseOfDependencies(value)
    default:
      return null
  }
}

function phraseOfDependencies(value: unknown): string | null {
  if (!isSchemaObject(value)) return null
  const rules = Object.entries(value).map(([key, needs]) =>
    Array.isArray(needs) ? `"${key}" needs ${needs.join(', ')}` : '',
  )
  const phrase = rules.filter((rule) => rule !== '').join('; ')
  return phrase === '' || phrase.length > 120 ? null : phrase
}

function phraseOfNot(node: Subschema): string | null {
  if (!isSchemaObject(node.schema)) return null
  const { schema } = node
  const values = Object.hasOwn(schema, 'const') ? [schema['const']] : own(schema, 'enum')
  if (!Array.isArray(values)) return null
  const phrase = `none of ${values.map((value) => JSON.stringify(value)).join(', ')}`
  return phrase.length > 120 ? null : phrase
}
