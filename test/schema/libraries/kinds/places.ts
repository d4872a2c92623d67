import type { Choices } from '../../../support/property.ts'

/** A place of a schema: how a schema gets there, and a value that has `inner` there. `MISSING` stands for no key. */
export interface Place {
  name: string
  schema: (inner: never) => unknown
  value: (inner: unknown, choices: Choices) => unknown
}
/** The kinds of one library, each with the places that a kind can be put into. */
export interface Kinds {
  library: string
  leaves: readonly (readonly [name: string, schema: unknown])[]
  /** Those that no place takes. */
  atRoot?: readonly (readonly [name: string, schema: unknown])[]
  places: readonly Place[]
}

/** No key. */
export const MISSING: unique symbol = Symbol('missing')

/** What is written at a place. */
export const VALUES: readonly unknown[] = [
  MISSING,
  null,
  true,
  0,
  1,
  2.5,
  12,
  '',
  'a',
  ' ab ',
  'abcdef',
  '  abc  ',
  'ABC',
  '12',
  '2024-02-29',
  'a@b.co',
  '😀😀',
  'true',
  [],
  ['a'],
  ['a', 'b', 'c'],
  {},
  { a: 'x' },
  { a: 'x', b: 1 },
  { kind: 'a', a: 'x' },
  { kind: 'b' },
  { constructor: 'x' },
]

const keyed = (inner: unknown): object => (inner === MISSING ? {} : { a: inner })
const or = (inner: unknown, other: unknown): unknown => (inner === MISSING ? other : inner)

/** Places by the functions that build them in one library. */
export function places(build: Record<string, (inner: never) => unknown>): Place[] {
  const values: Record<string, Place['value']> = {
    key: keyed,
    'optional key': keyed,
    'key with a default': keyed,
    'strict object': (inner, choices) => ({ ...keyed(inner), ...(choices.chance(30) && { more: 1 }) }),
    'loose object': (inner, choices) => ({ ...keyed(inner), ...(choices.chance(30) && { more: 1 }) }),
    element: (inner, choices) => choices.many(3, () => or(inner, 'a')),
    'record value': (inner, choices) => ({
      ...(inner !== MISSING && { x: inner }),
      ...(choices.chance(30) && { y: 'a' }),
    }),
    'tuple slot': (inner, choices) =>
      inner === MISSING ? ['a'] : ['a', inner, ...(choices.chance(20) ? ['more'] : [])],
    nullable: (inner, choices) => (choices.chance(20) ? null : or(inner, null)),
    'union with a number': (inner, choices) => (choices.chance(20) ? 7 : or(inner, 7)),
    'union with an object': (inner, choices) => (choices.chance(20) ? { kind: 'x', b: 2 } : or(inner, {})),
    'two keys, same schema': (inner) => (inner === MISSING ? {} : { a: inner, b: inner }),
    lazy: keyed,
    'both sides': keyed,
  }
  return Object.entries(build).map(([name, schema]) => ({ name, schema, value: values[name]! }))
}

/** A check of the user's. */
export const isShort = (value: unknown): boolean => JSON.stringify(value ?? null).length < 7
