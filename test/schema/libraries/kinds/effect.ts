import { Schema } from 'effect'
import { isShort, places, type Kinds } from './places.ts'

type AnyE = Schema.Codec<unknown>
/** Kinds of Effect. */
export const EFFECT: Kinds = {
  library: 'Effect',
  leaves: [
    ['String', Schema.String],
    ['lengths', Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(3))],
    ['Trim', Schema.Trim],
    ['pattern', Schema.String.check(Schema.isPattern(/^abc$/i))],
    ['filter', Schema.String.check(Schema.makeFilter(isShort))],
    ['Number', Schema.Number],
    ['Finite', Schema.Finite],
    ['Int, bounds', Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10 }))],
    ['Boolean', Schema.Boolean],
    ['Null', Schema.Null],
    ['Literals', Schema.Literals(['a', 'ABC'])],
    ['Unknown', Schema.Unknown],
    ['NumberFromString', Schema.NumberFromString],
    ['FiniteFromString', Schema.FiniteFromString],
    ['Date', Schema.Date],
    ['NullOr', Schema.NullOr(Schema.String)],
    ['Struct', Schema.Struct({ a: Schema.String, b: Schema.optionalKey(Schema.Finite) })],
    ['optional', Schema.Struct({ a: Schema.optional(Schema.String) })],
    ['Record', Schema.Record(Schema.String, Schema.String)],
    ['Array', Schema.Array(Schema.String)],
    ['NonEmptyArray', Schema.NonEmptyArray(Schema.String)],
    ['Tuple', Schema.Tuple([Schema.String])],
    ['TupleWithRest', Schema.TupleWithRest(Schema.Tuple([Schema.String]), [Schema.String])],
    [
      'Union',
      Schema.Union([
        Schema.Struct({ kind: Schema.Literal('a'), a: Schema.String }),
        Schema.Struct({ kind: Schema.Literal('b') }),
      ]),
    ],
    ['prototype key', Schema.Struct({ constructor: Schema.String })],
  ],
  places: places({
    key: (inner: AnyE) => Schema.Struct({ a: inner }),
    'optional key': (inner: AnyE) => Schema.Struct({ a: Schema.optionalKey(inner) }),
    element: (inner: AnyE) => Schema.Array(inner),
    'record value': (inner: AnyE) => Schema.Record(Schema.String, inner),
    'tuple slot': (inner: AnyE) => Schema.Tuple([Schema.String, inner]),
    nullable: (inner: AnyE) => Schema.NullOr(inner),
    'union with a number': (inner: AnyE) => Schema.Union([inner, Schema.Finite]),
    'union with an object': (inner: AnyE) =>
      Schema.Union([Schema.Struct({ kind: Schema.String, b: Schema.Finite }), inner]),
    'two keys, same schema': (inner: AnyE) => Schema.Struct({ a: inner, b: inner }),
  }),
}
