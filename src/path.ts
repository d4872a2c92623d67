/** Keys and indexes from the root to a place in a value; `[]` is the root. */
export type Path = readonly (string | number)[]

type Primitive = string | number | boolean | bigint | symbol | null | undefined
type AnyFunction = (...args: never[]) => unknown

/** What is one value, without places inside: everything that is neither a plain object nor a list. */
export type Whole =
  | Primitive
  | AnyFunction
  | Date
  | RegExp
  | Map<unknown, unknown>
  | Set<unknown>
  | Promise<unknown>
  | URL
  | Uint8Array

/**
 * Every path into a `T`, `[]` included, as a union. Records, `any` and `unknown` are open. So is what lies more than
 * eight levels down, or below a type that occurs in itself; a path that is given to a method is checked at any depth.
 *
 * @example const path: PathOf<OutputOf<typeof Recipe>> = ['steps', 0, 'text']
 */
export type PathOf<T> = PathBelow<T, []>

/**
 * The type of a parameter that takes a path into a `T`, where `P` is what is given: a literal path is checked key by
 * key, and the editor completes each key. A path that is known only at run time (`Path`) compiles unchecked.
 */
export type CheckedPath<T, P extends Path> = Checked<T, P, never> & (P | readonly unknown[])

/** The same with `'*'` for every element of a list and every value of a record. A declared key `*` is that key. */
export type CheckedPattern<T, P extends Path> = Checked<T, P, '*'> & (P | readonly unknown[])

/** Type of the elements of the array at `P` in `T`; `unknown` for a path that is not known at compile time. */
export type ElementAt<T, P extends Path> = OrUnknown<ElementOf<ValueAt<T, P>>>

/** Type of the value at `P` in the growing `T`; `unknown` for a path that is not known at compile time. */
export type FieldAt<T, P extends Path> = OrUnknown<Exclude<ValueAt<T, P>, undefined>>

/** Keys that a path can have in a `T`; of a union, those of all its members. */
type KeyOf<T> = unknown extends T
  ? string | number
  : T extends Whole
    ? never
    : T extends readonly unknown[]
      ? IndexOf<T>
      : [keyof T] extends [never]
        ? string | number
        : (keyof T & (string | number)) | `${keyof T & number}`

type IndexOf<T extends readonly unknown[]> = number extends T['length']
  ? number
  : { [I in keyof T]-?: I extends `${infer Index extends number}` ? Index : never }[number]

/** The value at a key of `KeyOf<T>`, or at `'*'`. */
type ChildOf<T, K> = unknown extends T
  ? unknown
  : T extends Whole
    ? never
    : K extends keyof T
      ? T[K]
      : T extends readonly (infer E)[]
        ? K extends number | '*'
          ? E
          : never
        : [keyof T] extends [never]
          ? unknown
          : K extends `${infer Index extends number}`
            ? T[Index & keyof T]
            : never

/** What `P` has to be. A key that isn't there is replaced by those that are. */
type Checked<T, P extends Path, Star extends '*'> = number extends P['length']
  ? Path
  : P extends readonly [infer K, ...infer Rest extends Path]
    ? unknown extends T
      ? Path
      : string extends K
        ? Path
        : [K] extends [KeyOf<T> | StarIn<T, Star>]
          ? readonly [Offered<T, K>, ...Checked<ChildOf<T, K>, Rest, Star>]
          : readonly [KeyOf<T> | StarIn<T, Star>, ...Path]
    : readonly []

/** Lists take `'*'`; records take any key. */
type StarIn<T, Star> = T extends readonly unknown[] ? Star : never

/** What is offered in a key's place: where any key may be, also those that are declared. */
type Offered<T, K> = string extends KeyOf<T> ? Declared<T> | (K extends '' ? Blank<Declared<T>> : K) : K

/** A blank key is one that is being written, unless nothing else can be offered. */
type Blank<Keys> = [Keys] extends [never] ? '' : never

type Declared<T> = keyof { [K in keyof T as string extends K ? never : number extends K ? never : K]: T[K] } & string

type ValueAt<T, P extends Path> = number extends P['length']
  ? unknown
  : P extends readonly [infer K, ...infer Rest extends Path]
    ? ValueAt<ChildOf<T, K>, Rest>
    : T

type ElementOf<T> = unknown extends T ? unknown : T extends readonly (infer E)[] ? E : never

type OrUnknown<T> = [T] extends [never] ? unknown : T

/** `Above` holds the types on the way, so that what occurs in itself ends. */
type PathBelow<T, Above extends unknown[]> = unknown extends T
  ? Path
  : [T] extends [Above[number]]
    ? Path
    : Above['length'] extends 8
      ? Path
      : readonly [] | PathThrough<T, KeyOf<T>, [T, ...Above]>

type PathThrough<T, K, Above extends unknown[]> = K extends string | number
  ? readonly [K, ...PathBelow<ChildOf<T, K>, Above>]
  : never

/** Whether two keys name the same place: `1` and `'1'` do, since an object has only names. */
function isSameKey(a: string | number | undefined, b: string | number | undefined): boolean {
  return a === b || (typeof a !== typeof b && String(a) === String(b))
}

export function isSamePath(a: Path, b: Path): boolean {
  return a.length === b.length && startsWith(a, b)
}

/** Whether `path` is `prefix` or below it. */
export function startsWith(path: Path, prefix: Path): boolean {
  return prefix.length <= path.length && prefix.every((key, index) => isSameKey(key, path[index]))
}

/** The value at a path of plain data; undefined where there is none, and for a list's `length` and the like. */
export function lookUp(value: unknown, path: Path): { readonly value: unknown } | undefined {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    if (Array.isArray(here) && typeof key !== 'number') return undefined
    here = (here as Record<string | number, unknown>)[key]
  }
  return { value: here }
}

/** The same where an absent value needs no distinction from `undefined`. */
export function valueAt(value: unknown, path: Path): unknown {
  return lookUp(value, path)?.value
}

/** In a pattern: every element of a list, or every value of a record. */
export const EVERY: unique symbol = Symbol('every')

/** A path, or many of them: those with any key in the place of `EVERY`. */
export type PathPattern = readonly (string | number | typeof EVERY)[]

/** Whether `path` is, or is below, one of the paths of `pattern`. */
export function isWithin(path: Path, pattern: PathPattern): boolean {
  return pattern.length <= path.length && pattern.every((key, i) => key === EVERY || isSameKey(key, path[i]))
}

/** The paths of `pattern` that are in `value`, in its order. */
export function pathsIn(value: unknown, pattern: PathPattern): Path[] {
  let found: { path: Path; value: unknown }[] = [{ path: [], value }]
  for (const key of pattern) {
    found = found.flatMap((place) => {
      const keys = key === EVERY ? keysOf(place.value) : [key]
      return keys.flatMap((name) => {
        const child = lookUp(place.value, [name])
        return child === undefined ? [] : [{ path: [...place.path, name], value: child.value }]
      })
    })
  }
  return found.map(({ path }) => path)
}

function keysOf(value: unknown): (string | number)[] {
  if (Array.isArray(value)) return [...value.keys()]
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

/** Whether it is a list of keys and whole numbers. */
export function isPath(value: unknown): value is Path {
  return Array.isArray(value) && value.every((key) => typeof key === 'string' || Number.isInteger(key))
}

/** A path in words, as in `lines.0.name`. */
export function showPath(path: Path, root = 'the root'): string {
  return path.length === 0 ? root : path.join('.')
}
