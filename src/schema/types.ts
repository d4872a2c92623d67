import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Whole } from '../path.ts'

/**
 * The type of a value that is still growing: objects get optional keys, arrays and tuples hold partial
 * elements, a union is the union of its partials, and everything else is itself. Under
 * `exactOptionalPropertyTypes` a key that is not there yet is absent, never `undefined`.
 */
export type DeepPartial<T> = unknown extends T
  ? T
  : T extends Whole
    ? T
    : T extends readonly unknown[]
      ? PartialArray<T>
      : T extends object
        ? { [K in keyof T]?: DeepPartial<T[K]> }
        : T

/** Tuples keep their slots, which may not have come yet; arrays stay arrays, read-only ones too. */
type PartialArray<T extends readonly unknown[]> = number extends T['length']
  ? T extends unknown[]
    ? DeepPartial<T[number]>[]
    : readonly DeepPartial<T[number]>[]
  : { [I in keyof T]?: DeepPartial<T[I]> }

/** Any schema whose output type is known: a Standard Schema (Zod, Valibot, ArkType, Effect …). */
export type AnySchema = StandardSchemaV1

/**
 * Constraint for a type parameter that is inferred from a schema. It asks for less than `AnySchema` because comparing the
 * members of `~standard` makes TypeScript work out all of Zod's input and output types: 5,700 instantiations for 500 fields.
 */
export interface SchemaLike {
  readonly '~standard': unknown
}

/** The validated type of a schema; `string` where there is none. */
export type OutputOf<S> =
  S extends ZodTypes<'output'>
    ? S['_zod']['output']
    : S extends StandardSchemaV1
      ? StandardSchemaV1.InferOutput<S>
      : S extends undefined
        ? string
        : unknown

/** What a schema takes, as JSON; `string` where there is none. */
export type InputOf<S> =
  S extends ZodTypes<'input'>
    ? S['_zod']['input']
    : S extends StandardSchemaV1
      ? StandardSchemaV1.InferInput<S>
      : S extends undefined
        ? string
        : unknown

/** Zod 4's own place for a type, which needs none of the other. */
interface ZodTypes<Kind extends string> {
  readonly _zod: { readonly [K in Kind]: unknown }
}

/** The type of a schema's partials. */
export type PartialOf<S> = DeepPartial<OutputOf<S>>

/** A constraint that the provider's schema dialect can't express. */
export interface Warning {
  /** Into the schema. */
  path: (string | number)[]
  message: string
}
