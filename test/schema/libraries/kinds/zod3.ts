import { z as z3 } from 'zod/v3'
import { isShort, places, type Kinds } from './places.ts'

type Any3 = z3.ZodTypeAny

/** Every kind of Zod 3. */
export const ZOD3: Kinds = {
  library: 'Zod 3',
  leaves: [
    ['string', z3.string()],
    ['string, min and max', z3.string().min(1).max(3)],
    ['trim, max', z3.string().trim().max(3)],
    ['max, trim', z3.string().max(3).trim()],
    [
      'toLowerCase, regex',
      z3
        .string()
        .toLowerCase()
        .regex(/^[a-z]+$/),
    ],
    ['regex with flags', z3.string().regex(/^abc$/i)],
    ['email', z3.string().email()],
    ['date text', z3.string().date()],
    ['startsWith', z3.string().startsWith('a')],
    ['number', z3.number()],
    ['int, bounds', z3.number().int().min(1).max(10)],
    ['multipleOf', z3.number().multipleOf(0.5)],
    ['boolean', z3.boolean()],
    ['null', z3.null()],
    ['literal', z3.literal('a')],
    ['literal null', z3.literal(null)],
    ['enum', z3.enum(['a', 'ABC'])],
    ['native enum', z3.nativeEnum({ One: 1, A: 'a' } as const)],
    ['any', z3.any()],
    ['unknown', z3.unknown()],
    ['coerce string', z3.coerce.string()],
    ['coerce string, max', z3.coerce.string().max(3)],
    ['coerce number', z3.coerce.number()],
    ['coerce boolean', z3.coerce.boolean()],
    ['coerce date', z3.coerce.date()],
    ['coerce bigint', z3.coerce.bigint()],
    ['preprocess', z3.preprocess((value) => (value === undefined || value === null ? 'none' : value), z3.string())],
    ['catch', z3.string().catch('caught')],
    [
      'catch, refine',
      z3
        .number()
        .catch(0)
        .refine((value) => value !== 12),
    ],
    ['refine, catch', z3.string().refine(isShort).catch('c')],
    ['refine', z3.string().refine(isShort)],
    [
      'refine that throws',
      z3.string().refine(() => {
        throw new Error('mine')
      }),
    ],
    ['async refine', z3.string().refine(async (value) => value.length < 3)],
    ['async refine that rejects', z3.string().refine(() => Promise.reject(new Error('mine')))],
    [
      'superRefine',
      z3.array(z3.string()).superRefine((list, context) => {
        if (list.length > 2) context.addIssue({ code: 'custom', message: 'too many' })
      }),
    ],
    ['transform', z3.string().transform((text) => text.length)],
    ['async transform', z3.string().transform(async (text) => text.length)],
    [
      'optional, transform',
      z3
        .string()
        .optional()
        .transform((text) => text ?? 'none'),
    ],
    [
      'optional, refine',
      z3
        .string()
        .optional()
        .refine((text) => text !== undefined),
    ],
    ['pipe', z3.string().transform(Number).pipe(z3.number().max(20))],
    ['brand', z3.string().brand<'b'>()],
    ['readonly', z3.array(z3.string()).readonly()],
    ['array, bounds', z3.array(z3.string()).min(1).max(2)],
    ['nonempty', z3.array(z3.string()).nonempty()],
    ['object', z3.object({ a: z3.string(), b: z3.number().optional() })],
    ['strict', z3.object({ a: z3.string() }).strict()],
    ['passthrough', z3.object({ a: z3.string() }).passthrough()],
    ['catchall', z3.object({ a: z3.string() }).catchall(z3.number())],
    ['prototype key', z3.object({ constructor: z3.string() })],
    [
      'discriminated',
      z3.discriminatedUnion('kind', [
        z3.object({ kind: z3.literal('a'), a: z3.string() }),
        z3.object({ kind: z3.literal('b') }),
      ]),
    ],
    ['tuple', z3.tuple([z3.string()]).rest(z3.string())],
    ['record', z3.record(z3.string())],
    ['record, key checks', z3.record(z3.string().max(1), z3.any())],
    ['record, enum keys', z3.record(z3.enum(['a', 'kind']), z3.string())],
    ['record, keys changed', z3.record(z3.string().toUpperCase(), z3.any())],
    ['bigint', z3.bigint()],
    ['set', z3.set(z3.string())],
  ],
  places: places({
    key: (inner: Any3) => z3.object({ a: inner }),
    'optional key': (inner: Any3) => z3.object({ a: inner.optional() }),
    'key with a default': (inner: Any3) => z3.object({ a: inner.default('a') }),
    'strict object': (inner: Any3) => z3.object({ a: inner }).strict(),
    'loose object': (inner: Any3) => z3.object({ a: inner }).passthrough(),
    element: (inner: Any3) => z3.array(inner),
    'record value': (inner: Any3) => z3.record(inner),
    'tuple slot': (inner: Any3) => z3.tuple([z3.string(), inner]),
    nullable: (inner: Any3) => inner.nullable(),
    'union with a number': (inner: Any3) => z3.union([inner, z3.number()]),
    'union with an object': (inner: Any3) => z3.union([z3.object({ kind: z3.string(), b: z3.number() }), inner]),
    'two keys, same schema': (inner: Any3) => z3.object({ a: inner, b: inner }),
    lazy: (inner: Any3) => z3.object({ a: z3.lazy(() => inner) }),
    'both sides': (inner: Any3) => z3.intersection(z3.object({ a: inner }), z3.object({ a: inner })),
  }),
}
