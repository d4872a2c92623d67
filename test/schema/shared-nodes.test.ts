import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'

import { prepareSchema } from '../../src/partial/compile-schema.ts'
import { Places } from '../../src/schema/json-schema/shape/locations.ts'
import { matchesShape } from '../../src/schema/json-schema/shape/matches.ts'
import { jsonSchema } from '../../src/schema/index.ts'
import type { Dialect, JsonSchemaObject } from '../../src/types.ts'

/* A schema that holds another one twice, which holds another one twice …: the work must not double at each level. */

const DIALECTS: Dialect[] = ['json-schema', 'openai', 'anthropic', 'gemini', 'ollama', 'groq']
const LEVELS = 30
const LEAF = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }

function chain(levels: number, both: (next: JsonSchemaObject) => JsonSchemaObject): JsonSchemaObject {
  const $defs: Record<string, JsonSchemaObject> = { [`d${levels}`]: LEAF }
  for (let level = 0; level < levels; level++) $defs[`d${level}`] = both({ $ref: `#/$defs/d${level + 1}` })
  return { $ref: '#/$defs/d0', $defs }
}

function nested<T>(levels: number, leaf: T, both: (inner: T) => T): T {
  let schema = leaf
  for (let level = 0; level < levels; level++) schema = both(schema)
  return schema
}

const ways: Record<string, (next: JsonSchemaObject) => JsonSchemaObject> = {
  allOf: (next) => ({ allOf: [next, next] }),
  anyOf: (next) => ({ anyOf: [next, next] }),
  oneOf: (next) => ({ oneOf: [next, next] }),
  'allOf in anyOf': (next) => ({ anyOf: [{ allOf: [next, next] }, { type: 'null' }] }),
}

describe.each(Object.entries(ways))('%s', (_, both) => {
  test('of one definition, level by level, is worked out once for each definition', () => {
    const visits = (levels: number): number => {
      const places = new Places(chain(levels, both), { exact: 'own' })
      matchesShape(places.root, { b: 1 })
      return places.visits
    }
    expect(visits(2 * LEVELS)).toBeLessThanOrEqual(2.5 * visits(LEVELS))
  })

  test.each(DIALECTS)('is followed and validated in the dialect %s', async (dialect) => {
    const prepared = prepareSchema(jsonSchema(chain(LEVELS, both)), { dialect, mode: 'json-schema' })
    const { compiled } = await prepared.catch((error: Error) => {
      // Choices are nested too deep for some providers, which is said at once.
      expect(error.message).toMatch(/takes at most \d+ objects and arrays inside/)
      return { compiled: null }
    })
    const interpreter = compiled?.interpreter({ repair: true, maxDepth: 64, maxIssues: 10 })
    interpreter?.push('{"b":1}')
    interpreter?.end()
    expect(interpreter?.isDone ?? true).toBe(true)
  })
})

test('allOf and anyOf of one definition: the final validation looks at it once', async () => {
  for (const both of [ways['allOf']!, ways['anyOf']!]) {
    const { compiled } = await prepareSchema(jsonSchema(chain(LEVELS, both)), {
      dialect: 'json-schema',
      mode: 'prompt',
    })
    await expect(compiled.validate({ a: 'x' })).resolves.toMatchObject({ ok: true })
    await expect(compiled.validate({ a: 1 })).resolves.toMatchObject({ ok: false })
  }
})

test('oneOf of one definition twice fits nothing, and the final validation looks at it once', async () => {
  const { compiled } = await prepareSchema(jsonSchema(chain(LEVELS, ways['oneOf']!)), {
    dialect: 'json-schema',
    mode: 'prompt',
  })
  await expect(compiled.validate({ a: 'x' })).resolves.toMatchObject({ ok: false })
  const $defs = { text: { type: 'string' }, short: { maxLength: 2 } } as const
  const [text, short] = [{ $ref: '#/$defs/text' }, { $ref: '#/$defs/short' }]
  const once = await prepareSchema(jsonSchema({ oneOf: [text, short, text], $defs }), {
    dialect: 'json-schema',
    mode: 'prompt',
  })
  await expect(once.compiled.validate(5)).resolves.toMatchObject({ ok: true })
  await expect(once.compiled.validate('a')).resolves.toMatchObject({ ok: false })
  await expect(once.compiled.validate('abc')).resolves.toMatchObject({ ok: false })
})

const leafOfZod: z.ZodType = z.object({ a: z.string() })
const leafOfZod3: z3.ZodTypeAny = z3.object({ a: z3.string() })
const leafOfValibot: v.GenericSchema = v.object({ a: v.string() })
const LIBRARIES: Record<string, (levels: number) => object> = {
  'Zod 4, a union': (levels) => nested(levels, leafOfZod, (inner) => z.union([inner, inner])),

  'Zod 4, an object': (levels) => nested(levels, leafOfZod, (inner) => z.object({ l: inner, r: inner })),
  'Zod 3, a union': (levels) => nested(levels, leafOfZod3, (inner) => z3.union([inner, inner])),
  'Zod 3, an object': (levels) => nested(levels, leafOfZod3, (inner) => z3.object({ l: inner, r: inner })),
  'Valibot, a union': (levels) => nested(levels, leafOfValibot, (inner) => v.union([inner, inner])),
  'Valibot, an intersection': (levels) => nested(levels, leafOfValibot, (inner) => v.intersect([inner, inner])),
  'Valibot, an object': (levels) => nested(levels, leafOfValibot, (inner) => v.object({ l: inner, r: inner })),
}

test('an intersection of one schema twice, level by level, is followed once', async () => {
  const schema = nested(16, leafOfZod, (inner) => z.intersection(inner, inner))
  const { compiled } = await prepareSchema(schema, { dialect: 'json-schema', mode: 'prompt' })
  const read = (text: string): ReturnType<typeof compiled.interpreter> => {
    const interpreter = compiled.interpreter({ repair: true, maxDepth: 64, maxIssues: 10 })
    interpreter.push(text)
    interpreter.end()
    return interpreter
  }
  expect(read('{"a":1}').issues.length).toBe(1)
  const right = read('{"a":"x"}')
  expect([right.issues.length, right.raw()]).toEqual([0, { a: 'x' }])
})

test.each(Object.entries(LIBRARIES))(
  '%s of one schema twice: what is asked for grows with its parts',
  async (_, make) => {
    const sizeOf = async (levels: number): Promise<number> => {
      const { jsonSchema: asked } = await prepareSchema(make(levels), { dialect: 'json-schema', mode: 'json-schema' })
      return JSON.stringify(asked).split('{').length
    }
    expect(await sizeOf(2 * LEVELS)).toBeLessThanOrEqual(2.5 * (await sizeOf(LEVELS)))
  },
)
