import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { SchemaEntry, TaskList } from '../../schemas/index.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { run } from '../../src/run-stream.ts'
import { compileSchema } from '../../src/schema/index.ts'
import { MovieRecommendation, schemas } from '../../schemas/index.ts'

interface Node {
  description?: string
  type?: string | string[]
  properties?: Record<string, Node>
  items?: Node
  anyOf?: Node[]
  oneOf?: Node[]
  additionalProperties?: Node | boolean
}

/** Places in a JSON Schema that a model learns nothing about. */
function undescribed(node: Node, path: string): string[] {
  const children = Object.entries(node.properties ?? {}).flatMap(([key, child]) => undescribed(child, `${path}.${key}`))
  const items = node.items ? undescribed(node.items, `${path}[]`) : []
  // The branches of a nullable value share its description.
  const isNullable = node.anyOf?.some((branch) => branch.type === 'null') === true
  const branches = isNullable
    ? []
    : [...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap((branch, index) => undescribed(branch, `${path}|${index}`))
  const values =
    typeof node.additionalProperties === 'object' ? undescribed(node.additionalProperties, `${path}.*`) : []
  return [...(node.description ? [] : [path]), ...children, ...items, ...branches, ...values]
}

describe.each(Object.entries(schemas as Record<string, SchemaEntry>))('%s', (_name, entry) => {
  test('the sample passes the schema and is left as it is', () => {
    expect(entry.schema.parse(entry.sample)).toEqual(entry.sample)
  })

  test('every place has a description', () => {
    expect(undescribed(z.toJSONSchema(entry.schema, { io: 'input' }) as Node, '$')).toEqual([])
  })

  test('it can be sent to every provider', async () => {
    for (const target of ['openai', 'anthropic', 'gemini', 'ollama', 'groq', 'json-schema'] as const) {
      const { jsonSchema } = await compileSchema(entry.schema, { target })
      expect(Object.keys(jsonSchema).length, target).toBeGreaterThan(0)
    }
  })

  test('any chunking of the sample streams to the sample', async () => {
    for (const chunkSize of [1, 7, 10_000]) {
      const model = simulate({ response: entry.sample, chunkSize })
      const { data } = await run<z.ZodType>(entry.prompt, entry.schema, { model })
      expect(data).toEqual(entry.sample)
    }
  })

  test('it says what it is and what to ask', () => {
    expect(entry.title).toMatch(/^[A-Z]/)
    expect(entry.prompt).toMatch(/[.?]$/)
  })
})

test('what does not fit is rejected', () => {
  expect(MovieRecommendation.safeParse({ ...schemas.movie.sample, rating: 11 }).success).toBe(false)
  expect(schemas.tasks.schema.safeParse([]).success).toBe(false)
  expect(schemas.invoice.schema.safeParse({ ...schemas.invoice.sample, payment: { method: 'card' } }).success).toBe(
    false,
  )
})

test('the invoice adds up', () => {
  const { lines, total } = schemas.invoice.sample
  const sum = lines.reduce((all, line) => all + line.quantity * line.unitPrice * (1 + line.taxRate), 0)
  expect(sum).toBeCloseTo(total, 2)
})

test('types follow the schemas', () => {
  expectTypeOf<TaskList[number]['priority']>().toEqualTypeOf<'low' | 'medium' | 'high'>()
  expectTypeOf(schemas.movie.sample.year).toEqualTypeOf<number>()
})
