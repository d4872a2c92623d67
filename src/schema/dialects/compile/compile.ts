import type { Dialect, JsonSchemaObject } from '../../../types.ts'
import { firstOnesFirst } from '../../json-schema/judges.ts'
import { unsupported } from '../../json-schema/keywords.ts'
import { Analysis } from './analysis.ts'
import { ANTHROPIC } from '../profiles/anthropic.ts'
import { checkSchema } from './check.ts'
import { Emitter } from './emitter.ts'
import type { Warning } from '../../types.ts'
import type { Emitted } from './emitter.ts'
import { GEMINI } from '../profiles/gemini.ts'
import { GROQ } from '../profiles/groq.ts'
import { checkLimits } from './limits.ts'
import { OLLAMA } from '../profiles/ollama.ts'
import { OPENAI } from '../profiles/openai.ts'
import { WRAP_KEY, prune } from '../decode/plan.ts'
import type { DecodePlan } from '../decode/plan.ts'
import { Places } from '../../json-schema/shape/locations.ts'
import type { Profile } from '../profiles/profile.ts'

/** A schema in a provider's dialect, and the way back. */
export interface CompiledDialect {
  /** To be sent. */
  jsonSchema: JsonSchemaObject
  /** How the answer maps to the schema's own shape; `null`: it is in that shape already. */
  plan: DecodePlan | null
  /** What the dialect cannot say: told in a description, or only checked at the end. */
  warnings: Warning[]
  /** It accepts exactly the encodings of what the schema accepts; then there are no warnings. */
  lossless: boolean
  /** It is inside the subset that the provider enforces. */
  strict: boolean
  /** Places worked out: what compiling cost. */
  visits: number
}

const PROFILES: Readonly<Record<Exclude<Dialect, 'json-schema'>, Profile>> = {
  openai: OPENAI,
  groq: GROQ,
  anthropic: ANTHROPIC,
  gemini: GEMINI,
  ollama: OLLAMA,
}

const compiled = new WeakMap<JsonSchemaObject, Map<Dialect, CompiledDialect>>()

/**
 * Maps a JSON Schema to what a provider takes. Cached by the schema's identity; linear in its size,
 * but for unions inside `allOf`, which multiply.
 *
 * @throws `unsupported_schema` when no value fits, when a reference is broken, or when the provider
 * cannot take the schema in any form; the error's `path` points into the schema.
 */
export function compileDialect(schema: JsonSchemaObject, dialect: Dialect): CompiledDialect {
  let known = compiled.get(schema)
  if (known === undefined) compiled.set(schema, (known = new Map()))
  let result = known.get(dialect)
  if (result === undefined) known.set(dialect, (result = compile(schema, dialect)))
  return result
}

function compile(schema: JsonSchemaObject, dialect: Dialect): CompiledDialect {
  if (dialect === 'json-schema') {
    const visits = checkSchema(schema)
    return { jsonSchema: firstOnesFirst(schema), plan: null, warnings: [], lossless: true, strict: true, visits }
  }
  const profile = PROFILES[dialect]
  const places = new Places(schema)
  const analysis = new Analysis(places, profile)
  const emitter = new Emitter(analysis, profile)
  const wraps = profile.root === 'object' && !isPlainObject(analysis, places)
  const root = analysis.of(places.root).inhabited ? emitter.emitRoot(places.root, !wraps) : null
  if (root === null) {
    const { path, reason } = analysis.whyNever(places.root)
    throw unsupported(path, reason)
  }
  const { schema: body, plan } = wraps ? wrap(root) : root
  for (const finish of emitter.afterwards) finish()
  const jsonSchema = { ...body, ...emitter.definitions() }
  checkLimits(jsonSchema, profile)
  const { warnings } = emitter
  return {
    jsonSchema,
    plan: prune(plan),
    warnings,
    lossless: warnings.length === 0,
    strict: true,
    visits: places.visits,
  }
}

function isPlainObject(analysis: Analysis, places: Places): boolean {
  const target = analysis.target(places.root)
  const { kinds } = analysis.of(target)
  return kinds.size === 1 && kinds.has('object') && analysis.shape(target).kind !== 'union'
}

function wrap(root: Emitted): Emitted {
  const { $defs, ...body } = root.schema
  return {
    schema: {
      type: 'object',
      properties: { [WRAP_KEY]: body },
      required: [WRAP_KEY],
      additionalProperties: false,
      ...($defs === undefined ? {} : { $defs }),
    },
    plan: { op: 'wrap', key: WRAP_KEY, inner: root.plan },
  }
}
