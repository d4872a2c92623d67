import * as v from 'valibot'
import { isShort, places, type Kinds } from './places.ts'

type AnyV = v.GenericSchema
/** Every kind of Valibot, and the actions that matter. */
export const VALIBOT: Kinds = {
  library: 'Valibot',
  atRoot: [
    [
      'checkAsync',
      v.pipeAsync(
        v.string(),
        v.checkAsync(async (text) => text.length < 3),
      ),
    ],
    [
      'checkAsync that rejects',
      v.pipeAsync(
        v.string(),
        v.checkAsync(() => Promise.reject(new Error('mine'))),
      ),
    ],
    [
      'objectAsync',
      v.objectAsync({
        a: v.pipeAsync(
          v.string(),
          v.checkAsync(() => Promise.reject(new Error('mine'))),
        ),
      }),
    ],
  ],
  leaves: [
    ['string', v.string()],
    ['lengths', v.pipe(v.string(), v.minLength(1), v.maxLength(3))],
    ['trim, maxLength', v.pipe(v.string(), v.trim(), v.maxLength(3))],
    ['maxLength, trim', v.pipe(v.string(), v.maxLength(3), v.trim())],
    ['toUpperCase, regex', v.pipe(v.string(), v.toUpperCase(), v.regex(/^[A-Z]+$/))],
    ['regex with flags', v.pipe(v.string(), v.regex(/^abc$/i))],
    ['two patterns', v.pipe(v.string(), v.regex(/a/), v.regex(/b/), v.startsWith('a'))],
    ['email', v.pipe(v.string(), v.email())],
    ['isoDate', v.pipe(v.string(), v.isoDate())],
    ['graphemes', v.pipe(v.string(), v.maxGraphemes(2))],
    ['bytes', v.pipe(v.string(), v.maxBytes(3))],
    ['words', v.pipe(v.string(), v.maxWords('en', 1))],
    ['number', v.number()],
    ['integer, bounds', v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10))],
    ['multipleOf', v.pipe(v.number(), v.multipleOf(0.5))],
    ['toMinValue, maxValue', v.pipe(v.number(), v.toMinValue(3), v.maxValue(10))],
    ['string, minValue', v.pipe(v.string(), v.minValue('b'))],
    ['boolean', v.boolean()],
    ['null', v.null()],
    ['literal', v.literal('a')],
    ['picklist', v.picklist(['a', 'ABC'])],
    ['enum', v.enum({ One: 1, A: 'a' } as const)],
    ['any', v.any()],
    ['unknown', v.unknown()],
    [
      'check',
      v.pipe(
        v.string(),
        v.check((text) => isShort(text)),
      ),
    ],
    [
      'check that throws',
      v.pipe(
        v.string(),
        v.check((text: string): boolean => {
          throw new Error(text)
        }),
      ),
    ],
    [
      'rawCheck',
      v.pipe(
        v.array(v.string()),
        v.rawCheck(({ dataset, addIssue }) => {
          if (dataset.typed && dataset.value.length > 2) addIssue()
        }),
      ),
    ],
    [
      'transform',
      v.pipe(
        v.string(),
        v.transform((text) => text.length),
      ),
    ],
    ['transform, maxValue', v.pipe(v.string(), v.transform(Number), v.number(), v.maxValue(20))],
    ['pipe of two schemas', v.pipe(v.string(), v.picklist(['a', 'ABC']))],
    [
      'rawTransform',
      v.pipe(
        v.string(),
        v.rawTransform(({ dataset }) => dataset.value.length),
      ),
    ],
    ['fallback', v.fallback(v.string(), 'fell')],
    ['fallback of a pipe', v.fallback(v.pipe(v.string(), v.maxLength(2)), 'f')],
    [
      'fallback, then check',
      v.pipe(
        v.fallback(v.number(), 0),
        v.check((value) => value !== 12),
      ),
    ],
    ['brand', v.pipe(v.string(), v.brand('b'))],
    ['readonly', v.pipe(v.array(v.string()), v.readonly())],
    ['array, bounds', v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(2))],
    [
      'filterItems',
      v.pipe(
        v.array(v.string()),
        v.filterItems((item) => item !== 'a'),
      ),
    ],
    [
      'checkItems',
      v.pipe(
        v.array(v.string()),
        v.checkItems((item) => item !== 'c'),
      ),
    ],
    ['object', v.object({ a: v.string(), b: v.optional(v.number()) })],
    ['strictObject', v.strictObject({ a: v.string() })],
    ['looseObject', v.looseObject({ a: v.string() })],
    ['objectWithRest', v.objectWithRest({ a: v.string() }, v.number())],
    [
      'partialCheck',
      v.pipe(
        v.object({ a: v.string(), b: v.optional(v.number()) }),
        v.forward(
          v.partialCheck([['a'], ['b']], ({ b }) => b !== 1, 'no'),
          ['b'],
        ),
      ),
    ],
    ['prototype key', v.object({ constructor: v.string() })],
    [
      'variant',
      v.variant('kind', [v.object({ kind: v.literal('a'), a: v.string() }), v.object({ kind: v.literal('b') })]),
    ],
    ['tuple', v.tuple([v.string()])],
    ['tuple with optional', v.tuple([v.string(), v.optional(v.string(), 'd')])],
    ['looseTuple', v.looseTuple([v.string()])],
    ['strictTuple', v.strictTuple([v.string(), v.string(), v.string()])],
    ['tupleWithRest', v.tupleWithRest([v.string()], v.string())],
    ['record', v.record(v.string(), v.string())],
    ['record, key checks', v.record(v.pipe(v.string(), v.maxLength(1)), v.any())],
    ['record, picklist keys', v.record(v.picklist(['a', 'kind']), v.string())],
    ['record, keys changed', v.record(v.pipe(v.string(), v.toUpperCase()), v.any())],
    ['nonOptional', v.nonOptional(v.optional(v.string()))],
    ['undefinedable', v.undefinedable(v.string(), 'u')],
    ['custom', v.custom<string>((value) => value === 'a')],
    ['date', v.date()],
    ['bigint', v.bigint()],
    ['instance', v.instance(Date)],
    ['map', v.map(v.string(), v.string())],
  ],
  places: places({
    key: (inner: AnyV) => v.object({ a: inner }),
    'optional key': (inner: AnyV) => v.object({ a: v.optional(inner) }),
    'key with a default': (inner: AnyV) => v.object({ a: v.optional(inner, 'a') }),
    'strict object': (inner: AnyV) => v.strictObject({ a: inner }),
    'loose object': (inner: AnyV) => v.looseObject({ a: inner }),
    element: (inner: AnyV) => v.array(inner),
    'record value': (inner: AnyV) => v.record(v.string(), inner),
    'tuple slot': (inner: AnyV) => v.tuple([v.string(), inner]),
    nullable: (inner: AnyV) => v.nullable(inner),
    'union with a number': (inner: AnyV) => v.union([inner, v.number()]),
    'union with an object': (inner: AnyV) => v.union([v.object({ kind: v.string(), b: v.number() }), inner]),
    'two keys, same schema': (inner: AnyV) => v.object({ a: inner, b: inner }),
    lazy: (inner: AnyV) => v.object({ a: v.lazy(() => inner) }),
    'both sides': (inner: AnyV) => v.intersect([v.object({ a: inner }), v.object({ a: inner })]),
  }),
}
