import type { PlaceHint } from '../judges.ts'
import type { Path } from '../../../types.ts'

/**
 * A schema taken apart: `$ref` followed, `allOf` joined, every value type on its own. Each child is a
 * `SchemaLocation`, whose shape is worked out when it is first asked for, so cyclic schemas are finite.
 */
export type Shape =
  | AnyShape
  | NeverShape
  | AliasShape
  | UnionShape
  | EnumShape
  | StringShape
  | NumberShape
  | BooleanShape
  | NullShape
  | ArrayShape
  | ObjectShape

/** Every JSON value. */
export interface AnyShape {
  kind: 'any'
}
/** No value at all; `path` and `reason` tell why. */
export interface NeverShape {
  kind: 'never'
  reason: string
  path: Path
}
/** The same as another place, but for title and description. */
export interface AliasShape {
  kind: 'alias'
  to: SchemaLocation
}
export interface UnionShape {
  kind: 'union'
  branches: SchemaLocation[]
  /** Exactly one branch may fit (`oneOf`). */
  exclusive: boolean
  /** Of the schema that offers the choice. */
  path?: Path
}
/** One of these; never empty. Objects and arrays among `const` and `enum` are unions of object and array shapes. */
export interface EnumShape {
  kind: 'enum'
  values: (string | number | boolean | null)[]
  /** Every value is a number and was declared an integer. */
  integer: boolean
}
export interface StringShape {
  kind: 'string'
  minLength?: number
  maxLength?: number
  patterns: string[]
  format?: string
}
export interface NumberShape {
  kind: 'number'
  integer: boolean
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  multipleOf: number[]
}
export interface BooleanShape {
  kind: 'boolean'
}
export interface NullShape {
  kind: 'null'
}
export interface ArrayShape {
  kind: 'array'
  /** The first elements, each with its own place. */
  prefix: SchemaLocation[]
  /** The elements after them; `null`: there are none. */
  rest: SchemaLocation | null
  minItems: number
  maxItems: number
  /** No two elements are alike. */
  unique: boolean
}
export interface ObjectShape {
  kind: 'object'
  properties: Map<string, PropertyShape>
  /**
   * Keys that are not declared: what their values are. `null`: such keys are not part of the shape,
   * forbidden or simply not mentioned.
   */
  extra: SchemaLocation | null
  /** Exactly what the value of such a key is, key by key; `null`: the key is forbidden. Only in exact shapes. */
  extraOf: ((key: string) => SchemaLocation | null) | null
  /** What such keys look like; `null`: any text. */
  extraKeys: SchemaLocation | null
  /** Undeclared keys are forbidden, if there is no `extra`. */
  closed: boolean
  minProperties: number
  maxProperties: number
}
export interface PropertyShape {
  place: SchemaLocation
  required: boolean
}

/** A check that shapes do not model. */
export interface Leftover {
  /** Of the keyword, in the schema. */
  path: Path
  keyword: string
  /** In words, for a description; `null` when no short phrase says it. */
  phrase: string | null
  /** What a warning says instead of "is checked at the end". */
  note?: string
}

/** One place of a value, with what the schema says of it. */
export interface SchemaLocation {
  /** Counts from 0 in the order of discovery. */
  readonly id: number
  /** Of the first schema that speaks of it. */
  readonly path: Path
  /** A name to call it by in `$defs`, if a `$ref` led here. */
  readonly name: string | null
  readonly title: string | undefined
  readonly description: string | undefined
  /** Values of `x-structstream`. */
  readonly hints: readonly PlaceHint[]
  readonly leftovers: readonly Leftover[]
  readonly shape: Shape
}
