import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { JsonSchemaObject } from '../../types.ts'
import {
  judgeLists,
  markDefaults,
  markEach,
  marked,
  warningsOfMarks,
  withoutKeyword,
  type Judge,
} from '../json-schema/judges.ts'
import { isSchemaObject, unsupported } from '../json-schema/keywords.ts'
import { patternCheck, TextCheck } from '../json-schema/text-checks.ts'
import { byJsonSchema } from './by-json-schema.ts'
import type { ConvertedSchema, SchemaLibrary } from './library.ts'
import { validateStandard } from './standard-issue.ts'

/** The targets that Standard JSON Schema names, the better one first. */
const TARGETS = ['draft-2020-12', 'draft-07'] as const

type Convert = (options: { target: (typeof TARGETS)[number] }) => unknown

/**
 * Any Standard Schema that can give a JSON Schema of its input (https://standardschema.dev/json-schema). How exact that
 * is only the library knows, so it is a hint.
 */
export const standard: SchemaLibrary = {
  name: 'Standard Schema',
  reportsAlike: false,
  matches: (schema) => '~standard' in schema,
  ...byJsonSchema(async (schema) => ({ schema: fromStandard(schema), warnings: [] }), {
    closed: false,
    dropsUndeclared: false,
    isHint: true,
  }),
  validate: (schema, raw) => validateStandard(schema as StandardSchemaV1, raw),
}

/** What ArkType asks about where JSON Schema can't say what it means. */
interface ArkFallback {
  code: string
  base: JsonSchemaObject
  pattern?: unknown
  predicate?: unknown
}
type ArkType = {
  json?: unknown
  toJsonSchema?: (options: { fallback: { default: (context: ArkFallback) => unknown } }) => unknown
}

/** ArkType, whose converter says where its JSON Schema is only an approximation. */
export const arktype: SchemaLibrary = {
  name: 'ArkType',
  reportsAlike: false,
  matches: (schema) => vendorOf(schema) === 'arktype',
  ...byJsonSchema(async (schema) => withWarnings(fromArkType(schema)), {
    closed: true,
    dropsUndeclared: false,
  }),
  validate: (schema, raw) => validateStandard(schema as StandardSchemaV1, raw),
}

function fromArkType(schema: object): JsonSchemaObject {
  const ark = schema as ArkType
  if (typeof ark.toJsonSchema !== 'function') return fromStandard(schema)
  const flags = flagsOfPatterns(ark.json)
  let converted: unknown
  try {
    converted = ark.toJsonSchema({ fallback: { default: (context) => judgeArk(context, flags) } })
  } catch (cause) {
    throw cannotConvert('arktype', cause)
  }
  if (!isSchemaObject(converted)) throw cannotConvert('arktype', new TypeError(`it gave ${typeof converted}`))
  const result = markEach(markDefaults(converted), (node) => [
    ...judgeLists(node),
    ...patternOf(node['pattern'], flags),
  ])
  const says = JSON.stringify(ark.json ?? null)
  // Keys that are deleted are written like keys that are refused.
  if (says.includes('"undeclared":"delete"')) return withoutKeyword(result, 'additionalProperties', false)
  if (says.includes('"undeclared"')) return result
  return markEach(result, (node) => (node['type'] === 'object' ? ['library-keeps'] : []))
}

function withWarnings(schema: JsonSchemaObject): ConvertedSchema {
  return { schema, warnings: warningsOfMarks(schema) }
}

function judgeArk({ code, base, pattern, predicate }: ArkFallback, flags: PatternFlags): JsonSchemaObject {
  if (code === 'morph') return marked(base, 'library-changes')
  if (code === 'patternIntersection') return marked(base, 'library-adds', ...patternOf(pattern, flags))
  if (code === 'predicate') return marked(base, isUrlTest(predicate) ? URL_CHECK : 'library-adds')
  return marked(base, 'library-reads')
}

/** Whether it is ArkType's own code for `string.url`, by its text: what a user's predicate does is not known. */
function isUrlTest(predicate: unknown): boolean {
  return typeof predicate === 'function' && /^\(?(\w+)\)?\s*=>\s*URL\.canParse\(\1\)$/.test(String(predicate))
}

const URL_CHECK = new TextCheck('a URL', (text) => URL.canParse(text))

/** The flags of a type's expressions, which its JSON Schema leaves out; `null` for one that is there with several. */
type PatternFlags = ReadonlyMap<string, string | null>

/** Reads them off ArkType's own description of a type. */
function flagsOfPatterns(description: unknown): PatternFlags {
  const found = new Map<string, string | null>()
  const note = (pattern: unknown): void => {
    const { rule, flags = '' } = (typeof pattern === 'string' ? { rule: pattern } : pattern) as ArkPattern
    const before = found.get(rule)
    found.set(rule, before === undefined || before === flags ? flags : null)
  }
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    for (const [key, child] of Object.entries(part)) {
      if (key === 'pattern' && Array.isArray(child)) child.forEach(note)
      // What the user says of it.
      else if (key !== 'meta') visit(child)
    }
  }
  visit(description)
  return found
}

interface ArkPattern {
  rule: string
  flags?: string
}

function patternOf(source: unknown, known: PatternFlags): (TextCheck | Judge)[] {
  const flags = typeof source === 'string' ? known.get(source) : undefined
  if (typeof flags !== 'string') return []
  const check = patternCheck({ source: source as string, flags })
  return check.isPartial ? [check, 'library-checks'] : [check]
}

/** The JSON Schema of the input side, as the library gives it. */
function fromStandard(schema: object): JsonSchemaObject {
  const { '~standard': props } = schema as { '~standard'?: { jsonSchema?: { input?: Convert } } }
  const vendor = vendorOf(schema) ?? 'its library'
  const input = props?.jsonSchema?.input
  if (input === undefined) {
    const advice = 'lend it one with jsonSchema(definition, { validator: schema })'
    throw unsupported([], `${vendor} gives no JSON Schema for it (~standard.jsonSchema); ${advice}`)
  }
  let failure: unknown
  for (const target of TARGETS) {
    try {
      const result = input({ target })
      if (isSchemaObject(result)) return markDefaults(result)
      failure = new TypeError(`expected an object, but got ${typeof result}`)
    } catch (cause) {
      failure ??= cause
    }
  }
  throw cannotConvert(vendor, failure)
}

/** Returns the vendor that a Standard Schema names. */
export function vendorOf(schema: object): string | undefined {
  const { '~standard': props } = schema as { '~standard'?: { vendor?: unknown } }
  return typeof props?.vendor === 'string' ? props.vendor : undefined
}

function cannotConvert(vendor: string, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause)
  return unsupported([], `${vendor} cannot convert it to JSON Schema: ${message}`, cause)
}
