import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { StructStreamError } from '../../../src/errors.ts'
import { DocumentInterpreter } from '../../../src/partial/document/document-interpreter.ts'
import { compileSchema, jsonSchema } from '../../../src/schema/index.ts'
import { finalCheck } from '../../../src/schema/json-schema/final-check.ts'
import { jsonSchemaNode } from '../../../src/schema/json-schema/nodes.ts'
import { trustOf } from '../../../src/schema/libraries/json-schema.ts'
import type { Dialect, JsonSchemaObject } from '../../../src/types.ts'
import { violationsOf } from '../dialects/subsets.ts'

/* The official JSON Schema Test Suite: https://github.com/json-schema-org/JSON-Schema-Test-Suite (a folder that holds
 * `tests/`; Debian has one in the package libtest-json-schema-acceptance-perl). */
const SUITE = process.env['JSON_SCHEMA_TEST_SUITE']
const DRAFTS = {
  draft4: 'http://json-schema.org/draft-04/schema#',
  draft6: 'http://json-schema.org/draft-06/schema#',
  draft7: 'http://json-schema.org/draft-07/schema#',
  'draft2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft2020-12': 'https://json-schema.org/draft/2020-12/schema',
}
const DIALECTS: Dialect[] = ['openai', 'anthropic', 'gemini', 'ollama', 'groq', 'json-schema']

/** What the validator refuses against the suite, and the reading takes with it. */
const VALIDATORS_OWN = [
  'ref.json: order of evaluation: $id and $anchor and $ref: data is valid against first definition',
]

interface Group {
  description: string
  schema: JsonSchemaObject | boolean
  tests: { description: string; data: unknown; valid: boolean }[]
}

describe.skipIf(SUITE === undefined).each(Object.entries(DRAFTS))('%s', (draft, uri) => {
  test('compiles or is refused with the reason; while it streams, exactly what the final check refuses is reported', async () => {
    const folder = join(SUITE!, 'tests', draft)
    const apart: string[] = []
    const seen = { schemas: 0, refused: 0, values: 0, agree: 0 }
    for (const file of await readdir(folder)) {
      if (!file.endsWith('.json')) continue
      for (const group of JSON.parse(await readFile(join(folder, file), 'utf8')) as Group[]) {
        const where = `${file}: ${group.description}`
        const plain = typeof group.schema === 'boolean' ? (group.schema ? {} : { not: {} }) : group.schema
        const schema = { $schema: uri, ...plain }
        seen.schemas++
        for (const target of DIALECTS) {
          try {
            const { jsonSchema: emitted } = await compileSchema(jsonSchema(schema), { target })
            expect(violationsOf(emitted, target), `${where}, ${target}`).toEqual([])
          } catch (error) {
            expect(error, where).toBeInstanceOf(StructStreamError)
            expect(error, where).toMatchObject({ code: 'unsupported_schema' })
          }
        }
        const check = await finalCheck(schema).catch(() => null)
        if (check === null) {
          seen.refused++
          continue
        }
        const node = jsonSchemaNode(schema, await trustOf(jsonSchema(schema)))
        for (const { description, data, valid } of group.tests) {
          // A format is a rule here, as it is for Zod and for Ajv with its formats.
          if (description.endsWith('is only an annotation by default')) continue
          const interpreter = new DocumentInterpreter(node, null, { repair: false, maxDepth: 100, maxIssues: 50 })
          for (const character of JSON.stringify(data)) interpreter.push(character)
          interpreter.end()
          const isWrong = check.whole(data).length > 0
          // What is left to the final check (unevaluated… inside a part) counts as it decides.
          const isReported = interpreter.issues.length > 0 || (interpreter.unsure.length > 0 && isWrong)
          if (isReported !== isWrong) apart.push(`${where}: ${description}`)
          seen.values++
          if (isReported !== valid) seen.agree++
        }
      }
    }
    expect(seen.refused).toBeLessThan(seen.schemas / 5)
    expect(apart).toEqual(draft.startsWith('draft20') ? VALIDATORS_OWN : [])
    // The suite's own verdict is met but for one value of each of the two newest drafts.
    expect(seen.values - seen.agree).toBeLessThanOrEqual(1)
  }, 120_000)
})
