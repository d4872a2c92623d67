import type { StandardSchemaV1 } from '@standard-schema/spec'
import { StructStreamError } from '../../errors.ts'
import type { JsonSchemaObject } from '../../types.ts'
import { marked, markDefaults, unmarked } from '../json-schema/judges.ts'
import { literalCheck, patternCheck, TextCheck } from '../json-schema/text-checks.ts'
import { pointerOf } from '../../pointer.ts'
import { isSchemaObject, unsupported } from '../json-schema/keywords.ts'
import { marksOf } from '../rules.ts'
import type { Warning } from '../types.ts'
import { byJsonSchema } from './by-json-schema.ts'
import type { ConvertedSchema, SchemaLibrary } from './library.ts'
import { validateStandard } from './standard-issue.ts'
import { guarded } from './zod3-guarded.ts'
import { mayBeMissing, viewOf, type Zod3Check, type Zod3Def, type Zod3Schema } from './zod3-view.ts'

/** Zod 3, by the optional peer `zod-to-json-schema`, which is shown a view of the schema. */
export const zod3: SchemaLibrary = {
  name: 'Zod 3',
  reportsAlike: false,
  matches: (schema) => '_def' in schema && isSchemaObject(schema._def) && typeof schema._def['typeName'] === 'string',
  ...byJsonSchema(fromZod3, { closed: true, dropsUndeclared: true }),
  validate: (schema, raw) => validateStandard(asStandard(schema as Zod3Schema), raw),
}

interface Zod3Parser extends Zod3Schema {
  safeParseAsync(value: unknown): Promise<Zod3Result>
}

interface Zod3Result {
  success: boolean
  data?: unknown
  error?: { issues: readonly StandardSchemaV1.Issue[] }
}

/** Before 3.24, Zod 3 wasn't a Standard Schema; and its synchronous way throws promises away. */
function asStandard(schema: Zod3Schema): StandardSchemaV1 {
  const validate = async (raw: unknown): Promise<StandardSchemaV1.Result<unknown>> => {
    const copy = guarded(schema)
    const result = await (copy.schema as Zod3Parser).safeParseAsync(raw)
    copy.rethrow()
    return result.success ? { value: result.data } : { issues: result.error!.issues }
  }
  return { '~standard': { version: 1, vendor: 'zod', validate } }
}

async function fromZod3(schema: object): Promise<ConvertedSchema> {
  const { ignoreOverride, zodToJsonSchema } = await load()
  const warnings: Warning[] = []
  try {
    const result = zodToJsonSchema(viewOf(schema as Zod3Schema) as never, {
      $refStrategy: 'root',
      effectStrategy: 'input',
      pipeStrategy: 'input',
      removeAdditionalStrategy: 'strict',
      strictUnions: false,
      override: (def) => (replacement(def as Zod3Def) ?? ignoreOverride) as never,
      postProcess(json, def, { currentPath }) {
        const path = currentPath.slice(1)
        for (const message of warningsOf(def as Zod3Def)) {
          warnings.push({ path, message: `${pointerOf(path) || '/'}: ${message}` })
        }
        return json === undefined
          ? json
          : (marked(judged(json as JsonSchemaObject, def as Zod3Def), ...marksOf(def)) as typeof json)
      },
    })
    return { schema: markDefaults(result), warnings }
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw unsupported([], `Zod 3 cannot be converted to JSON Schema: ${message}`, cause)
  }
}

async function load(): Promise<{
  ignoreOverride: symbol
  zodToJsonSchema: typeof import('zod-to-json-schema').zodToJsonSchema
}> {
  try {
    const { ignoreOverride, zodToJsonSchema } = await import('zod-to-json-schema')
    return { ignoreOverride, zodToJsonSchema }
  } catch (cause) {
    const message = 'Zod 3 schemas need the package zod-to-json-schema: npm install zod-to-json-schema'
    throw new StructStreamError('unsupported_schema', message, { cause })
  }
}

/** What replaces a type that the converter gets wrong, or that JSON can't hold. */
function replacement(def: Zod3Def): JsonSchemaObject | undefined {
  const text = def.coerce === true ? TEXT_FORMS[def.typeName] : undefined
  const reason = NOT_IN_JSON[def.typeName]
  if (text !== undefined || reason !== undefined) return text ?? { not: {}, $comment: reason }
  if (def.typeName === 'ZodPromise') return marked({}, 'library-reads')
  if (def.typeName !== 'ZodLiteral') return undefined
  if (def.value === null) return { type: 'null' }
  const isInJson = ['string', 'number', 'boolean'].includes(typeof def.value)
  return isInJson ? undefined : { not: {}, $comment: 'JSON cannot hold this literal' }
}

/** Marks the places where only Zod can judge. */
function judged(json: JsonSchemaObject, def: Zod3Def): JsonSchemaObject {
  switch (def.typeName) {
    case 'ZodObject': {
      // Keys that Zod strips aren't part of the shape; keys that it passes through are.
      const strips = def.unknownKeys === 'strip' && def.catchall?._def.typeName === 'ZodNever'
      if (!strips) return json
      const { additionalProperties: _, ...rest } = json
      return rest
    }
    case 'ZodString':
      return judgedString(json, def)
    case 'ZodEffects':
    case 'ZodPipeline':
      return marked(unmarked(json, 'library-skips'), judgeOfEffects(def))
    case 'ZodCatch':
      return marked(json, 'library-catches')
    case 'ZodReadonly':
      return def.isFilled === true ? marked(json, 'library-fills') : json
    case 'ZodOptional':
      return marked(json, 'library-skips')
    case 'ZodIntersection':
      return marked(json, 'library-checks')
    case 'ZodUnion':
      // An option may run a refinement on what is missing.
      return mayBeMissing({ _def: def }) ? marked(json, 'library-checks') : json
    case 'ZodRecord':
      return judgedRecord(json, def.keyType?._def)
    default:
      return json
  }
}

function judgeOfEffects({ typeName, effect }: Zod3Def): 'library-checks' | 'library-reads' | 'library-changes' {
  if (typeName === 'ZodPipeline') return 'library-changes'
  return effect?.type === 'refinement'
    ? 'library-checks'
    : effect?.type === 'preprocess'
      ? 'library-reads'
      : 'library-changes'
}

function judgedString(json: JsonSchemaObject, def: Zod3Def): JsonSchemaObject {
  const checks = def.checks ?? []
  const first = checks.findIndex(({ kind }) => REWRITING.includes(kind))
  const asWritten = first < 0 ? checks : checks.slice(0, first)
  const texts = asWritten.flatMap((check) => textCheckOf(check) ?? [])
  const whole = wholeCheckOf(def)
  if (whole !== null) texts.push(whole)
  if (first >= 0) return marked(json, 'library-rewrites', ...texts)
  const isVague = whole === null && checks.some(({ kind }) => !['min', 'max', 'length'].includes(kind))
  const isFlagged = checks.some(({ regex }) => regex !== undefined && /[ims]/.test(regex.flags))
  const { pattern: _, allOf: __, ...rest } = json
  // JSON Schema has no flags; an expression without them would refuse what the schema takes.
  return marked(isFlagged ? rest : json, ...texts, ...(isVague ? (['library-checks'] as const) : []))
}

const REWRITING: readonly string[] = ['trim', 'toLowerCase', 'toUpperCase']

/** What is known of an open string. */
function textCheckOf({ kind, regex, value, position, message }: Zod3Check): TextCheck | null {
  if (kind === 'regex' && regex !== undefined) return patternCheck(regex, message, true)
  if (typeof value !== 'string') return null
  if (kind === 'startsWith') return literalCheck('starts', value, message)
  if (kind === 'endsWith') return literalCheck('ends', value, message)
  return kind === 'includes' && position === undefined ? literalCheck('includes', value, message) : null
}

/** What Zod says of a complete string; `null` where code of the user's would be asked for a message. */
function wholeCheckOf({ self, errorMap, checks = [] }: Zod3Def): TextCheck | null {
  const parse = (self as { safeParse?: (text: string) => { success: boolean } } | undefined)?.safeParse
  const isPlain = checks.every(({ kind, regex }) => kind !== 'regex' || regex !== undefined)
  if (typeof parse !== 'function' || errorMap !== undefined || checks.length === 0 || !isPlain) return null
  const kinds = checks.map(({ kind }) => kind).join(', ')
  return new TextCheck(`a string that passes ${kinds}`, (text) => parse.call(self, text).success)
}

function judgedRecord(json: JsonSchemaObject, key: Zod3Def | undefined): JsonSchemaObject {
  if (key === undefined || key.typeName === 'ZodEnum') return json
  if (key.typeName !== 'ZodString') return marked(json, 'library-changes')
  const kinds = (key.checks ?? []).map(({ kind }) => kind)
  if (kinds.length === 0) return json
  return marked(json, kinds.some((kind) => /^(?:trim|to)/.test(kind)) ? 'library-reads' : 'library-checks')
}

function warningsOf(def: Zod3Def): string[] {
  switch (def.typeName) {
    case 'ZodEffects':
      if (def.effect?.type === 'refinement') return ['a refinement is only checked at the end']
      if (def.effect?.type !== 'preprocess') return []
      return (def['schema'] as Zod3Schema)._def.coerce === true
        ? ['what can be coerced is asked for in its final type']
        : ['what preprocess() takes is unknown; what it should give is asked for']
    case 'ZodPipeline':
      return ['what the second half of a pipe says is only checked at the end']
    case 'ZodCatch':
      return ['what it catches is not asked for']
    default:
      return []
  }
}

const NOT_IN_JSON: Readonly<Record<string, string>> = {
  ZodBigInt: 'z.bigint() takes a bigint, which JSON cannot hold; use z.coerce.bigint()',
  ZodDate: 'z.date() takes a Date object, which JSON cannot hold; use z.coerce.date() or z.string().datetime()',
  ZodFunction: 'JSON cannot hold functions',
  ZodMap: 'z.map() takes a Map, which JSON cannot hold; use z.record()',
  ZodNaN: 'JSON cannot hold NaN',
  ZodSet: 'z.set() takes a Set, which JSON cannot hold; use z.array()',
  ZodSymbol: 'JSON cannot hold symbols',
  ZodUndefined: 'JSON cannot hold undefined; use .optional()',
  ZodVoid: 'JSON cannot hold undefined; use .optional()',
}

/** What is asked for where Zod turns text into the value. */
const TEXT_FORMS: Readonly<Record<string, JsonSchemaObject>> = {
  ZodBigInt: { type: 'string', pattern: '^-?[0-9]+$' },
  ZodDate: { type: 'string', format: 'date-time' },
}
