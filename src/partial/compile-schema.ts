import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { $ZodType } from 'zod/v4/core'

import type { AcceptedSchema } from '../schema/libraries/to-json-schema.ts'
import type { SchemaNode } from '../schema/node.ts'
import type { Dialect, Issue, JsonSchemaObject, Mode } from '../types.ts'
import type { Decoding } from './document/candidate.ts'
import type { CompiledSchema } from './interpreter.ts'

/** A user's schema made ready for one model: what is sent, and how the answer is read. */
export interface PreparedSchema<T = unknown> {
  /** In the model's dialect. */
  jsonSchema: JsonSchemaObject
  /** Everything in it is inside the provider's strict subset. */
  strict: boolean
  title: string | undefined
  description: string | undefined
  /** What the dialect cannot say; it is checked at the end. */
  warnings: { path: (string | number)[]; message: string }[]
  compiled: CompiledSchema<T>
}

const prepared = new WeakMap<object, Map<Dialect, Promise<PreparedSchema>>>()

/**
 * Cached by the schema's identity. Parser, cursor and the schema compilers are loaded on first use: text needs none of them.
 *
 * @throws `unsupported_schema` (its `path` points into the schema)
 */
export async function prepareSchema(
  schema: unknown,
  target: { dialect: Dialect; mode: Mode },
): Promise<PreparedSchema> {
  // Words alone enforce nothing: the model is told of the user's own shape.
  const isEnforced = target.mode === 'json-schema' || target.mode === 'tool'
  const dialect = isEnforced ? target.dialect : 'json-schema'
  const isObject = (typeof schema === 'object' && schema !== null) || typeof schema === 'function'
  if (!isObject) return prepare(schema, dialect)
  let known = prepared.get(schema)
  if (known === undefined) prepared.set(schema, (known = new Map()))
  let result = known.get(dialect)
  if (result === undefined) {
    result = prepare(schema, dialect)
    result.catch(() => known.delete(dialect))
    known.set(dialect, result)
  }
  return result
}

async function prepare(schema: unknown, dialect: Dialect): Promise<PreparedSchema> {
  const { kindOfSchema, toJsonSchema } = await import('../schema/libraries/to-json-schema.ts')
  const kind = kindOfSchema(schema)
  const accepted = await toJsonSchema(schema)
  const [{ compileDialect }, { DocumentInterpreter }, { fieldTimes }, { withoutUnknownKeys }] = await Promise.all([
    import('../schema/dialects/compile/compile.ts'),
    import('./document/document-interpreter.ts'),
    import('./document/field-times.ts'),
    import('./known-keys.ts'),
  ])
  const { jsonSchema, plan, strict, warnings } = compileDialect(accepted.schema, dialect)
  const decoding = plan === null ? null : await decodingOf(plan)
  const { node, validate } =
    kind === 'zod4' ? await readZod(schema as $ZodType) : await readOther(schema as StandardSchemaV1, accepted)
  return {
    jsonSchema,
    strict,
    title: accepted.title,
    description: accepted.description,
    warnings: [...accepted.warnings, ...warnings].map(({ path, message }) => ({ path: [...path], message })),
    compiled: {
      interpreter: (options, text) => new DocumentInterpreter(node, decoding, options, text),
      translate: decoding === null ? undefined : (inner) => decoding.sink(inner),
      fieldTimes: (segments, options, json) => fieldTimes(segments, options, { json, decoding }),
      known: (raw) => withoutUnknownKeys(node, raw),
      validate,
    },
  }
}

type Plan = NonNullable<ReturnType<typeof import('../schema/dialects/compile/compile.ts').compileDialect>['plan']>

/** How answers in a provider's shape are read. */
export async function decodingOf(plan: Plan): Promise<Decoding> {
  const [{ DecodingSink }, { decode }] = await Promise.all([
    import('../schema/dialects/decode/decoding-sink.ts'),
    import('../schema/dialects/decode/decode.ts'),
  ])
  return { sink: (inner) => new DecodingSink(inner, plan), decode: (value) => decode(value, plan) }
}

/** How the answer is followed, and judged at the end. */
interface Readable {
  node: SchemaNode
  validate: CompiledSchema['validate']
}

async function readZod(schema: $ZodType): Promise<Readable> {
  const { zodNode, validateZod } = await import('../schema/zod/nodes.ts')
  return { node: zodNode(schema), validate: (raw) => validateZod(schema, raw) }
}

/** Schemas of other libraries are followed by their JSON Schema, and validated by their own code. */
async function readOther(schema: StandardSchemaV1, accepted: AcceptedSchema): Promise<Readable> {
  const [{ jsonSchemaNode }, { trustOf }] = await Promise.all([
    import('../schema/json-schema/nodes.ts'),
    import('../schema/libraries/trust.ts'),
  ])
  return {
    node: jsonSchemaNode(accepted.schema, await trustOf(schema)),
    async validate(raw) {
      const result = await (accepted.validator ?? schema)['~standard'].validate(raw)
      if (result.issues === undefined) return { ok: true, value: result.value }
      return { ok: false, issues: result.issues.map(fromStandardIssue) }
    },
  }
}

/** Standard Schema knows messages and paths; some libraries give more. */
function fromStandardIssue(issue: StandardSchemaV1.Issue): Issue {
  const path = (issue.path ?? []).map((step) => {
    const key = typeof step === 'object' ? step.key : step
    return typeof key === 'number' ? key : String(key)
  })
  const { code, type } = issue as { code?: unknown; type?: unknown }
  const name = [code, type].find((word) => typeof word === 'string')
  return { path, code: name ?? 'custom', message: issue.message }
}
