import { StructStreamError } from '../../errors.ts'
import type { JsonSchemaObject } from '../../types.ts'
import type { Warning } from '../types.ts'
import { showPath, unsupported } from '../json-schema/keywords.ts'

interface Def {
  typeName?: string
  coerce?: boolean
  unknownKeys?: string
  catchall?: { _def: Def }
  effect?: { type: string }
  checks?: { kind: string; regex?: RegExp }[]
}

/**
 * The JSON Schema of a Zod 3 schema's input side, by the optional peer `zod-to-json-schema`, loaded on demand.
 */
export async function fromZod3(schema: object): Promise<{ schema: JsonSchemaObject; warnings: Warning[] }> {
  const { ignoreOverride, zodToJsonSchema } = await load()
  const warnings: Warning[] = []
  const warn = (path: readonly string[], message: string): void => {
    const place = path.slice(1)
    warnings.push({ path: [...place], message: `${showPath(place)}: ${message}` })
  }
  try {
    const result = zodToJsonSchema(schema as never, {
      $refStrategy: 'root',
      effectStrategy: 'input',
      pipeStrategy: 'input',
      removeAdditionalStrategy: 'strict',
      strictUnions: false,
      override(anyDef) {
        const def = anyDef as Def
        const reason = def.typeName === undefined ? undefined : NOT_IN_JSON[def.typeName]
        if (reason === undefined) return ignoreOverride as never
        const text = def.coerce === true ? TEXT_FORMS[def.typeName as string] : undefined
        return (text ?? { not: {}, $comment: reason }) as never
      },
      postProcess(json, anyDef, refs) {
        const def = anyDef as Def
        const path = refs.currentPath
        if (def.coerce === true) warn(path, 'what can be coerced is asked for in its final type')
        if (def.typeName === 'ZodEffects' && def.effect?.type === 'refinement')
          warn(path, 'a refinement is only checked at the end')
        if (def.typeName === 'ZodEffects' && def.effect?.type === 'preprocess') {
          warn(path, 'what preprocess() takes is unknown; what it should give is asked for')
        }
        if (def.typeName === 'ZodPipeline') warn(path, 'what the second half of a pipe says is only checked at the end')
        if (json === undefined || def.typeName !== 'ZodObject') return json
        // Keys that Zod strips are no part of the shape; keys that it passes through are.
        const strips = def.unknownKeys === 'strip' && def.catchall?._def.typeName === 'ZodNever'
        const { additionalProperties, ...rest } = json as Record<string, unknown>
        return (strips || additionalProperties === undefined ? rest : json) as typeof json
      },
    })
    return { schema: result, warnings }
  } catch (cause) {
    throw unsupported(
      [],
      `Zod 3 cannot be converted to JSON Schema: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    )
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
const TEXT_FORMS: Readonly<Record<string, Record<string, unknown>>> = {
  ZodBigInt: { type: 'string', pattern: '^-?[0-9]+$' },
  ZodDate: { type: 'string', format: 'date-time' },
}
