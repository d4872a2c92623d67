import type { Dialect } from '../../../types.ts'

/** What a provider documents of the JSON Schemas it takes. One file per provider holds its own. */
export interface Profile {
  readonly name: Exclude<Dialect, 'json-schema'>
  /** For messages. */
  readonly provider: string
  /** `object`: the root must be one, and no union. */
  readonly root: 'any' | 'object'
  /**
   * `kept`: a key may be left out. `nullable`: every key is required, and `null` stands for a missing one.
   * A number: this many keys may be left out in all, the others are nullable.
   */
  readonly optional: 'kept' | 'nullable' | number
  /** `entries`: keys that are not declared are sent as `[{ key, value }]`. */
  readonly record: 'kept' | 'entries'
  /** `positions`: a tuple is sent as an object. `bare`: `prefixItems` without `items`, for tuples of one length. */
  readonly tuple: 'prefixItems' | 'bare' | 'positions'
  /** `tree`: any value is spelled out as a recursive union. */
  readonly any: 'kept' | 'tree'
  readonly constant: 'const' | 'enum'
  /** Whether `enum` may hold booleans and `null` too. */
  readonly enumOfAny: boolean
  /** `refs`: cyclic `$ref`s. `optional`: only inside keys that may be left out. `unroll`: none. */
  readonly recursion: 'refs' | 'optional' | 'unroll'
  /** On every object, not only on those that forbid further keys. */
  readonly additionalPropertiesFalse: boolean
  readonly lengths: boolean
  readonly formats: ReadonlySet<string>
  /** Which regular expressions it takes. */
  readonly pattern: (source: string) => boolean
  readonly numberKeywords: ReadonlySet<string>
  /** Bounds are taken for integers only. */
  readonly boundsOfIntegersOnly: boolean
  /** The greatest `minItems` it takes. */
  readonly minItems: number
  readonly maxItems: boolean
  /** Objects say in which order their keys are asked for, in `propertyOrdering`; elsewhere `properties` says it. */
  readonly propertyOrdering: boolean
  readonly limits: Limits
}

/** What one schema may hold; what is over a limit the provider refuses. */
export interface Limits {
  /** Keys of all objects together. */
  readonly properties: number
  /** Objects and arrays inside one another. */
  readonly levels: number
  /** Values of all enums together. */
  readonly enumValues: number
  /** Characters of all names, enum values and constants together. */
  readonly characters: number
  /** An enum of more than 250 strings may hold this many characters. */
  readonly largeEnumCharacters: number
}

/** For providers that document none. */
export const NO_LIMITS: Limits = {
  properties: Infinity,
  levels: Infinity,
  enumValues: Infinity,
  characters: Infinity,
  largeEnumCharacters: Infinity,
}

/** Long enough for any hand-written pattern; longer ones cost the provider's grammar more than they are worth. */
const MAX_PATTERN = 256

/** Regular expressions without look-around, back references and word boundaries, which no grammar engine has. */
export function plainPattern(source: string): boolean {
  return source.length <= MAX_PATTERN && !/\(\?[=!<]|\\[1-9bBkpP]/.test(source)
}
