import { describe, expect, test } from 'vitest'
import { DocumentInterpreter } from '../../../src/partial/document/document-interpreter.ts'
import { finalCheck } from '../../../src/schema/json-schema/final-check.ts'
import { jsonSchema } from '../../../src/schema/json-schema/definition.ts'
import { jsonSchemaNode } from '../../../src/schema/json-schema/nodes.ts'
import { trustOf } from '../../../src/schema/libraries/json-schema.ts'
import type { SchemaNode } from '../../../src/schema/node.ts'
import { StructStreamError } from '../../../src/errors.ts'
import type { JsonSchemaObject } from '../../../src/types.ts'
import { patience, property, runSize } from '../../support/property.ts'
import type { Choices } from '../../support/property.ts'

const KEYS = ['a', 'b', 'ab']

/** Any keywords together, types or not, whether they make sense or not. */
function schema(choices: Choices, depth: number): JsonSchemaObject | boolean {
  if (choices.chance(8)) return choices.chance(70)
  const keywords: Record<string, () => unknown> = {
    type: () =>
      choices.pick<unknown>([
        'string',
        'number',
        'integer',
        'object',
        'array',
        'boolean',
        'null',
        ['string', 'null'],
        ['object', 'array', 'integer'],
      ]),
    enum: () => [document(choices, 1), document(choices, 1), 'ab'],
    const: () => document(choices, 1),
    minLength: () => choices.below(3),
    maxLength: () => choices.below(3),
    pattern: () => choices.pick(['^a', 'b$', '^(a|b)*$']),
    format: () => choices.pick(['date', 'email', 'nonsense']),
    minimum: () => choices.below(4) - 1,
    maximum: () => choices.below(4) - 1,
    exclusiveMinimum: () => choices.below(3) - 1,
    multipleOf: () => choices.pick([1, 2, 0.5]),
    minItems: () => choices.below(3),
    maxItems: () => choices.below(3),
    uniqueItems: () => choices.chance(70),
    minProperties: () => choices.below(3),
    maxProperties: () => choices.below(3),
    required: () => choices.many(2, () => choices.pick(KEYS)),
  }
  if (depth > 0) {
    const inner = (): JsonSchemaObject | boolean => schema(choices, depth - 1)
    const map = (names: readonly string[]): unknown =>
      Object.fromEntries(choices.many(2, () => [choices.pick(names), inner()]))
    Object.assign(keywords, {
      properties: () => map(KEYS),
      patternProperties: () => map(['^a', 'b', '^x']),
      additionalProperties: inner,
      propertyNames: inner,
      items: inner,
      prefixItems: () => [inner(), ...choices.many(1, inner)],
      contains: inner,
      allOf: () => [inner(), ...choices.many(1, inner)],
      anyOf: () => [inner(), ...choices.many(2, inner)],
      oneOf: () => [inner(), ...choices.many(2, inner)],
      not: inner,
      if: inner,
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: inner,
      else: inner,
      dependentRequired: () => ({ a: ['b'] }),
      dependentSchemas: () => ({ a: inner() }),
      unevaluatedProperties: inner,
      unevaluatedItems: inner,
      $ref: () => choices.pick(['#/$defs/one', '#/$defs/two']),
    })
  }
  const names = Object.keys(keywords)
  const made: Record<string, unknown> = {}
  for (const name of choices.many(4, () => choices.pick(names))) made[name] ??= keywords[name]?.()
  return made
}

/** Any JSON, of the same small alphabet. */
function document(choices: Choices, depth: number): unknown {
  const scalars = [null, true, false, 0, 1, 2, -1, 0.5, '', 'a', 'ab', 'b', 'abc', 'x@y.zz', '2020-01-31']
  if (depth === 0 || choices.chance(40)) return choices.pick(scalars)
  if (choices.chance(40)) return choices.many(3, () => document(choices, depth - 1))
  return Object.fromEntries(choices.many(3, () => [choices.pick([...KEYS, 'x']), document(choices, depth - 1)]))
}

/** Where the tree says so, and whether it left the verdict to the end. */
function follow(node: SchemaNode, text: string): { position: number | null; isUnsure: boolean } {
  const interpreter = new DocumentInterpreter(node, null, { repair: false, maxDepth: 64, maxIssues: 10 })
  for (const character of text) interpreter.push(character)
  interpreter.end()
  const [first] = interpreter.issues
  return {
    position: first === undefined ? null : (first.position ?? text.length),
    isUnsure: interpreter.unsure.length > 0,
  }
}

describe('a JSON Schema of any keywords, and any document', () => {
  test(
    'what is wrong is found while it streams, and nothing else',
    async () => {
      const seen = { valid: 0, invalid: 0, refused: 0, read: 0, length: 0 }
      await property(runSize('LAWS', 300), async (choices) => {
        const root = schema(choices, 2)
        const definition = {
          ...(typeof root === 'boolean' ? (root ? {} : { not: {} }) : root),
          $defs: { one: schema(choices, 1), two: schema(choices, 1) },
        }
        let judge: (value: unknown) => unknown[]
        let node: SchemaNode
        try {
          judge = (await finalCheck(definition)).whole
          node = jsonSchemaNode(definition, await trustOf(jsonSchema(definition)))
        } catch (error) {
          // References in a circle.
          if (!(error instanceof StructStreamError) || error.code !== 'unsupported_schema') throw error
          seen.refused++
          return
        }
        for (let count = 0; count < 5; count++) {
          const value = document(choices, 3)
          const text = JSON.stringify(value)
          const isValid = judge(value).length === 0
          const { position, isUnsure } = follow(node, text)
          seen[isValid ? 'valid' : 'invalid']++
          if (position !== null) {
            seen.read += position
            seen.length += text.length
          }
          // What is unevaluated inside a part only the whole can tell.
          if (position === null && isUnsure && !isValid && /"unevaluated/.test(JSON.stringify(definition))) continue
          if ((position === null) !== isValid) {
            expect.fail(
              `${isValid ? `false alarm at ${position}` : 'nothing found'}: ${text}\n${JSON.stringify(definition, null, 1)}`,
            )
          }
        }
      })
      expect(seen.valid).toBeGreaterThan(300)
      expect(seen.invalid).toBeGreaterThan(300)
      expect(seen.read).toBeLessThan(seen.length)
    },
    patience(120_000),
  )
})
