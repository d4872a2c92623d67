import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { StructStreamError } from '../../../src/errors.ts'
import { jsonSchemaNode } from '../../../src/schema/json-schema/nodes.ts'
import { compileSchema, jsonSchema } from '../../../src/schema/index.ts'
import type { Dialect, JsonSchemaObject } from '../../../src/types.ts'
import { violationsOf } from './subsets.ts'

const load = createRequire(import.meta.url)
const DIALECTS: Dialect[] = ['openai', 'anthropic', 'gemini', 'ollama', 'groq', 'json-schema']

/** JSON Schemas of other projects, as their packages carry them; OpenAI takes at most 10 levels. */
const SCHEMAS: [name: string, refusedBy: Dialect[]][] = [
  ['@changesets/config/schema.json', []],
  ['ajv/lib/refs/json-schema-draft-06.json', []],
  ['ajv/lib/refs/json-schema-draft-07.json', []],
  ['ajv/lib/refs/json-schema-2019-09/meta/applicator.json', []],
  ['ajv/lib/refs/json-schema-2019-09/meta/validation.json', []],
  ['ajv/lib/refs/json-schema-2020-12/meta/applicator.json', []],
  ['ajv/lib/refs/json-schema-2020-12/meta/validation.json', []],
  // Its parts are other documents.
  ['ajv/lib/refs/json-schema-2020-12/schema.json', DIALECTS],
  ['ajv/lib/refs/json-schema-secure.json', []],
  ['knip/schema.json', []],
  ['oxfmt/configuration_schema.json', []],
  ['oxlint/configuration_schema.json', ['openai', 'groq']],
  ['tsup/schema.json', ['openai', 'groq']],
]

describe.each(SCHEMAS)('%s', (name, refusedBy) => {
  const schema = load(`../../../node_modules/${name}`) as JsonSchemaObject

  test.each(DIALECTS)('%s: inside the subset, or refused with the reason', async (target) => {
    const compiling = compileSchema(jsonSchema(schema), { target })
    if (refusedBy.includes(target)) {
      await expect(compiling).rejects.toSatisfy(
        (error) => error instanceof StructStreamError && error.code === 'unsupported_schema',
      )
      return
    }
    const { jsonSchema: emitted, lossless, warnings } = await compiling
    expect(violationsOf(emitted, target)).toEqual([])
    expect(lossless).toBe(warnings.length === 0)
    for (const { path, message } of warnings) {
      expect(message.startsWith('/')).toBe(true)
      expect(Array.isArray(path)).toBe(true)
    }
  })

  test('can be followed', () => {
    if (refusedBy.length === DIALECTS.length) {
      expect(() => jsonSchemaNode(schema)).toThrow(expect.objectContaining({ code: 'unsupported_schema' }))
    } else expect(jsonSchemaNode(schema).accepts).toBeGreaterThan(0)
  })
})
