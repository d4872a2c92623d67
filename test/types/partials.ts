/* Compiled, never run (`npm run test:types`): lines that must compile, and `@ts-expect-error` lines that must not. */
import * as zm from 'zod/mini'
import { z } from 'zod'

import type { DeepPartial, OutputOf, PartialOf } from '../../src/index.ts'

/** Exactly the same type: `any` and optional keys included. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Flattens intersections, so that types that read the same are the same. */
type Flat<T> = T extends object ? { [K in keyof T]: T[K] } : T
function same<A, B>(_: Same<A, B>): void {}

/* Leaves are themselves */
same<DeepPartial<string>, string>(true)
same<DeepPartial<number | null>, number | null>(true)
same<DeepPartial<boolean>, boolean>(true)
same<DeepPartial<bigint>, bigint>(true)
same<DeepPartial<'a' | 'b'>, 'a' | 'b'>(true)
same<DeepPartial<Date>, Date>(true)
same<DeepPartial<Map<string, { a: number }>>, Map<string, { a: number }>>(true)
same<DeepPartial<Set<string>>, Set<string>>(true)
same<DeepPartial<URL>, URL>(true)
same<DeepPartial<Uint8Array>, Uint8Array>(true)
same<DeepPartial<RegExp>, RegExp>(true)
same<DeepPartial<() => number>, () => number>(true)
same<DeepPartial<undefined>, undefined>(true)
same<DeepPartial<unknown>, unknown>(true)
same<DeepPartial<any>, any>(true)
same<DeepPartial<never>, never>(true)

/* Objects get optional keys, at every depth */
same<DeepPartial<{ a: string; b: { c: number } }>, { a?: string; b?: { c?: number } }>(true)
same<DeepPartial<{ a?: string }>, { a?: string }>(true)
same<DeepPartial<{ readonly a: string }>, { readonly a?: string }>(true)
same<DeepPartial<Record<string, { a: number }>>, { [x: string]: { a?: number } | undefined }>(true)
same<DeepPartial<{ a: Date; b: Map<string, number> }>, { a?: Date; b?: Map<string, number> }>(true)

/* Arrays and tuples hold partial elements */
same<DeepPartial<string[]>, string[]>(true)
same<DeepPartial<{ a: string }[]>, { a?: string }[]>(true)
same<DeepPartial<readonly { a: string }[]>, readonly { a?: string }[]>(true)
same<DeepPartial<[string, { a: number }]>, [string?, { a?: number }?]>(true)
same<DeepPartial<readonly [string, number]>, readonly [string?, number?]>(true)
same<DeepPartial<string[][]>, string[][]>(true)

/* A union is the union of its partials */
same<DeepPartial<{ a: string } | { b: number[] }>, { a?: string } | { b?: number[] }>(true)
same<DeepPartial<string | { a: string }[] | null>, string | { a?: string }[] | null>(true)

/* Recursive types end */
interface Tree {
  value: number
  children: Tree[]
}
const tree: DeepPartial<Tree> = { children: [{}, { value: 1, children: [{ children: [] }] }] }
const depth: number | undefined = tree.children?.[1]?.children?.[0]?.value
void depth

/* Absent is absent, never `undefined` (exactOptionalPropertyTypes) */
const absent: DeepPartial<{ a: string }> = {}
void absent
// @ts-expect-error a key that is not there yet is not there, it is not undefined
const notUndefined: DeepPartial<{ a: string }> = { a: undefined }
void notUndefined
const declared: DeepPartial<{ a: string | undefined }> = { a: undefined }
void declared

/* Wrong ones do not fit */
// @ts-expect-error a wrong leaf
const wrongLeaf: DeepPartial<{ a: { b: string } }> = { a: { b: 1 } }
void wrongLeaf
// @ts-expect-error an unknown key
const unknownKey: DeepPartial<{ a: string }> = { b: 1 }
void unknownKey
// @ts-expect-error a slot too many
const extraSlot: DeepPartial<[string, number]> = ['a', 1, 2]
void extraSlot
// @ts-expect-error null is not "not yet"
const nullElement: DeepPartial<{ a: string }[]> = [null]
void nullElement
// @ts-expect-error a partial is not the whole
const whole: { a: string } = {} as DeepPartial<{ a: string }>
void whole
// @ts-expect-error what is inside a map is not partial
const insideMap: DeepPartial<Map<string, { a: number }>> = new Map([['x', {}]])
void insideMap

/* The whole always fits its partial */
function fits<T>(value: T): DeepPartial<T> | T {
  return value
}
fits({ a: 1 })
const movie = { title: 'x', cast: [{ name: 'y', roles: ['z'] }], when: new Date(), at: [1, 'a'] as [number, string] }
const partialMovie: DeepPartial<typeof movie> = movie
void partialMovie

/* From schemas */
const Movie = z.object({
  title: z.string(),
  year: z.int(),
  genre: z.enum(['sci-fi', 'drama']),
  cast: z.array(z.object({ name: z.string(), age: z.number().nullable() })),
  released: z.string().transform((text) => new Date(text)),
  note: z.string().optional(),
  rating: z.number().default(5),
  pair: z.tuple([z.string(), z.number()]),
})
same<OutputOf<typeof Movie>, z.output<typeof Movie>>(true)
same<
  Flat<PartialOf<typeof Movie>>,
  {
    title?: string
    year?: number
    genre?: 'sci-fi' | 'drama'
    cast?: { name?: string; age?: number | null }[]
    released?: Date
    note?: string | undefined
    rating?: number
    pair?: [string?, number?]
  }
>(true)

const Shape = z.discriminatedUnion('type', [
  z.object({ type: z.literal('circle'), radius: z.number() }),
  z.object({ type: z.literal('square'), side: z.number() }),
])
type PartialShape = PartialOf<typeof Shape>
same<PartialShape, { type?: 'circle'; radius?: number } | { type?: 'square'; side?: number }>(true)
declare const shape: PartialShape
if (shape.type === 'circle') {
  const radius: number | undefined = shape.radius
  void radius
  // @ts-expect-error a circle has no side
  void shape.side
}

const Mini = zm.object({ a: zm.string(), b: zm.optional(zm.array(zm.number())) })
same<OutputOf<typeof Mini>, zm.output<typeof Mini>>(true)
const mini: PartialOf<typeof Mini> = { b: [1] }
void mini
// @ts-expect-error b holds numbers
const wrongMini: PartialOf<typeof Mini> = { b: ['x'] }
void wrongMini

same<OutputOf<undefined>, string>(true)
