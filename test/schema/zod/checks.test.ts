import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { DocumentInterpreter } from '../../../src/partial/document/document-interpreter.ts'
import { validateZod, zodNode } from '../../../src/schema/zod/nodes.ts'
import '../../support/load-zod.ts'
import { hasZod4 } from '../../support/zod-version.ts'

function reader(schema: z.ZodType): DocumentInterpreter {
  return new DocumentInterpreter(zodNode(schema), null, { repair: false, maxDepth: 64, maxIssues: 100 })
}

/** Reads a text one character at a time, looking after each. */
function read(schema: z.ZodType, text: string): DocumentInterpreter {
  const interpreter = reader(schema)
  for (const character of text) {
    interpreter.push(character)
    interpreter.snapshot(true)
  }
  interpreter.end()
  interpreter.snapshot(true)
  return interpreter
}

/** Notes what user code is called with. */
function spy<T, R>(result: (value: T) => R): { calls: T[]; fn: (value: T) => R } {
  const calls: T[] = []
  return {
    calls,
    fn: (value) => {
      calls.push(structuredClone(value))
      return result(value)
    },
  }
}

describe('user code runs once for each complete value, never on an unfinished one', () => {
  const always = <T>() => spy<T, boolean>(() => true)

  test('refine on a string', () => {
    const { calls, fn } = always<string>()
    read(z.object({ a: z.string().refine(fn), b: z.string() }), '{"a":"hello","b":"x"}')
    expect(calls).toEqual(['hello'])
  })

  test('refine on every level: once each, not again for each container around', () => {
    const leaf = always<number>()
    const list = always<number[]>()
    const object = always<object>()
    const root = always<object[]>()
    const schema = z
      .array(z.object({ n: z.array(z.number().refine(leaf.fn)).refine(list.fn) }).refine(object.fn))
      .refine(root.fn)
    read(schema, '[{"n":[1,2]},{"n":[3]}]')
    expect(leaf.calls).toEqual([1, 2, 3])
    expect(list.calls).toEqual([[1, 2], [3]])
    expect(object.calls).toEqual([{ n: [1, 2] }, { n: [3] }])
    expect(root.calls).toEqual([[{ n: [1, 2] }, { n: [3] }]])
  })

  test('transform, pipe, preprocess and codec', () => {
    const transform = spy((text: string) => text.length)
    const list = spy((values: number[]) => values.length)
    const before = spy((value: unknown) => value)
    const decode = spy((text: string) => new Date(text))
    const schema = z.object({
      a: z.string().transform(transform.fn),
      b: z.array(z.number()).transform(list.fn).pipe(z.number()),
      c: z.preprocess(before.fn, z.string()),
      // Before 4.1 there is no codec.
      d: hasZod4(1)
        ? z.codec(z.iso.date(), z.date(), { decode: decode.fn, encode: (date) => date.toISOString() })
        : z.iso.date().transform(decode.fn),
    })
    expect(read(schema, '{"a":"abc","b":[1,2],"c":"x","d":"2024-02-29"}').issues).toEqual([])
    expect([transform.calls, list.calls, before.calls, decode.calls]).toEqual([
      ['abc'],
      [[1, 2]],
      ['x'],
      ['2024-02-29'],
    ])
  })

  test('custom formats, overwrites and superRefine', () => {
    const overwrite = spy((text: string) => text.trim())
    const seen: unknown[] = []
    const schema = z.object({
      a: z.string().overwrite(overwrite.fn),
      b: z.object({ x: z.number() }).superRefine((value, context) => {
        seen.push({ ...value })
        context.addIssue({ code: 'custom', path: ['x'], message: 'too round' })
      }),
    })
    const { issues } = read(schema, '{"a":" t ","b":{"x":10}}')
    expect(overwrite.calls).toEqual([' t '])
    expect(seen).toEqual([{ x: 10 }])
    expect(issues).toMatchObject([{ path: ['b', 'x'], code: 'custom', message: 'too round' }])
  })

  test('each reading of a union runs its own', () => {
    const first = always<object>()
    const second = always<object>()
    read(
      z.union([
        z.object({ a: z.string() }).refine(first.fn),
        z.object({ a: z.string(), b: z.number() }).refine(second.fn),
      ]),
      '{"a":"x","b":1}',
    )
    expect([first.calls, second.calls]).toEqual([[{ a: 'x' }], [{ a: 'x', b: 1 }]])
  })

  test('a value that is already certainly wrong is not shown to it', () => {
    const { calls, fn } = always<object>()
    const { issues } = read(z.object({ a: z.number(), b: z.number().max(1) }).refine(fn), '{"a":"x","b":2}')
    expect(calls).toEqual([])
    expect(issues.map(({ path }) => path)).toEqual([['a'], ['b']])
  })

  test('a text that is cut off runs nothing for what is open', () => {
    const { calls, fn } = always<unknown>()
    const interpreter = reader(
      z.object({ a: z.string().refine(fn), n: z.number().refine(fn), l: z.array(z.string()).refine(fn) }).refine(fn),
    )
    interpreter.push('{"l":["x"')
    interpreter.push(',"y')
    interpreter.end()
    expect(calls).toEqual([])
    expect(interpreter.isDone).toBe(false)
  })

  test('default factories run when the object closes', () => {
    let calls = 0
    const schema = z.object({ a: z.string(), id: z.string().default(() => `id-${++calls}`) })
    const interpreter = reader(schema)
    interpreter.push('{"a":"x"')
    expect(calls).toBe(0)
    interpreter.push('}')
    expect(interpreter.snapshot(true)).toEqual({ a: 'x', id: 'id-1' })
    interpreter.snapshot(true)
    expect(calls).toBe(1)
  })
})

describe('asynchronous user code', () => {
  test.each<[string, z.ZodType, string]>([
    ['refine on a string', z.string().refine(async () => true), '"a"'],
    ['refine that returns a promise', z.string().refine((text) => Promise.resolve(text !== '')), '"a"'],
    ['refine on an object', z.object({ a: z.string() }).refine(async () => true), '{"a":"x"}'],
    ['superRefine on an array', z.array(z.string()).superRefine(async () => {}), '["a"]'],
    ['transform', z.string().transform(async (text) => text), '"a"'],
    ['inside a union', z.union([z.string().refine(async () => true), z.number()]), '"a"'],
    [
      'inside an intersection',
      z.intersection(
        z.object({ a: z.string() }).refine(async () => true),
        z.object({}),
      ),
      '{"a":""}',
    ],
    [
      'inside a catch',
      z
        .string()
        .refine(async () => false)
        .catch('x'),
      '"a"',
    ],
  ])('%s: neither complete nor wrong, for the final validation', (_, schema, text) => {
    const interpreter = reader(z.object({ v: schema, w: z.string() }))
    const complete: string[] = []
    interpreter.hub.completion = (path) => complete.push(path.join('.'))
    interpreter.push(`{"v":${text},"w":"x"}`)
    expect(interpreter.issues).toEqual([])
    expect(interpreter.unsure).toContainEqual(['v'])
    expect(complete).toContain('w')
    expect(complete).not.toContain('v')
    expect(complete).not.toContain('')
  })

  const later = z
    .string()
    .default('x')
    .refine(async (text) => text !== 'y')
  type Missing = [what: string, schema: z.ZodType, text: string, filled: { path: (string | number)[]; value: unknown }]
  test.each<Missing>([
    ['key', z.object({ a: z.string(), b: later }), '{"a":"1"}', { path: ['b'], value: { a: '1', b: 'x' } }],
    // Before 4.4, Zod fills in no slots.
    ...(hasZod4(4)
      ? [['slot of a tuple', z.tuple([z.string(), later]), '["1"]', { path: [1], value: ['1', 'x'] }] as Missing]
      : []),
    ['key of a record', z.record(z.enum(['a', 'b']), later), '{"a":"1"}', { path: ['b'], value: { a: '1', b: 'x' } }],
  ])('a missing %s that is judged later is filled in by the final validation', async (_, schema, text, filled) => {
    const interpreter = read(schema, text)
    expect(interpreter.issues).toEqual([])
    expect(interpreter.unsure).toContainEqual(filled.path)
    expect(await validateZod(schema, JSON.parse(text))).toMatchObject({ value: filled.value })
  })

  test('its rejected promise never becomes an unhandled rejection', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown) => rejections.push(reason)
    process.on('unhandledRejection', note)
    try {
      read(z.object({ a: z.string().refine(async () => Promise.reject(new Error('late'))) }), '{"a":"x"}')
      read(z.object({ a: z.array(z.string()).refine(() => Promise.reject(new Error('late'))) }), '{"a":["x"]}')
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      process.off('unhandledRejection', note)
    }
    expect(rejections).toEqual([])
  })
})

describe('user code that throws', () => {
  test('its error comes out of push, named and with its cause, from any depth', () => {
    const fault = new Error('fault in a refinement')
    const throwing = () => {
      throw fault
    }
    for (const schema of [
      z.string().refine(throwing),
      z.string().transform(throwing),
      z.union([z.string().refine(throwing), z.number()]),
    ]) {
      const interpreter = reader(z.object({ a: schema }))
      interpreter.push('{"a":"x')
      expect(() => interpreter.push('"')).toThrow(expect.objectContaining({ code: 'invalid_data', cause: fault }))
    }
  })
})

describe('checks that Zod skips are skipped', () => {
  test('after an issue of the same value, unless they ask to run anyway', () => {
    const calls: string[] = []
    const schema = z
      .array(z.number())
      .min(2)
      .refine(() => calls.push('first') < 0, { abort: true })
      .refine(() => calls.push('second') < 0)
    const { issues } = read(schema, '[1,2]')
    expect(calls).toEqual(['first'])
    expect(issues.length).toBe(1)
  })

  test('all issues of a value that may continue are reported, as safeParse reports them', () => {
    const schema = z
      .string()
      .min(5)
      .regex(/b$/)
      .refine(() => false, 'never')
    const wanted = schema.safeParse('a').error!.issues.map(({ code, message }) => ({ code, message }))
    expect(read(schema, '"a"').issues.map(({ code, message }) => ({ code, message }))).toEqual(wanted)
  })
})

describe('sides of an intersection that make different values', () => {
  test('are an issue of the final validation, where Zod throws', async () => {
    const schema = z.intersection(z.object({ a: z.string() }), z.object({ a: z.coerce.number() }))
    expect(() => schema.safeParse({ a: '1' })).toThrow('Unmergable intersection')
    expect(await validateZod(schema, { a: '1' })).toMatchObject({
      ok: false,
      issues: [{ code: 'invalid_intersection' }],
    })
    const fault = new Error('fault in a refinement')
    const throwing = z.string().refine(() => {
      throw fault
    })
    await expect(validateZod(throwing, 'x')).rejects.toBe(fault)
  })
})

test('a tuple all of whose slots may be absent is judged as the Zod at hand judges it', () => {
  const slots = [z.string().catch('x'), z.string().optional(), z.string().optional()] as const
  for (const text of ['["a"]', '["a","b"]', '["a","b","c"]', '[]']) {
    const schema = z.tuple([...slots])
    const { issues } = read(schema, text)
    expect([text, issues.length === 0]).toEqual([text, schema.safeParse(JSON.parse(text)).success])
  }
})
