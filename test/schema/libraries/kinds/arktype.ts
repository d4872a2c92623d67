import { type as ark } from 'arktype'
import { isShort, places, type Kinds } from './places.ts'

type AnyA = ReturnType<typeof ark<unknown>>
/** Kinds of ArkType. */
export const ARKTYPE: Kinds = {
  library: 'ArkType',
  leaves: [
    ['string', ark('string')],
    ['lengths', ark('1 <= string <= 3')],
    ['trim', ark('string.trim')],
    ['trim, max', ark('string.trim |> string <= 3')],
    ['email', ark('string.email')],
    ['regex', ark(/^abc$/i)],
    ['number', ark('number')],
    ['integer, bounds', ark('1 <= number.integer <= 10')],
    ['divisor', ark('number % 3')],
    ['boolean', ark('boolean')],
    ['null', ark('null')],
    ['literals', ark("'a' | 'ABC' | 1")],
    ['unknown', ark('unknown')],
    ['narrow', ark('string').narrow(isShort)],
    [
      'narrow that throws',
      ark('string').narrow(() => {
        throw new Error('mine')
      }),
    ],
    ['numeric.parse', ark('string.numeric.parse')],
    ['pipe', ark('string').pipe((text) => text.length)],
    ['pipe, max', ark('string').pipe((text) => text.length, ark('number <= 5'))],
    ['date.parse', ark('string.date.parse')],
    ['json.parse', ark('string.json.parse')],
    ['object', ark({ a: 'string', 'b?': 'number' })],
    ['default', ark({ a: 'string', kind: "string = 'k'" })],
    ['reject', ark({ '+': 'reject', a: 'string' })],
    ['delete', ark({ '+': 'delete', a: 'string' })],
    ['index', ark({ '[string]': 'string' })],
    ['prototype key', ark({ constructor: 'string' })],
    ['union of objects', ark({ kind: "'a'", a: 'string' }).or({ kind: "'b'" })],
    ['array, bounds', ark('1 <= string[] <= 2')],
    ['tuple', ark(['string'])],
    ['tuple with optional', ark(['string', 'string?'])],
    ['variadic', ark(['string', '...', 'string[]'])],
    ['Date', ark('Date')],
    ['bigint', ark('bigint')],
  ],
  places: places({
    key: (inner: AnyA) => ark({ a: inner }),
    'optional key': (inner: AnyA) => ark({ 'a?': inner }),
    'strict object': (inner: AnyA) => ark({ '+': 'reject', a: inner }),
    'loose object': (inner: AnyA) => ark({ '+': 'ignore', a: inner }),
    element: (inner: AnyA) => inner.array(),
    'record value': (inner: AnyA) => ark({ '[string]': inner }),
    'tuple slot': (inner: AnyA) => ark(['string', inner]),
    nullable: (inner: AnyA) => inner.or('null'),
    'union with a number': (inner: AnyA) => inner.or('number'),
    'union with an object': (inner: AnyA) => ark({ kind: "'x'", b: 'number' }).or(inner),
    'two keys, same schema': (inner: AnyA) => ark({ a: inner, b: inner }),
  }),
}
