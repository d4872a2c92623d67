import { z } from 'zod'

import { atomic, required } from '../../src/schema/hints.ts'
import type { Choices } from '../support/property.ts'
import { hasZod4 } from '../support/zod-version.ts'
import { anyValue } from './documents.ts'
import { verdictOf } from './reference.ts'

/** A generated schema: how to write it down, and values that are meant to fit (the schema itself has the last word). */
export interface Sample {
  schema: z.ZodType
  source: string
  fit(choices: Choices): unknown
  /** Holds an overwrite or a catch: exempt from law 2. */
  isExempt: boolean
}

/** What a generator may place a sample into: some places take no optional. */
type Make = (choices: Choices, depth: number) => Sample

const leaf = (schema: z.ZodType, source: string, values: readonly unknown[], isExempt = false): Sample => ({
  schema,
  source,
  fit: (choices) => choices.pick(values),
  isExempt,
})

const wrap = (
  inner: Sample,
  schema: z.ZodType,
  method: string,
  fit: Sample['fit'] = inner.fit,
  isExempt = inner.isExempt,
): Sample => ({
  schema,
  source: `${inner.source}${method}`,
  fit,
  isExempt,
})

const WORDS = ['', 'a', 'ab', 'abc', 'b', 'red', 'é', '😀', 'x\ny', '"', 'longer text']

const LEAVES: readonly ((choices: Choices) => Sample)[] = [
  () => leaf(z.string(), 'z.string()', WORDS),
  () => leaf(z.number(), 'z.number()', [0, 1, -1, 2.5, 12, 1e21]),
  () => leaf(z.int(), 'z.int()', [0, 1, -1, 12]),
  () => leaf(z.boolean(), 'z.boolean()', [true, false]),
  () => leaf(z.null(), 'z.null()', [null]),
  () => leaf(z.enum(['red', 'reddish', 'green']), "z.enum(['red', 'reddish', 'green'])", ['red', 'reddish', 'green']),
  () => leaf(z.enum(['a', 'ab', 'abc']), "z.enum(['a', 'ab', 'abc'])", ['a', 'ab', 'abc']),
  () => leaf(z.enum({ One: 1, Two: 2, Word: 'word' }), 'z.enum({ One: 1, Two: 2, Word: "word" })', [1, 2, 'word']),
  () => leaf(z.literal('ab'), "z.literal('ab')", ['ab']),
  () => leaf(z.literal(['a', 1, true, null]), "z.literal(['a', 1, true, null])", ['a', 1, true, null]),
  () => leaf(z.literal(12), 'z.literal(12)', [12]),
  () => leaf(z.string().max(3), 'z.string().max(3)', ['', 'a', 'abc', '😀é']),
  () => leaf(z.string().length(2), 'z.string().length(2)', ['ab', 'éé']),
  () => leaf(z.string().min(2), 'z.string().min(2)', ['ab', 'abc']),
  () => leaf(z.string().startsWith('ab'), "z.string().startsWith('ab')", ['ab', 'abc']),
  () => leaf(z.string().endsWith('b').max(4), "z.string().endsWith('b').max(4)", ['ab', 'b']),
  () => leaf(z.string().regex(/^a+b?$/), 'z.string().regex(/^a+b?$/)', ['a', 'ab', 'aaab']),
  () => leaf(z.string().includes('b'), "z.string().includes('b')", ['ab', 'b', 'abc']),
  () => leaf(z.string().trim().max(2), 'z.string().trim().max(2)', [' a ', 'ab', '   b   '], true),
  () => leaf(z.string().max(4).trim(), 'z.string().max(4).trim()', [' a ', 'ab'], true),
  () =>
    leaf(
      z.string().toLowerCase().startsWith('a'),
      "z.string().toLowerCase().startsWith('a')",
      ['Ab', 'a', 'ABC'],
      true,
    ),
  () => leaf(z.string().normalize(), 'z.string().normalize()', ['e\u0301', 'a'], true),
  () => leaf(z.email(), 'z.email()', ['a@b.co', 'ab@cd.org']),
  () => leaf(z.string().check(z.email()), 'z.string().check(z.email())', ['a@b.co']),
  () => leaf(z.iso.date(), 'z.iso.date()', ['2024-02-29']),
  () => leaf(z.uuid(), 'z.uuid()', ['123e4567-e89b-42d3-a456-426614174000']),
  () => leaf(z.url(), 'z.url()', ['https://a.b/c']),
  () => leaf(z.templateLiteral(['a', z.number()]), "z.templateLiteral(['a', z.number()])", ['a1', 'a2.5']),
  () => leaf(z.number().min(0).max(10), 'z.number().min(0).max(10)', [0, 10, 2.5]),
  () => leaf(z.number().multipleOf(5), 'z.number().multipleOf(5)', [0, 5, -10]),
  () => leaf(z.any(), 'z.any()', [null, 1, 'ab', [1, { a: 'b' }], { a: { b: [] }, c: 'd' }]),
  () => leaf(z.unknown(), 'z.unknown()', [null, 'ab', [[]], { a: 1 }]),
  () => leaf(z.json(), 'z.json()', [null, 1, 'ab', [true, { a: 'b' }], { a: { b: [] } }]),
  () => leaf(z.never(), 'z.never()', [null, 'a']),
  () => leaf(z.coerce.number(), 'z.coerce.number()', ['12', 1, true, null]),
  () => leaf(z.coerce.date(), 'z.coerce.date()', ['2024-02-29', 0]),
  () => leaf(z.coerce.string(), 'z.coerce.string()', ['a', 1, null]),
  () => leaf(z.stringbool(), 'z.stringbool()', ['true', 'no', 'yes']),
  () =>
    leaf(
      z.string().transform((text) => text.length),
      'z.string().transform((text) => text.length)',
      WORDS,
    ),
  () =>
    leaf(
      z
        .string()
        .transform((text) => ({ text }))
        .pipe(z.object({ text: z.string().max(3) })),
      'z.string().transform((text) => ({ text })).pipe(z.object({ text: z.string().max(3) }))',
      ['a', 'abc'],
    ),
  () =>
    leaf(
      z.preprocess((value) => (value === null ? 'none' : value), z.string()),
      "z.preprocess((value) => (value === null ? 'none' : value), z.string())",
      ['a', null],
    ),
  () =>
    leaf(
      hasZod4(1)
        ? z.codec(z.iso.date(), z.date(), {
            decode: (text) => new Date(text),
            encode: (date) => date.toISOString().slice(0, 10),
          })
        : z.iso.date().transform((text) => new Date(text)),
      'z.codec(z.iso.date(), z.date(), …)',
      ['2024-02-29'],
    ),
  () =>
    leaf(
      z.string().refine((text) => text.length !== 2),
      'z.string().refine((text) => text.length !== 2)',
      ['', 'a', 'abc'],
    ),
  () =>
    leaf(
      z.number().refine((value) => value !== 1),
      'z.number().refine((value) => value !== 1)',
      [0, 2.5],
    ),
  () => leaf(atomic(z.string()), 'atomic(z.string())', WORDS),
]

/** Zod reads a member of `Object.prototype` where the key is missing; before 4.5 it also failed on such keys. */
const KEYS = ['a', 'b', 'c', 'type', 'kind', ...(hasZod4(5) ? ['constructor'] : [])]

/** Makes any schema; `depth` levels of containers at most. */
export const anySchema: Make = (choices, depth) => {
  const kind = choices.below(depth > 0 ? 24 : 4)
  if (kind < 4) return choices.pick(LEAVES)(choices)
  return choices.pick(CONTAINERS)(choices, depth - 1)
}

const objectSample: Make = (choices, depth) => {
  const keys = choices.shuffle(KEYS).slice(0, choices.below(4) + (choices.chance(10) ? 0 : 1))
  const properties = keys.map((key): [string, Sample] => [key, propertySample(choices, depth)])
  return objectOf(choices, properties)
}

const OBJECTS = { object: z.object, strictObject: z.strictObject, looseObject: z.looseObject }

function objectOf(choices: Choices, properties: [string, Sample][]): Sample {
  const shape = Object.fromEntries(properties.map(([key, { schema }]) => [key, schema]))
  const body = `{ ${properties.map(([key, { source }]) => `${key}: ${source}`).join(', ')} }`
  const catchall = choices.chance(15) ? choices.pick(LEAVES)(choices) : null
  const mode = catchall === null ? choices.pick(['object', 'object', 'strictObject', 'looseObject'] as const) : 'object'
  const schema = catchall === null ? OBJECTS[mode](shape) : z.object(shape).catchall(catchall.schema)
  return {
    schema,
    source: `z.${mode}(${body})${catchall === null ? '' : `.catchall(${catchall.source})`}`,
    isExempt: properties.some(([, { isExempt }]) => isExempt) || catchall?.isExempt === true,
    fit: (fitChoices) => {
      const entries: [string, unknown][] = []
      for (const [key, sample] of properties) {
        if (sample.source.includes('/*absent*/') && fitChoices.chance(40)) continue
        entries.push([key, sample.fit(fitChoices)])
      }
      if (mode !== 'strictObject' && fitChoices.chance(20))
        entries.push(['extra', catchall === null ? anyValue(fitChoices) : catchall.fit(fitChoices)])
      return Object.fromEntries(entries)
    },
  }
}

const propertySample: Make = (choices, depth) => {
  const inner = anySchema(choices, depth)
  switch (choices.below(12)) {
    case 0:
      return wrap(inner, inner.schema.optional(), '.optional()/*absent*/')
    case 1: {
      const fallback = inner.fit(choices)
      const parsed = verdictOf(inner.schema, fallback)
      if (!parsed.success) return inner
      return wrap(
        inner,
        inner.schema.default(parsed.data as never),
        `.default(${JSON.stringify(parsed.data)})/*absent*/`,
      )
    }
    case 2: {
      const fallback = inner.fit(choices)
      return wrap(inner, inner.schema.prefault(fallback as never), `.prefault(${JSON.stringify(fallback)})/*absent*/`)
    }
    case 3:
      return wrap(inner, inner.schema.nullish(), '.nullish()/*absent*/', (fitChoices) =>
        fitChoices.chance(30) ? null : inner.fit(fitChoices),
      )
    case 4:
      return { ...inner, schema: required(inner.schema), source: `required(${inner.source})` }
    case 5:
      if (!hasZod4(3)) return inner
      return wrap(inner, z.exactOptional(inner.schema), '.exactOptional()/*absent*/')
    case 6:
      return wrap(inner, inner.schema.optional().nonoptional(), '.optional().nonoptional()')
    default:
      return inner
  }
}

function tagged(
  choices: Choices,
  depth: number,
  tag: string,
  values: readonly unknown[],
  mayBeMissing = false,
): Sample {
  const literal = values.length === 1 ? z.literal(values[0] as string) : z.enum(values as [string, ...string[]])
  const label = leaf(
    literal,
    values.length === 1 ? `z.literal(${JSON.stringify(values[0])})` : `z.enum(${JSON.stringify(values)})`,
    values,
  )
  const others = choices.shuffle(KEYS.filter((key) => key !== tag)).slice(0, choices.below(3))
  const properties = others.map((key): [string, Sample] => [key, propertySample(choices, depth)])
  const whole = mayBeMissing ? wrap(label, literal.optional(), '.optional()/*absent*/') : label
  return objectOf(choices, choices.shuffle([[tag, whole], ...properties]))
}

const unionOf = (options: Sample[], schema: z.ZodType, source: string): Sample => ({
  schema,
  source,
  isExempt: options.some(({ isExempt }) => isExempt),
  fit: (choices) => choices.pick(options).fit(choices),
})

/** The two sides may make different values of one text, so that what one side showed is taken back in the end. */
const mayConflict = (samples: Sample[]) =>
  samples.some(({ source }) => /coerce|transform|codec|stringbool|preprocess|default|prefault/.test(source))

const listed = (samples: Sample[]) => `[${samples.map(({ source }) => source).join(', ')}]`

/** A recursive schema by getter, by `z.lazy`, or over arrays. */
const recursive: Make = (choices) => {
  const value = choices.pick(LEAVES)(choices)
  const shape = choices.below(3)
  const schema: z.ZodType =
    shape === 0
      ? z.object({
          value: value.schema,
          get children(): z.ZodType {
            return z.array(schema)
          },
        })
      : shape === 1
        ? z.object({ value: value.schema, next: z.lazy(() => schema).optional() })
        : z.union([value.schema, z.array(z.lazy(() => schema))])
  const sources = [
    `(N = z.object({ value: ${value.source}, get children() { return z.array(N) } }))`,
    `(N = z.object({ value: ${value.source}, next: z.lazy(() => N).optional() }))`,
    `(N = z.union([${value.source}, z.array(z.lazy(() => N))]))`,
  ]
  const fit = (fitChoices: Choices, level = 3): unknown => {
    if (shape === 0)
      return {
        value: value.fit(fitChoices),
        children: level === 0 ? [] : fitChoices.many(2, () => fit(fitChoices, level - 1)),
      }
    if (shape === 1)
      return {
        value: value.fit(fitChoices),
        ...(level > 0 && fitChoices.chance(60) && { next: fit(fitChoices, level - 1) }),
      }
    return level === 0 || fitChoices.chance(50)
      ? value.fit(fitChoices)
      : fitChoices.many(3, () => fit(fitChoices, level - 1))
  }
  return { schema, source: sources[shape]!, fit: (fitChoices) => fit(fitChoices), isExempt: value.isExempt }
}

const CONTAINERS: readonly Make[] = [
  objectSample,
  objectSample,
  objectSample,
  (choices, depth) => {
    const element = anySchema(choices, depth)
    const fit = (fitChoices: Choices) => fitChoices.many(3, () => element.fit(fitChoices))
    const base = z.array(element.schema)
    const plain = wrap({ ...element, source: `z.array(${element.source})`, fit }, base, '')
    switch (choices.below(5)) {
      case 0:
        return wrap(plain, base.max(3), '.max(3)')
      case 1:
        return wrap(plain, base.length(2), '.length(2)', (fitChoices) => [
          element.fit(fitChoices),
          element.fit(fitChoices),
        ])
      case 2:
        return wrap(plain, base.min(1), '.min(1)', (fitChoices) => [element.fit(fitChoices), ...fit(fitChoices)])
      default:
        return plain
    }
  },
  (choices, depth) => {
    const slots = [anySchema(choices, depth), ...choices.many(2, () => anySchema(choices, depth))]
    const optional = choices.below(3)
    const items = slots.map(({ schema }, index) =>
      index > 0 && index >= slots.length - optional
        ? choices.chance(30)
          ? schema.default(null as never)
          : schema.optional()
        : schema,
    )
    const rest = choices.chance(30) ? choices.pick(LEAVES)(choices) : null
    const schema = rest === null ? z.tuple(items as [z.ZodType]) : z.tuple(items as [z.ZodType], rest.schema)
    return {
      schema,
      source: `z.tuple(${listed(slots)}${rest === null ? '' : `, ${rest.source}`})/*last ${optional} may be missing*/`,
      isExempt: slots.some(({ isExempt }) => isExempt) || rest?.isExempt === true,
      fit: (fitChoices) => {
        const length = slots.length - (fitChoices.chance(40) ? Math.min(optional, slots.length - 1) : 0)
        const values = slots.slice(0, length).map((slot) => slot.fit(fitChoices))
        return rest === null || length < slots.length
          ? values
          : [...values, ...fitChoices.many(2, () => rest.fit(fitChoices))]
      },
    }
  },
  (choices, depth) => {
    const value = anySchema(choices, depth)
    const [key, source, keys] = choices.pick([
      [z.string(), 'z.string()', ['a', 'b', 'zz', '1', '']],
      [z.string().max(2), 'z.string().max(2)', ['a', 'ab', '1']],
      [z.string().regex(/^[ab]/), 'z.string().regex(/^[ab]/)', ['a', 'ab', 'b']],
      [z.number(), 'z.number()', ['1', '2.5', '-3']],
    ] as const)
    const fit = (fitChoices: Choices) =>
      Object.fromEntries(fitChoices.many(3, () => [fitChoices.pick(keys), value.fit(fitChoices)]))
    return {
      schema: z.record(key as z.ZodString, value.schema),
      source: `z.record(${source}, ${value.source})`,
      fit,
      isExempt: value.isExempt,
    }
  },
  (choices, depth) => {
    const value = anySchema(choices, depth)
    const key = z.enum(['a', 'b', 'c'])
    const isPartial = choices.chance(50)
    const fit = (fitChoices: Choices) =>
      Object.fromEntries(
        key.options.filter(() => !isPartial || fitChoices.chance(60)).map((name) => [name, value.fit(fitChoices)]),
      )
    const schema = isPartial ? z.partialRecord(key, value.schema) : z.record(key, value.schema)
    return {
      schema,
      source: `z.${isPartial ? 'partialRecord' : 'record'}(z.enum(['a', 'b', 'c']), ${value.source})`,
      fit,
      isExempt: value.isExempt,
    }
  },
  (choices, depth) => {
    const options = [
      anySchema(choices, depth),
      anySchema(choices, depth),
      ...choices.many(1, () => anySchema(choices, depth)),
    ]
    return unionOf(options, z.union(options.map(({ schema }) => schema)), `z.union(${listed(options)})`)
  },
  (choices, depth) => {
    const options = [
      objectSample(choices, depth),
      objectSample(choices, depth),
      ...choices.many(1, () => objectSample(choices, depth)),
    ]
    return unionOf(options, z.union(options.map(({ schema }) => schema)), `z.union(${listed(options)})`)
  },
  (choices, depth) => {
    const tag = choices.pick(['type', 'kind'] as const)
    const options = [
      tagged(choices, depth, tag, ['a'], choices.chance(30)),
      tagged(choices, depth, tag, choices.chance(50) ? ['ab'] : ['abc', 'b']),
      ...choices.many(1, () => tagged(choices, depth, tag, ['c'])),
    ]
    return unionOf(
      options,
      z.discriminatedUnion(tag, options.map(({ schema }) => schema) as never),
      `z.discriminatedUnion('${tag}', ${listed(options)})`,
    )
  },
  (choices, depth) => {
    const first = tagged(choices, depth, 'type', [1])
    const inner = [tagged(choices, depth, 'type', ['a']), tagged(choices, depth, 'type', ['ab', 'b'])]
    const nested = unionOf(
      inner,
      z.discriminatedUnion('type', inner.map(({ schema }) => schema) as never),
      `z.discriminatedUnion('type', ${listed(inner)})`,
    )
    const options = [first, nested]
    return unionOf(
      options,
      z.discriminatedUnion('type', options.map(({ schema }) => schema) as never),
      `z.discriminatedUnion('type', ${listed(options)})`,
    )
  },
  (choices, depth) => {
    const left = objectSample(choices, depth)
    const right = objectSample(choices, depth)
    return {
      schema: z.intersection(left.schema, right.schema),
      source: `z.intersection(${left.source}, ${right.source})`,
      isExempt: left.isExempt || right.isExempt || mayConflict([left, right]),
      fit: (fitChoices) => ({ ...(left.fit(fitChoices) as object), ...(right.fit(fitChoices) as object) }),
    }
  },
  (choices, depth) => {
    const left = anySchema(choices, depth)
    const right = choices.chance(50) ? left : anySchema(choices, depth)
    return {
      schema: z.intersection(left.schema, right.schema),
      source: `z.intersection(${left.source}, ${right.source})`,
      isExempt: left.isExempt || right.isExempt || mayConflict([left, right]),
      fit: (fitChoices) => fitChoices.pick([left, right]).fit(fitChoices),
    }
  },
  recursive,
  (choices, depth) => {
    const inner = anySchema(choices, depth)
    return wrap(inner, inner.schema.nullable(), '.nullable()', (fitChoices) =>
      fitChoices.chance(30) ? null : inner.fit(fitChoices),
    )
  },
  (choices, depth) => {
    const inner = anySchema(choices, depth)
    return wrap(inner, inner.schema.readonly(), '.readonly()')
  },
  (choices, depth) => {
    const inner = anySchema(choices, depth)
    return wrap(inner, inner.schema.catch('caught' as never), ".catch('caught')", inner.fit, true)
  },
  (choices, depth) => {
    const inner = anySchema(choices, depth)
    const check = (value: unknown) => (JSON.stringify(value ?? null) ?? '').length % 5 !== 0
    return wrap(inner, inner.schema.refine(check), '.refine((value) => JSON.stringify(value ?? null).length % 5 !== 0)')
  },
  (choices, depth) => {
    const inner = anySchema(choices, depth)
    return wrap(
      inner,
      inner.schema.transform((value) => ({ out: value })),
      '.transform((value) => ({ out: value }))',
    )
  },
  (choices, depth) => {
    const inner = anySchema(choices, depth)
    return { ...inner, schema: atomic(inner.schema), source: `atomic(${inner.source})` }
  },
  (choices, depth) => {
    const inner = anySchema(choices, depth)
    return wrap(inner, inner.schema.brand('x'), ".brand('x')")
  },
  (choices, depth) => {
    const inner = anySchema(choices, depth)
    return wrap(
      inner,
      z.lazy(() => inner.schema),
      '/*lazy*/',
    )
  },
]
