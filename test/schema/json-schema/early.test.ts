import { describe, expect, test } from 'vitest'
import { DocumentInterpreter } from '../../../src/partial/document/document-interpreter.ts'
import { jsonSchema } from '../../../src/schema/json-schema/definition.ts'
import { jsonSchemaNode } from '../../../src/schema/json-schema/nodes.ts'
import { trustOf } from '../../../src/schema/libraries/json-schema.ts'
import type { JsonSchemaObject } from '../../../src/types.ts'

/** The text up to the character after which a violation is known; null for none. */
async function wrongAfter(schema: JsonSchemaObject, text: string, repair = false): Promise<string | null> {
  const node = jsonSchemaNode(schema, await trustOf(jsonSchema(schema)))
  const interpreter = new DocumentInterpreter(node, null, { repair, maxDepth: 64, maxIssues: 10 })
  for (const [index, character] of Array.from(text).entries()) {
    interpreter.push(character)
    if (interpreter.issues.length > 0)
      return Array.from(text)
        .slice(0, index + 1)
        .join('')
  }
  interpreter.end()
  return interpreter.issues.length > 0 ? text : null
}

const PATTERNS = { properties: { a: {} }, patternProperties: { '^x-': { type: 'number' }, y$: { minimum: 2 } } }

describe('keys of a plain JSON Schema', () => {
  test('that match no pattern, where others are forbidden: at the closing quote', async () => {
    const closed = { ...PATTERNS, additionalProperties: false }
    expect(await wrongAfter(closed, '{"a":1,"x-b":2,"b":3}')).toBe('{"a":1,"x-b":2,"b"')
    expect(await wrongAfter(closed, '{"a":1,"x-b":2}')).toBe(null)
    expect(await wrongAfter({ ...closed, properties: {} }, '{"b":3}')).toBe('{"b"')
  })
  test('that match patterns: their values, by all that match', async () => {
    expect(await wrongAfter(PATTERNS, '{"x-b":"text"}')).toBe('{"x-b":"')
    expect(await wrongAfter(PATTERNS, '{"x-by":1,"z":0}')).toBe('{"x-by":1,')
    expect(await wrongAfter(PATTERNS, '{"z":"text","x-by":2}')).toBe(null)
    const others = { ...PATTERNS, additionalProperties: { type: 'boolean' } }
    expect(await wrongAfter(others, '{"x-b":1,"z":0}')).toBe('{"x-b":1,"z":0')
  })
  test('that a pattern forbids: at the closing quote', async () => {
    expect(await wrongAfter({ patternProperties: { '^_': false, b: {} } }, '{"b":1,"_b":2}')).toBe('{"b":1,"_b"')
  })
  test('of another form than propertyNames wants', async () => {
    const named = { properties: { ok: {} }, propertyNames: { pattern: '^[a-z]+$', maxLength: 3 } }
    expect(await wrongAfter(named, '{"ok":1,"abcd":2}')).toBe('{"ok":1,"abcd"')
    expect(await wrongAfter(named, '{"ok":1,"a_b":2}')).toBe('{"ok":1,"a_b"')
    expect(await wrongAfter(named, '{"ok":1,"abc":2}')).toBe(null)
    expect(await wrongAfter({ ...named, properties: { LOUD: {} } }, '{"LOUD":1}')).toBe('{"LOUD"')
  })
  test('beyond maxProperties: at the comma before the first that is too many', async () => {
    for (const properties of [{}, { a: {}, b: {}, c: {} }]) {
      expect(await wrongAfter({ properties, maxProperties: 2 }, '{"a":1,"b":2,"c":3}')).toBe('{"a":1,"b":2,')
      expect(await wrongAfter({ properties, maxProperties: 2 }, '{"a":1,"b":2}')).toBe(null)
      expect(await wrongAfter({ properties, minProperties: 2 }, '{"a":1}')).toBe('{"a":1}')
    }
  })
  test('called __proto__ are keys like others', async () => {
    expect(await wrongAfter({ additionalProperties: { type: 'number' } }, '{"__proto__":"a"}')).toBe('{"__proto__":"')
    expect(await wrongAfter({ minProperties: 1 }, '{"__proto__":1}')).toBe(null)
  })
})

describe('elements of a plain JSON Schema', () => {
  test('that come twice: at the end of the second', async () => {
    const unique = { uniqueItems: true }
    expect(await wrongAfter(unique, '[{"a":1,"b":[2]},{"b":[2],"a":1.0},3]')).toBe('[{"a":1,"b":[2]},{"b":[2],"a":1.0}')
    expect(await wrongAfter(unique, '["ab","a","ab"]')).toBe('["ab","a","ab"')
    expect(await wrongAfter(unique, '[1,true,"1",null,"null",[],{},"",0,false]')).toBe(null)
    expect(await wrongAfter({ ...unique, prefixItems: [{ type: 'number' }] }, '[1,2,1,3]')).toBe('[1,2,1,')
    expect(await wrongAfter({ uniqueItems: false }, '[1,1]')).toBe(null)
  })
  test('with repair on, a string that comes twice is certain only at the token after it', async () => {
    expect(await wrongAfter({ uniqueItems: true }, '["a","a","b"]', true)).toBe('["a","a","')
    expect(await wrongAfter({ uniqueItems: true }, '["a","a" is a letter","b"]', true)).toBe(null)
  })
  test('beyond maxItems after a tuple: at the comma before the first that is too many', async () => {
    const tuple = { prefixItems: [{ type: 'number' }], maxItems: 2 }
    expect(await wrongAfter(tuple, '[1,2,3]')).toBe('[1,2,')
    expect(await wrongAfter(tuple, '[1,2]')).toBe(null)
  })
})

describe('strings and numbers of a plain JSON Schema', () => {
  test.each<[string, Record<string, unknown>, string, string | null]>([
    ['a pattern', { pattern: '^[a-z]+$' }, '"ab1c"', '"ab1'],
    ['a pattern that is not anchored', { pattern: 'b' }, '"aaa"', '"aaa"'],
    ['two patterns that contradict each other', { allOf: [{ pattern: '^a' }, { pattern: '^.b' }] }, '"ac"', '"ac'],
    ['a pattern that leaves no room', { pattern: 'bc$', maxLength: 3 }, '"aaa"', '"aa'],
    ['a date', { format: 'date' }, '"2023-02-29"', '"2023-02-29'],
    ['a date that fits', { format: 'date' }, '"2024-02-29"', null],
    ['a date and time', { format: 'date-time' }, '"2024-02-29T25:00:00Z"', '"2024-02-29T25'],
    ['a leap second', { format: 'time' }, '"23:59:60Z"', null],
    ['a uuid', { format: 'uuid' }, '"0123456g"', '"0123456g'],
    ['an address', { format: 'email' }, '"some one@example.org"', '"some '],
    ['a format that is not known', { format: 'color' }, '"any"', null],
    ['a small range', { type: 'integer', minimum: 10, maximum: 12 }, '13', '13'],
    ['a sign', { type: 'number', minimum: 0.5 }, '-1', '-'],
    ['a range that has 0 in it', { type: 'integer', minimum: 0, maximum: 12 }, '13', '13'],
    ['a multiple', { multipleOf: 25, minimum: 50, maximum: 80 }, '6', '6'],
    ['one of a few numbers', { enum: [1, 10, 25] }, '26', '26'],
  ])('%s', async (_, schema, text, expected) => {
    const found = await wrongAfter({ type: ['string', 'number'], ...schema }, text)
    expect(found).toBe(expected)
  })
  test('A required key of which no value is right makes its object impossible, and what holds it', async () => {
    const broken = { type: 'object', properties: { b: { type: 'array', minItems: 2, maxItems: 1 } }, required: ['b'] }
    expect(await wrongAfter({ properties: { a: broken, c: {} } }, '{"c":1,"a":{"x":1}}')).toBe('{"c":1,"a"')
    expect(await wrongAfter({ items: broken }, '[{"x":1}]')).toBe('[{')
  })
})
