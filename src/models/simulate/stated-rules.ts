import { FORMAT_WORDS } from '../../schema/dialects/compile/emit-scalar.ts'
import type { JsonSchemaObject } from '../../types.ts'

const NUMBER = String.raw`(-?\d[\d.e+-]*)`
const COUNTED: Record<string, string> = { character: 'Length', element: 'Items', entry: 'Items', entries: 'Items' }

type Reader = (found: readonly string[]) => JsonSchemaObject

/** The phrases of schema/dialects/compile, as keywords again. */
const PHRASES: readonly [RegExp, Reader][] = [
  [/^not empty$/, () => ({ minLength: 1 })],
  [/^exactly (\d+) characters?$/, ([, count]) => ({ minLength: Number(count), maxLength: Number(count) })],
  [
    /^at (least|most) (\d+) (character|element|entry|entries)s?$/,
    ([, how, count, what = '']) => ({ [`${how === 'least' ? 'min' : 'max'}${COUNTED[what]}`]: Number(count) }),
  ],
  [/^matching (.+)$/s, ([, pattern]) => ({ pattern })],
  [/^in the format (\S+)$/, ([, format]) => ({ format })],
  [new RegExp(`^at least ${NUMBER}$`), ([, bound]) => ({ minimum: Number(bound) })],
  [new RegExp(`^more than ${NUMBER}$`), ([, bound]) => ({ exclusiveMinimum: Number(bound) })],
  [new RegExp(`^at most ${NUMBER}$`), ([, bound]) => ({ maximum: Number(bound) })],
  [new RegExp(`^less than ${NUMBER}$`), ([, bound]) => ({ exclusiveMaximum: Number(bound) })],
  [new RegExp(`^a multiple of ${NUMBER}$`), ([, step]) => ({ multipleOf: Number(step) })],
]

/** A schema with the rules that its dialect could state only in words, in its description. */
export function withStatedRules(schema: JsonSchemaObject): JsonSchemaObject {
  const { description } = schema
  if (typeof description !== 'string') return schema
  const note = /\((.*)\)$/s.exec(description)?.[1] ?? description
  const stated = note.split('; ').flatMap((phrase) => {
    const format = Object.keys(FORMAT_WORDS).find((name) => FORMAT_WORDS[name]!.toLowerCase() === phrase.toLowerCase())
    if (format !== undefined) return [{ format }]
    const text = phrase.charAt(0).toLowerCase() + phrase.slice(1)
    const [pattern, read] = PHRASES.find(([one]) => one.test(text)) ?? []
    return pattern === undefined || read === undefined ? [] : [read(pattern.exec(text)!)]
  })
  const rules = Object.assign({}, ...stated) as JsonSchemaObject
  const patterns = [schema['pattern'], ...stated.map(({ pattern }) => pattern)]
  // Of the least number of elements, some dialects take 1 and state the rest.
  const { minItems = schema['minItems'] } = rules
  return { ...rules, ...schema, patterns, ...(minItems !== undefined && { minItems }) }
}
