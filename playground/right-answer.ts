import { parsePartial } from '../src/json/index.ts'
import type { ModelRequest } from '../src/models/model.ts'

/**
 * What a model that knows the right document answers: the whole, or the parts that the request asks for. It reads
 * what any model is given: the descriptions in the schema, and what it said before.
 *
 * @throws when a description says no place
 */
export function rightAnswer(request: ModelRequest, document: unknown): unknown {
  const { format, messages } = request
  if (format === undefined || (format.name !== 'patch' && format.name !== 'rest')) return document
  const said = messages.findLast(({ role }) => role === 'assistant')?.content
  const { properties } = format.schema as { properties: Record<string, { description: string }> }
  const entries = Object.entries(properties).map(([name, schema]): [string, unknown] => [
    name,
    partFor(schema, document, typeof said === 'string' ? said : ''),
  ])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function partFor(schema: { description: string }, document: unknown, said: string): unknown {
  const { description } = schema
  const place = /^The .*? at (the root|\/\S*?)(?: from index (\d+) on|, which| does not|\.(?:\s|$))/s.exec(description)
  if (place === null) throw new Error(`a description that says no place: ${description}`)
  const value = at(document, place[1] === 'the root' ? '' : place[1]!)
  if (description.startsWith('The elements')) return Array.isArray(value) ? value.slice(Number(place[2])) : []
  if (description.startsWith('The remainder')) {
    const [, repeated = '""'] = /last words, ("(?:[^"\\]|\\.)*")/s.exec(description) ?? []
    return `${JSON.parse(repeated) as string}${String(value).slice(openString(said).length)}`
  }
  if (!description.startsWith('The keys')) return value
  const wanted = keysOf(schema)
  const there = at(parsePartial(said), place[1] === 'the root' ? '' : place[1]!)
  const isMissing = (key: string): boolean => typeof there !== 'object' || there === null || !Object.hasOwn(there, key)
  return Object.fromEntries(
    Object.entries(value as object).filter(([key]) => (wanted === null ? isMissing(key) : wanted.has(key))),
  )
}

function at(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((here, key) => (here as Record<string, unknown> | undefined)?.[key], document)
}

/** The declared keys, of all options; null: any. */
function keysOf(schema: Record<string, unknown>): Set<string> | null {
  const options = [schema['anyOf'], schema['allOf']].flatMap((list) => (Array.isArray(list) ? list : []))
  const sets = options.map((option) => keysOf(option as Record<string, unknown>))
  const { properties, additionalProperties, patternProperties } = schema
  const isOpen =
    (additionalProperties !== undefined && additionalProperties !== false) || patternProperties !== undefined
  if (isOpen || sets.includes(null)) return null
  return new Set([...Object.keys((properties as object | undefined) ?? {}), ...sets.flatMap((set) => [...set!])])
}

/** The string that is open at the end of JSON text. */
function openString(text: string): string {
  let start = -1
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index++
    else if (text[index] === '"') start = start < 0 ? index : -1
  }
  return start < 0 ? '' : (JSON.parse(`${text.slice(start)}"`) as string)
}
