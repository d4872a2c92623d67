import { z } from 'zod'
import * as mini from 'zod/mini'
import { isShort, places, type Kinds } from './places.ts'

/** Kinds of Zod 4 that other libraries have too. */
export const ZOD4: Kinds = {
  library: 'Zod 4',
  leaves: [
    ['string', z.string().min(1).max(3)],
    ['trim, max', z.string().trim().max(3)],
    ['regex with flags', z.string().regex(/^abc$/i)],
    ['email', z.email()],
    ['int', z.int().min(1).max(10)],
    ['coerce number', z.coerce.number()],
    ['coerce string', z.coerce.string()],
    ['preprocess', z.preprocess((value) => value ?? 'none', z.string())],
    ['catch', z.string().catch('caught')],
    ['refine', z.string().refine(isShort)],
    [
      'refine that throws',
      z.string().refine(() => {
        throw new Error('mine')
      }),
    ],
    ['async refine', z.string().refine(async (text) => text.length < 3)],
    ['async refine that rejects', z.string().refine(() => Promise.reject(new Error('mine')))],
    ['async transform', z.string().transform(async (text) => text.length)],
    ['transform', z.string().transform((text) => text.length)],
    [
      'optional, refine',
      z
        .string()
        .optional()
        .refine((text) => text !== undefined),
    ],
    ['brand', z.string().brand<'b'>()],
    ['readonly', z.array(z.string()).readonly()],
    ['object', z.object({ a: z.string(), b: z.number().optional() })],
    ['strict', z.strictObject({ a: z.string() })],
    ['loose', z.looseObject({ a: z.string() })],
    ['prototype key', z.object({ constructor: z.string() })],
    [
      'discriminated',
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a'), a: z.string() }),
        z.object({ kind: z.literal('b') }),
      ]),
    ],
    ['record', z.record(z.string(), z.string())],
    ['unknown', z.unknown()],
  ],
  places: places({
    key: (inner: z.ZodType) => z.object({ a: inner }),
    'optional key': (inner: z.ZodType) => z.object({ a: inner.optional() }),
    'key with a default': (inner: z.ZodType) => z.object({ a: inner.default('a') }),
    'strict object': (inner: z.ZodType) => z.strictObject({ a: inner }),
    'loose object': (inner: z.ZodType) => z.looseObject({ a: inner }),
    element: (inner: z.ZodType) => z.array(inner),
    'record value': (inner: z.ZodType) => z.record(z.string(), inner),
    'tuple slot': (inner: z.ZodType) => z.tuple([z.string(), inner]),
    nullable: (inner: z.ZodType) => inner.nullable(),
    'union with a number': (inner: z.ZodType) => z.union([inner, z.number()]),
    'union with an object': (inner: z.ZodType) => z.union([z.object({ kind: z.string(), b: z.number() }), inner]),
    'two keys, same schema': (inner: z.ZodType) => z.object({ a: inner, b: inner }),
    lazy: (inner: z.ZodType) => z.object({ a: z.lazy(() => inner) }),
  }),
}

type AnyM = mini.ZodMiniType
const { catch: fallback } = mini
/** The same for Zod Mini. */
export const MINI: Kinds = {
  library: 'Zod Mini',
  leaves: [
    ['string', mini.string().check(mini.minLength(1), mini.maxLength(3))],
    ['trim, max', mini.string().check(mini.trim(), mini.maxLength(3))],
    ['email', mini.email()],
    ['int', mini.int().check(mini.gte(1))],
    ['coerce', mini.coerce.number()],
    ['catch', fallback(mini.string(), 'caught')],
    ['refine', mini.string().check(mini.refine(isShort))],
    ['async refine that rejects', mini.string().check(mini.refine(() => Promise.reject(new Error('mine'))))],
    [
      'transform',
      mini.pipe(
        mini.string(),
        mini.transform((text: string) => text.length),
      ),
    ],
    ['object', mini.object({ a: mini.string(), b: mini.optional(mini.number()) })],
    ['strict', mini.strictObject({ a: mini.string() })],
    ['record', mini.record(mini.string(), mini.string())],
    ['unknown', mini.unknown()],
  ],
  places: places({
    key: (inner: AnyM) => mini.object({ a: inner }),
    'optional key': (inner: AnyM) => mini.object({ a: mini.optional(inner) }),
    'key with a default': (inner: AnyM) => mini.object({ a: mini._default(inner, 'a') }),
    element: (inner: AnyM) => mini.array(inner),
    'record value': (inner: AnyM) => mini.record(mini.string(), inner),
    'tuple slot': (inner: AnyM) => mini.tuple([mini.string(), inner]),
    nullable: (inner: AnyM) => mini.nullable(inner),
    'union with a number': (inner: AnyM) => mini.union([inner, mini.number()]),
    'two keys, same schema': (inner: AnyM) => mini.object({ a: inner, b: inner }),
  }),
}
