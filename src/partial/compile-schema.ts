import type { Dialect, JsonSchemaObject, Mode } from '../types.ts'
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
  // Words alone enforce nothing: the model gets the user's own shape.
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
  const [{ libraryOf }, { toJsonSchema }] = await Promise.all([
    import('../schema/libraries/library-of.ts'),
    import('../schema/libraries/to-json-schema.ts'),
  ])
  const library = libraryOf(schema)
  const accepted = await toJsonSchema(schema)
  const [{ compileDialect }, { DocumentInterpreter }, { fieldTimes }, { withoutUnknownKeys }, { resolvePath }] =
    await Promise.all([
      import('../schema/dialects/compile/compile.ts'),
      import('./document/document-interpreter.ts'),
      import('./document/field-times.ts'),
      import('./known-keys.ts'),
      import('./resolve-path.ts'),
    ])
  const { RuleRuns } = accepted.hasRules === true ? await import('./rule-runs.ts') : {}
  const { jsonSchema, plan, strict, warnings } = compileDialect(accepted.schema, dialect)
  const decoding = plan === null ? null : await decodingOf(plan)
  const node = await library.node(schema as object)
  return {
    jsonSchema,
    strict,
    title: accepted.title,
    description: accepted.description,
    warnings: [...accepted.warnings, ...warnings].map(({ path, message }) => ({ path: [...path], message })),
    compiled: {
      interpreter: (options, surroundings) => new DocumentInterpreter(node, decoding, options, surroundings),
      translate: decoding === null ? undefined : (inner) => decoding.sink(inner),
      fieldTimes: (segments, options, json) => fieldTimes(segments, options, { json, decoding }),
      resolvePath: (path, use) => resolvePath(node, path, use),
      known: (raw) => withoutUnknownKeys(node, raw),
      rules: RuleRuns && ((host) => new RuleRuns(host)),
      reportsAlike: library.reportsAlike,
      validate: (raw) => library.validate(schema as object, raw),
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
  const wrapper = plan.op === 'wrap' ? plan.key : undefined
  return {
    isFinal: true,
    wrapper,
    sink: (inner) => new DecodingSink(inner, plan),
    decode: (value) => decode(value, plan),
  }
}
