import type { Path } from '../../path.ts'
import type { JsonSchemaObject } from '../../types.ts'
import type { Warning } from '../types.ts'
import { subschemas } from './document.ts'
import { pointerOf } from '../../pointer.ts'
import { isSchemaObject, own, unsupported } from './keywords.ts'
import { firstOnes } from '../hints.ts'
import { isRule, type Hint, type ValueRule } from '../rules.ts'
import { LaterCheck } from '../later-check.ts'
import { isTextCheck, type TextCheck } from './text-checks.ts'

/**
 * Where another library's JSON Schema only approximates what that library accepts, the place is marked, in the list of
 * `x-structstream`. At a marked place only the library rejects.
 *
 * - `library-checks`: the JSON Schema says roughly what it checks
 * - `library-adds`: it checks something of which the JSON Schema says nothing
 * - `library-rewrites`: it changes the text of a string before its checks see it, so that only the type is certain
 * - `library-changes`: what is written is as the JSON Schema says; the library makes another value of it
 * - `library-catches`: it replaces what doesn't fit, so that nothing is wrong
 * - `library-fills`: it gives a missing key a value
 * - `library-skips`: it doesn't look at a missing key
 * - `library-keeps`: keys that aren't mentioned are part of the value, though nothing asks for them
 * - `library-lists`: where an object is wanted it may take a list too
 * - `library-reads`: it may accept anything, and make anything of it
 */
export type Judge =
  | 'library-checks'
  | 'library-adds'
  | 'library-rewrites'
  | 'library-changes'
  | 'library-catches'
  | 'library-fills'
  | 'library-skips'
  | 'library-keeps'
  | 'library-lists'
  | 'library-reads'

const KEYWORD = 'x-structstream'

/** What the list of `x-structstream` holds: hints and marks, and what only the library of a schema puts there. */
export type PlaceHint = string | ValueRule | TextCheck

/** Whether one of `judges` is among the hints of a place. */
export function isJudged(hints: readonly PlaceHint[], ...judges: readonly Judge[]): boolean {
  return judges.some((judge) => hints.includes(judge))
}

/**
 * The rules of a place.
 *
 * @throws `unsupported_schema` where the library makes the value, which is known at the end only
 */
export function rulesAt({ hints, path }: { hints: readonly PlaceHint[]; path: Path }): ValueRule[] {
  const isMade = isJudged(hints, 'library-changes', 'library-reads')
  const isOther = isMade || isJudged(hints, 'library-rewrites', 'library-catches')
  // Of another value than the one that is written a library's own checks are left to its final validation.
  const rules = hints.filter(isRule).filter((rule) => !isOther || !(rule instanceof LaterCheck))
  if (rules.length > 0 && isMade) {
    throw unsupported(
      path,
      'check() needs the value while it streams, and here its library makes the value at the end; put check() on what is transformed',
    )
  }
  return rules
}

/** Returns the schema with marks. A `$ref` is wrapped, since older drafts ignore what is next to it. */
export function marked(
  schema: JsonSchemaObject,
  ...judges: readonly (Judge | Hint | ValueRule | TextCheck)[]
): JsonSchemaObject {
  if (judges.length === 0) return schema
  const before = [own(schema, KEYWORD) ?? []].flat() as unknown[]
  const base = own(schema, '$ref') === undefined ? schema : { allOf: [schema] }
  return { ...base, [KEYWORD]: [...new Set([...before, ...judges])] }
}

/** Returns a copy in which `judgesOf` has marked each place. */
export function markEach(
  schema: JsonSchemaObject,
  judgesOf: (node: JsonSchemaObject) => readonly (Judge | TextCheck)[],
): JsonSchemaObject {
  return mapped(schema, (node) => marked(node, ...judgesOf(node)))
}

/** For libraries to which a list is an object: one that has every key that must be there fits. */
export function judgeLists(node: JsonSchemaObject): Judge[] {
  const { type, required, properties } = node
  if (type !== 'object') return []
  const isMissing = (key: unknown): boolean =>
    typeof key === 'string' &&
    !(key in Array.prototype) &&
    !/^\d+$/.test(key) &&
    !Object.hasOwn((properties as Record<string, JsonSchemaObject>)[key] ?? {}, KEYWORD)
  return Array.isArray(required) && required.some(isMissing) ? [] : ['library-lists']
}

/** Returns a copy in which every place with a default says that its library fills it in. */
export function markDefaults(schema: JsonSchemaObject): JsonSchemaObject {
  return markEach(schema, (node) => (own(node, 'default') === undefined ? [] : ['library-fills']))
}

/** Whether some place has rules. */
export function hasRules(schema: JsonSchemaObject): boolean {
  if ([own(schema, KEYWORD)].flat().some(isRule)) return true
  return [...subschemas(schema, [])].some(([child]) => isSchemaObject(child) && hasRules(child))
}

/** Returns a copy without marks and rules: what a provider is asked for. */
export function withoutMarks(schema: JsonSchemaObject): JsonSchemaObject {
  return mapped(schema, (node) => {
    const list = own(node, KEYWORD)
    if (list === undefined) return node
    const rest = [list]
      .flat()
      .filter(
        (hint) => !isRule(hint) && !isTextCheck(hint) && (typeof hint !== 'string' || !hint.startsWith('library-')),
      )
    const { [KEYWORD]: _, ...others } = node
    return rest.length === 0 ? others : { ...others, [KEYWORD]: rest }
  })
}

/**
 * Returns a copy in which the properties with the hint `first` come before the others of their object, as an emitted
 * schema has them; the schema itself where there are none.
 */
export function firstOnesFirst(schema: JsonSchemaObject): JsonSchemaObject {
  let isChanged = false
  const copy = mapped(schema, (node) => {
    const { properties } = node
    if (!isSchemaObject(properties)) return node
    const entries = Object.entries(properties)
    const sorted = firstOnes(entries, ([, property]) => comesFirst(property))
    if (sorted.every((entry, index) => entry === entries[index])) return node
    isChanged = true
    return { ...node, properties: Object.fromEntries(sorted) }
  })
  return isChanged ? copy : schema
}

function comesFirst(property: unknown): boolean {
  if (!isSchemaObject(property)) return false
  if ([own(property, KEYWORD)].flat().includes('first')) return true
  // What may be null as well.
  const options = own(property, 'anyOf')
  return Array.isArray(options) && options.some(comesFirst)
}

/** Copies plain data; `change` sees each subschema after what is inside it. */
function mapped(schema: JsonSchemaObject, change: (node: JsonSchemaObject) => JsonSchemaObject): JsonSchemaObject {
  const copy = { ...schema } as Record<string, unknown>
  for (const [child, keyword, name] of subschemas(schema, [])) {
    if (!isSchemaObject(child)) continue
    const inside = mapped(child, change)
    if (name === undefined) copy[keyword!] = inside
    else {
      const group = (copy[keyword!] === schema[keyword!] ? clone(copy[keyword!]) : copy[keyword!]) as object
      Object.defineProperty(group, name, { value: inside, enumerable: true, configurable: true, writable: true })
      copy[keyword!] = group
    }
  }
  return change(copy)
}

function clone(value: unknown): object {
  if (Array.isArray(value)) return [...(value as unknown[])]
  // Spreading defines properties, `__proto__` too.
  return { ...(value as object) }
}

/** Returns a copy without `keyword` wherever it has this value. */
export function withoutKeyword(schema: JsonSchemaObject, keyword: string, value: unknown): JsonSchemaObject {
  return mapped(schema, (node) => {
    if (own(node, keyword) !== value) return node
    const { [keyword]: _, ...rest } = node
    return rest
  })
}

const WORDS: Readonly<Partial<Record<Judge, string>>> = {
  'library-adds': 'one of its checks is only done at the end',
  'library-rewrites': 'checks after trim() and the like are about the changed text',
  'library-changes': 'what is made of it is only checked at the end',
  'library-catches': 'what it catches is not asked for',
  'library-reads': 'what fits is only known at the end',
}

/** Returns what a marked JSON Schema doesn't say, in words, with the place. */
export function warningsOfMarks(schema: JsonSchemaObject): Warning[] {
  const warnings: Warning[] = []
  const visit = (node: JsonSchemaObject, path: (string | number)[]): void => {
    for (const judge of [own(node, KEYWORD) ?? []].flat() as Judge[]) {
      const words = WORDS[judge]
      if (words !== undefined) warnings.push({ path, message: `${pointerOf(path) || '/'}: ${words}` })
    }
    for (const [child, ...steps] of subschemas(node, path)) if (isSchemaObject(child)) visit(child, [...path, ...steps])
  }
  visit(schema, [])
  return warnings
}

/** Returns the schema without one mark at its top. */
export function unmarked(schema: JsonSchemaObject, judge: Judge): JsonSchemaObject {
  const list = own(schema, KEYWORD)
  return Array.isArray(list) ? { ...schema, [KEYWORD]: list.filter((hint) => hint !== judge) } : schema
}
