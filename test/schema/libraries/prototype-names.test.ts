import { expect, test } from 'vitest'
import { z } from 'zod'

import { parseStream } from '../../../src/index.ts'
import { compileSchema, jsonSchema } from '../../../src/schema/index.ts'
import '../../support/load-zod.ts'
import { hasZod4 } from '../../support/zod-version.ts'
import { timeline } from '../../partial/timeline.ts'

test('an intersection with a key that is a member of Object.prototype can be sent', async () => {
  const schema = z.intersection(z.object({ toString: z.string() }), z.object({ b: z.string() }))
  const { jsonSchema: sent } = await compileSchema(schema, { target: 'openai' })
  expect(Object.keys(sent['properties'] as object)).toEqual(['toString', 'b'])
})

test('a definition may be called `__proto__`', async () => {
  const named = z.object({ a: z.string() }).meta({ id: '__proto__' })
  const plain = jsonSchema(
    JSON.parse(
      '{"type":"object","properties":{"x":{"$ref":"#/$defs/__proto__"}},"required":["x"],"$defs":{"__proto__":{"type":"object","properties":{"x":{"$ref":"#/$defs/__proto__"}}}}}',
    ) as Record<string, unknown>,
  )
  for (const schema of [z.object({ x: named, y: named }), plain]) {
    for (const target of ['openai', 'anthropic', 'gemini', 'ollama'] as const) {
      const { jsonSchema: sent } = await compileSchema(schema, { target })
      const definitions = Object.keys((sent['$defs'] as object | undefined) ?? {})
      const references = [...JSON.stringify(sent).matchAll(/#\/\$defs\/([^"]+)/g)].map(([, name]) => name)
      expect(references.length).toBeGreaterThan(0)
      expect(references.filter((name) => !definitions.includes(name!))).toEqual([])
    }
  }
})

test.each(['{"a":"x"}', '{"a":"x","__proto__":"y"}', '{"__proto__":"y"}', '{"a":1}', '{"b":"x"}'])(
  'a record with `__proto__` among its keys reads %s as Zod does',
  (text) => {
    const schema = z.record(z.enum(['__proto__', 'a']), z.string())
    const verdict = schema.safeParse(JSON.parse(text))
    const { final, issues } = timeline(schema, text)
    expect(issues.length === 0).toBe(verdict.success)
    if (verdict.success) expect(final).toEqual(verdict.data)
  },
)

test.each(['{}', '{"toString":"x"}', '{"toString":"x","constructor":1}', '{"constructor":1}'])(
  'a missing key that Zod reads from the prototype is judged as Zod judges it: %s',
  (text) => {
    const schemas = [
      z.object({ toString: z.string().optional(), constructor: z.any() }),
      z.object({ toString: z.string() }),
      z.object({ constructor: z.unknown() }),
    ]
    for (const schema of schemas) {
      const verdict = schema.safeParse(JSON.parse(text))
      const { final, issues } = timeline(schema, text)
      expect(issues.length === 0).toBe(verdict.success)
      if (verdict.success) expect(final).toEqual(verdict.data)
    }
  },
)

test.each([
  ['at the root', z.looseObject({ a: z.number() }), '{"a":1,"__proto__":{"isAdmin":true}}', []],
  ['in a list', z.array(z.object({}).catchall(z.any())), '[{"b":2},{"__proto__":{"isAdmin":true}}]', [1]],
  ['with a constructor', z.looseObject({}), '{"__proto__":{"isAdmin":true,"constructor":{}}}', []],
])('an undeclared key `__proto__` becomes the prototype of nothing: %s', async (_, schema, text, path) => {
  const stream = parseStream(text.split(''), schema)
  const seen: unknown[] = []
  const partials = (async () => {
    for await (const partial of stream.streamPartial()) seen.push(JSON.stringify(partial))
  })()
  const verdict = await stream.getData().then(
    (data) => [JSON.stringify(data), ([data].flat().at(-1) as { isAdmin?: boolean }).isAdmin],
    (error: unknown) =>
      (error as { issues: { code: string; path: unknown }[] }).issues.map(({ code, path: at }) => [code, at]),
  )
  await partials.catch(() => {})
  expect(seen.filter((value) => String(value).includes('isAdmin'))).toEqual([])
  // Before 4.4, Zod itself sets the prototype.
  const dropped = JSON.stringify(JSON.parse(text), (key, value: unknown) => (key === '__proto__' ? undefined : value))
  expect(verdict).toEqual(hasZod4(4) ? [dropped, undefined] : [['invalid_key', path]])
})
