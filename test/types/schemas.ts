/* Compiled, never run (`npm run test:types`): what is taken for a schema. */
import { type } from 'arktype'
import { Schema } from 'effect'
import * as v from 'valibot'
import { z } from 'zod'
import * as z3 from 'zod/v3'
import * as zm from 'zod/mini'

import {
  atomic,
  createSession,
  first,
  jsonSchema,
  parseStream,
  required,
  run,
  runMany,
  runStream,
  tool,
} from '../../src/index.ts'
import type { AnySchema } from '../../src/index.ts'
import { openPartial } from '../../src/open-partial.ts'
import { useStructuredStream } from '../../src/react/index.ts'
import { structuredOutput } from '../../src/hosts/ai-sdk/index.ts'
import { compileSchema } from '../../src/schema/index.ts'
import { memoryStore, resumable } from '../../src/store/index.ts'
import { connect, StreamStore } from '../../src/web/client/index.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function same<A, B>(_: Same<A, B>): void {}

export async function libraries(): Promise<void> {
  same<Awaited<ReturnType<typeof zod4>>, { a: string }>(true)
  const zod4 = () => runStream('', z.object({ a: z.string() })).getData()
  const mini = await runStream('', zm.object({ a: zm.string() })).getData()
  same<typeof mini, { a: string }>(true)
  const zod3 = await runStream('', z3.object({ a: z3.string() })).getData()
  same<typeof zod3, { a: string }>(true)
  const valibot = await runStream('', v.object({ a: v.string() })).getData()
  same<typeof valibot, { a: string }>(true)
  const arktype = await runStream('', type({ a: 'string' })).getData()
  same<typeof arktype, { a: string }>(true)
  const effect = await runStream('', Schema.toStandardSchemaV1(Schema.Struct({ a: Schema.String }))).getData()
  same<typeof effect, { readonly a: string }>(true)
  const json = await runStream('', jsonSchema<{ a: string }>({ type: 'object' })).getData()
  same<typeof json, { a: string }>(true)
  const optional: AnySchema | undefined = undefined
  runStream('', optional)
}

class Film {
  title = ''
}

export function misuse(): void {
  const options = { model: 'openai:x' }
  // @ts-expect-error options in the schema's place
  runStream('', options)
  // @ts-expect-error options in the schema's place
  void run('', options)
  // @ts-expect-error options in the schema's place
  parseStream('', { repair: false })
  // @ts-expect-error options in the schema's place
  connect('/api', { body: {} })
  // @ts-expect-error options in the schema's place
  createSession().runStream('', options)
  // @ts-expect-error options in the schema's place
  void openPartial({ repair: false })
  // @ts-expect-error JSON Schema is wrapped in jsonSchema()
  runStream('', { type: 'object', properties: { a: { type: 'string' } } })
  // @ts-expect-error a class isn't a schema
  runStream('', Film)
  // @ts-expect-error a type's name isn't a schema
  runStream('', 'Film')
  // @ts-expect-error an empty object isn't a schema
  runStream('', {})
  // @ts-expect-error null isn't a schema
  runStream('', null)
  // @ts-expect-error options in the schema's place
  structuredOutput({ onInvalid: 'abort' })
  // @ts-expect-error JSON Schema is wrapped in jsonSchema()
  void compileSchema({ type: 'object' }, { target: 'openai' })
  // @ts-expect-error a hint is put on a schema
  atomic('text')
  // @ts-expect-error a hint is put on a schema
  required(undefined)
  // @ts-expect-error a hint is put on a schema
  first(1)
  // @ts-expect-error JSON Schema is wrapped in jsonSchema()
  new StreamStore({ api: '/api', schema: { type: 'object' } })
  // @ts-expect-error JSON Schema is wrapped in jsonSchema()
  void resumable(memoryStore()).attach('id', { schema: { type: 'object' } })
  // @ts-expect-error JSON Schema is wrapped in jsonSchema()
  useStructuredStream({ api: '/api', schema: { type: 'object' } })
  // @ts-expect-error JSON Schema is wrapped in jsonSchema()
  tool({ name: 'f', input: { type: 'object' }, execute: () => 1 })
  // @ts-expect-error JSON Schema is wrapped in jsonSchema()
  runMany(['a'], (item) => ({ prompt: item, schema: { type: 'object' } }))
}
