import { isDeepStrictEqual } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { ValueBuilder } from '../../../src/json/sinks/value-builder.ts'
import { Tokenizer } from '../../../src/json/tokenizer.ts'
import { toJsonSchema } from '../../../src/schema/libraries/to-json-schema.ts'
import { compileDialect } from '../../../src/schema/dialects/compile/compile.ts'
import { decode } from '../../../src/schema/dialects/decode/decode.ts'
import { DecodingSink } from '../../../src/schema/dialects/decode/decoding-sink.ts'
import { encode } from '../../../src/schema/dialects/decode/encode.ts'
import type { Dialect } from '../../../src/types.ts'
import { randomChunks } from '../../support/chunkings.ts'
import { patience, property, runSize } from '../../support/property.ts'
import type { Choices } from '../../support/property.ts'
import { generate } from './generate.ts'
import { violationsOf } from './subsets.ts'

const DIALECTS: Dialect[] = ['openai', 'anthropic', 'gemini', 'ollama', 'groq', 'json-schema']

describe.each(DIALECTS)('%s', (dialect) => {
  test(
    'what fits is encoded into what the emitted schema takes, and comes back, whole and in any chunking',
    async () => {
      await property(runSize('LAWS', 5), async (choices) => {
        const { schema, value: make } = generate(choices)
        const value = make(choices)
        const accepted = await toJsonSchema(schema)
        const { jsonSchema, plan } = compileDialect(accepted.schema, dialect)
        const encoded = encode(value, plan)
        const hold = (holds: boolean, law: string, got?: unknown): void => {
          if (holds) return
          expect.fail(
            `${law}: ${JSON.stringify(got)}\n${JSON.stringify({ value, schema: accepted.schema, jsonSchema, encoded }, null, 1)}`,
          )
        }

        const ajv = new Ajv2020({ strict: false, validateFormats: false, ownProperties: true })
        hold(ajv.validate(jsonSchema, encoded), 'the encoding fits what is sent', ajv.errorsText())
        hold(isDeepStrictEqual(decode(encoded, plan), value), 'it decodes to the value', decode(encoded, plan))

        const text = JSON.stringify(encoded)
        const builder = new ValueBuilder()
        const tokenizer = new Tokenizer(new DecodingSink(builder, plan))
        let before: unknown
        for (const chunk of randomChunks(choices, text)) {
          tokenizer.push(chunk)
          const partial = builder.snapshot(true)
          hold(before === undefined || isBefore(before, partial), 'partials only grow', [before, partial])
          before = partial
        }
        tokenizer.end()
        const final = builder.snapshot(true)
        hold(isDeepStrictEqual(final, value), 'it streams to the value', final)
      })
    },
    patience(60_000),
  )

  test(
    'lossless: what the emitted schema takes decodes to what the schema takes',
    async () => {
      await property(runSize('LAWS', 4), async (choices) => {
        const { schema, value: make } = generate(choices)
        const accepted = await toJsonSchema(schema)
        const { jsonSchema, plan, lossless } = compileDialect(accepted.schema, dialect)
        // Zod finds `constructor` in every object, whether the key came or not.
        const isInherited = JSON.stringify(accepted.schema).includes('"constructor"')
        if (!lossless || accepted.warnings.length > 0 || isInherited) return
        const ajv = new Ajv2020({ strict: false, validateFormats: false, ownProperties: true })
        const takes = ajv.compile(jsonSchema)
        for (let count = 0; count < 8; count++) {
          const changed = mutate(choices, encode(make(choices), plan))
          if (!takes(changed)) continue
          const decoded = decode(changed, plan)
          const { success, error } = schema.safeParse(decoded)
          if (success) continue
          expect.fail(
            JSON.stringify({ changed, decoded, error: error.issues, schema: accepted.schema, jsonSchema }, null, 1),
          )
        }
      })
    },
    patience(60_000),
  )

  test(
    'what is emitted is inside the documented subset',
    async () => {
      await property(runSize('LAWS', 5), async (choices) => {
        const { schema } = generate(choices, 2)
        const accepted = await toJsonSchema(schema)
        const { jsonSchema } = compileDialect(accepted.schema, dialect)
        expect(
          violationsOf(jsonSchema, dialect),
          JSON.stringify({ schema: accepted.schema, jsonSchema }, null, 1),
        ).toEqual([])
      })
    },
    patience(60_000),
  )
})

/** The order of partials: strings by prefix, objects and arrays part by part, otherwise equality. */
function isBefore(left: unknown, right: unknown): boolean {
  if (typeof left === 'string') return typeof right === 'string' && right.startsWith(left)
  if (typeof left !== 'object' || left === null) return Object.is(left, right)
  if (typeof right !== 'object' || right === null || Array.isArray(left) !== Array.isArray(right)) return false
  return Object.entries(left).every(
    ([key, value]) => Object.hasOwn(right, key) && isBefore(value, (right as Record<string, unknown>)[key]),
  )
}

/** The same JSON with something else somewhere, or something missing, or twice. */
function mutate(choices: Choices, value: unknown): unknown {
  const scalars = [null, true, 0, 1.5, 'x', '', 'red', [], {}]
  if (typeof value !== 'object' || value === null || choices.chance(20)) return choices.pick(scalars)
  if (Array.isArray(value)) {
    const index = choices.below(value.length + 1)
    if (index === value.length) return [...value, value[0] ?? choices.pick(scalars)]
    return choices.chance(20) ? value.toSpliced(index, 1) : value.with(index, mutate(choices, value[index]))
  }
  const entries = Object.entries(value)
  const index = choices.below(entries.length + 1)
  const [key, inner] = entries[index] ?? [choices.pick(['more', 'a', 'value']), choices.pick(scalars)]
  const others = entries.filter(([name]) => name !== key)
  return Object.fromEntries(choices.chance(20) ? others : [...others, [key, mutate(choices, inner)]])
}
