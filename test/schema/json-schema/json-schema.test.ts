import { describe, expect, test } from 'vitest'
import { jsonSchema } from '../../../src/schema/json-schema/definition.ts'
import type { JsonSchemaObject } from '../../../src/types.ts'

async function verdict(schema: JsonSchemaObject, value: unknown): Promise<string[] | 'ok'> {
  const result = await jsonSchema(schema)['~standard'].validate(value)
  return result.issues === undefined ? 'ok' : result.issues.map((issue) => (issue.path ?? []).map(String).join('.'))
}

describe('the final check', () => {
  test('gives the value unchanged, or where it is wrong', async () => {
    const schema = {
      type: 'object',
      properties: { 'a/b': { type: 'array', items: { type: 'number' } } },
      required: ['a/b'],
    }
    expect(await verdict(schema, { 'a/b': [1], more: true })).toBe('ok')
    expect(await verdict(schema, { 'a/b': [1, 'x'] })).toEqual(['a/b.1'])
    expect(await verdict(schema, {})).toEqual([''])
    const value = { 'a/b': [] }
    await expect(jsonSchema(schema)['~standard'].validate(value)).resolves.toEqual({ value })
  })

  test('2020-12 when nothing is said, otherwise the draft that is named', async () => {
    const schema = { $defs: { s: { type: 'string' } }, properties: { a: { $ref: '#/$defs/s', maxLength: 1 } } }
    expect(await verdict(schema, { a: 'xy' })).toEqual(['a'])
    expect(await verdict({ $schema: 'http://json-schema.org/draft-07/schema#', ...schema }, { a: 'xy' })).toBe('ok')
    expect(
      await verdict({ $schema: 'http://json-schema.org/draft-04/schema#', minimum: 3, exclusiveMinimum: true }, 3),
    ).toEqual([''])
  })

  test('a dynamic reference is followed, to the outermost anchor', async () => {
    const tree = {
      $id: 'https://example.org/tree',
      $dynamicAnchor: 'node',
      type: 'object',
      properties: { 'a/b': { $dynamicRef: '#node' }, list: { type: 'array', items: { $dynamicRef: '#node' } } },
    }
    expect(await verdict(tree, { 'a/b': { list: [{}] } })).toBe('ok')
    expect(await verdict(tree, { 'a/b': { list: [1] } })).toEqual(['a/b.list.0'])
    const named = { $defs: { 'a b': { $dynamicAnchor: 'x', type: 'string' } }, items: { $dynamicRef: '#x' } }
    expect(await verdict(named, ['a', 1])).toEqual(['1'])
  })

  test('formats are asserted, defaults fill nothing in', async () => {
    expect(await verdict({ format: 'date' }, '2020-13-01')).toEqual([''])
    expect(await verdict({ format: 'made-up' }, 'x')).toBe('ok')
    await expect(jsonSchema({ properties: { a: { default: 1 } } })['~standard'].validate({})).resolves.toEqual({
      value: {},
    })
  })

  test('patterns that are only valid without the u flag mean what they mean without it', async () => {
    expect(await verdict({ pattern: '^\\-[a\\-z]\\:\\}$' }, '--:}')).toBe('ok')
    expect(await verdict({ pattern: '^\\-[a\\-z]\\:\\}$' }, '-b:}')).toEqual([''])
    expect(await verdict({ patternProperties: { '^\\-': { type: 'number' } } }, { '-a': 'x' })).toEqual(['-a'])
  })

  test('the schema itself is not touched', async () => {
    const schema = Object.freeze({ $defs: Object.freeze({ s: Object.freeze({ type: 'string' }) }), $ref: '#/$defs/s' })
    expect(await verdict(schema, 'x')).toBe('ok')
    expect(Reflect.ownKeys(schema)).toEqual(['$defs', '$ref'])
  })

  test('a property called id is not an identifier', async () => {
    const schema = {
      properties: {
        id: { type: 'string' },
        other: { type: 'object', id: 'x', properties: { id: { type: 'number' } } },
      },
    }
    expect(await verdict(schema, { id: 'a', other: { id: 'b' } })).toEqual(['other.id'])
  })
})

describe('what the validator would throw on is refused before anything is sent', () => {
  test.each<[string, JsonSchemaObject]>([
    [
      'a reference to nothing, under a keyword that only the validator reads',
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      { if: { $ref: '#/$defs/no' }, then: true },
    ],
    ['a remote reference', { contains: { $ref: 'https://example.com/x' } }],
    [
      'a circle',
      {
        $defs: { a: { not: { $ref: '#/$defs/b' } }, b: { allOf: [{ $ref: '#/$defs/a' }] } },
        items: { $ref: '#/$defs/a' },
      },
    ],
    ['a URI given twice', { $defs: { a: { $id: 'https://x.test/a' }, b: { $id: 'https://x.test/a' } } }],
    ['a broken escape', { $ref: '#/%ZZ' }],
    ['a pattern that is none', { pattern: '(' }],
    ['a pattern that no u flag takes', { pattern: '^\\c_$' }],
  ])('%s', async (_, schema) => {
    await expect(jsonSchema(schema)['~standard'].validate(1)).rejects.toMatchObject({ code: 'unsupported_schema' })
  })

  test('what nothing leads to may be broken', async () => {
    expect(await verdict({ type: 'string', $defs: { broken: { $ref: '#/$defs/no' } } }, 'x')).toBe('ok')
  })
})

test('jsonSchema() takes objects only', () => {
  for (const wrong of [true, null, 5, 'x', []]) {
    expect(() => jsonSchema(wrong as never)).toThrow(expect.objectContaining({ code: 'unsupported_schema' }))
  }
})
