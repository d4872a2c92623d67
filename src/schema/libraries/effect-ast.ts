import type { JsonSchemaObject } from '../../types.ts'
import { marked } from '../json-schema/judges.ts'
import { marksOf } from '../rules.ts'
import { isSchemaObject, own } from '../json-schema/keywords.ts'
import { patternCheck, TextCheck } from '../json-schema/text-checks.ts'

/** A node of Effect's syntax tree, as far as it matters here. */
export interface Ast {
  readonly _tag: string
  /** Conversions between what is written and the value. */
  readonly encoding?: readonly Link[]
  readonly checks?: readonly Check[]
  readonly annotations?: object
  readonly context?: { readonly isOptional?: boolean }
  readonly propertySignatures?: readonly { readonly name: PropertyKey; readonly type: Ast }[]
  readonly indexSignatures?: readonly { readonly parameter: Ast; readonly type: Ast }[]
  readonly elements?: readonly Ast[]
  readonly rest?: readonly Ast[]
  readonly types?: readonly Ast[]
}

/** A conversion, by its side that is written. */
interface Link {
  readonly to?: Ast
  readonly transformation?: { readonly decode?: { readonly transform?: unknown } }
}

/** A check, or a group of them. */
interface Check {
  readonly _tag?: string
  readonly checks?: readonly Check[]
  readonly annotations?: object
}

/** What Effect's own checks say of themselves. */
interface Described {
  readonly expected?: unknown
  readonly representation?: { readonly id?: unknown; readonly payload?: { readonly [key: string]: unknown } | null }
  readonly arbitraryConstraint?: { readonly patterns?: readonly { readonly source: string; readonly flags: string }[] }
  readonly toJsonSchema?: (context: { readonly type: string }) => unknown
}

/** Kinds of which the JSON Schema, but for checks, says everything. */
const PLAIN: ReadonlySet<string> = new Set(['String', 'Number', 'Boolean', 'Null', 'Literal', 'Enum', 'Unknown', 'Any'])

/**
 * Marks a JSON Schema, which Effect made of the encoded side of `ast`, where only Effect can judge. A part of which it
 * isn't certain what in the tree it belongs to is Effect's as a whole.
 */
export function judgedByAst(schema: JsonSchemaObject, ast: Ast): JsonSchemaObject {
  // Annotations of a schema with checks are kept by the last of them.
  const marks = marksOf(ast.checks?.at(-1)?.annotations ?? ast.annotations ?? {})
  return marked(judgedInside(schema, ast), ...marks)
}

function judgedInside(schema: JsonSchemaObject, ast: Ast): JsonSchemaObject {
  const [link, ...links] = ast.encoding ?? []
  if (link !== undefined) {
    if (isJsonNumber(schema, ast, link)) return numberOrName(schema, ast)
    // The encoded side has another structure.
    if (!isText(schema)) return marked(schema, 'library-reads')
    const { to } = link
    const isPlain = links.length === 0 && to?._tag === 'String' && (to.encoding?.length ?? 0) === 0
    return marked(schema, 'library-changes', ...(isPlain ? textChecksOf(to.checks).texts : []))
  }
  const inside = insideOf(schema, ast)
  if (inside === null) return marked(schema, 'library-reads')
  const { texts, areAll } = ast._tag === 'String' ? textChecksOf(ast.checks) : { texts: [], areAll: false }
  const isVague = (ast.checks?.length ?? 0) > 0 && !areAll
  return marked(inside, ...texts, ...(isVague ? (['library-checks'] as const) : []))
}

/** Checks that are what their pattern says. */
const BY_PATTERN: ReadonlySet<string> = new Set([
  'isAscii',
  'isBase64',
  'isBase64Url',
  'isEndingWith',
  'isGUID',
  'isIncluding',
  'isPattern',
  'isStartingWith',
  'isULID',
  'isUUID',
])
/** Checks whose texts all match their pattern, though not all that match it pass. */
const WITHIN_PATTERN: ReadonlySet<string> = new Set([
  'isCapitalized',
  'isLowercased',
  'isUncapitalized',
  'isUppercased',
])

/** What Effect's own checks ask of a text, and whether that is all that is asked of it. */
function textChecksOf(checks: readonly Check[] = []): { texts: TextCheck[]; areAll: boolean } {
  const texts: TextCheck[] = []
  let areAll = true
  for (const check of checks) {
    const described = (check.annotations ?? {}) as Described
    const name = nameOf(check)
    const length = lengthCheck(name, described)
    const known = (described.arbitraryConstraint?.patterns ?? []).map((pattern) => patternCheck(pattern))
    if (length !== null) texts.push(length)
    else if (BY_PATTERN.has(name) || WITHIN_PATTERN.has(name)) texts.push(...known)
    const isWhole =
      length !== null || (BY_PATTERN.has(name) && known.length > 0 && known.every(({ isPartial }) => !isPartial))
    if (!isWhole) areAll = false
  }
  return { texts, areAll }
}

const OWN = 'effect/schema/'

/** Name of one of Effect's own checks; empty for a check of the user's. */
function nameOf({ annotations = {} }: Check): string {
  const { id } = (annotations as Described).representation ?? {}
  return typeof id === 'string' && id.startsWith(OWN) ? id.slice(OWN.length) : ''
}

/** The JSON Schema of a length counts otherwise. */
function lengthCheck(name: string, { expected, representation }: Described): TextCheck | null {
  const {
    minLength = 0,
    maxLength = Infinity,
    minimum = minLength,
    maximum = maxLength,
  } = (representation?.payload ?? {}) as { [key: string]: number }
  if (!['isMinLength', 'isMaxLength', 'isBetweenLength'].includes(name)) return null
  return new TextCheck(String(expected), ({ length }) => length >= minimum && length <= maximum)
}

/** A number in Effect's JSON: one, or the name of one that JSON doesn't have. */
function isJsonNumber(schema: JsonSchemaObject, ast: Ast, { transformation }: Link): boolean {
  const options = own(schema, 'anyOf')
  return (
    ast._tag === 'Number' &&
    ast.encoding?.length === 1 &&
    transformation?.decode?.transform === Number &&
    Array.isArray(options) &&
    options.length === 2 &&
    isSchemaObject(options[0]) &&
    own(options[0], 'type') === 'number' &&
    isSchemaObject(options[1]) &&
    own(options[1], 'type') === 'string'
  )
}

/** What is checked of the number that is made is checked of the number that is written. */
function numberOrName(schema: JsonSchemaObject, { checks = [] }: Ast): JsonSchemaObject {
  const [number, name] = schema['anyOf'] as [JsonSchemaObject, JsonSchemaObject]
  const bounds = checks.flatMap((check) => {
    const { toJsonSchema } = (check.annotations ?? {}) as Described
    const keywords = nameOf(check) === '' ? undefined : toJsonSchema?.({ type: 'number' })
    return isSchemaObject(keywords) ? [keywords] : []
  })
  const bounded = bounds.length === 0 ? number : { ...number, allOf: bounds }
  return {
    ...schema,
    anyOf: [checks.length === 0 ? bounded : marked(bounded, 'library-checks'), marked(name, 'library-changes')],
  }
}

/** Text that is converted: its type is certain. */
function isText(schema: JsonSchemaObject): boolean {
  return own(schema, 'type') === 'string' && own(schema, 'enum') === undefined
}

function insideOf(schema: JsonSchemaObject, ast: Ast): JsonSchemaObject | null {
  if (own(schema, '$ref') !== undefined) return null
  if (PLAIN.has(ast._tag)) return schema
  if (ast._tag === 'Objects') return objectOf(schema, ast)
  if (ast._tag === 'Arrays') return arrayOf(schema, ast)
  if (ast._tag === 'Union') return unionOf(schema, ast.types ?? [])
  return null
}

function objectOf(schema: JsonSchemaObject, ast: Ast): JsonSchemaObject | null {
  const properties = own(schema, 'properties')
  const signatures = ast.propertySignatures ?? []
  const copy: Record<string, unknown> = { ...schema }
  if (signatures.length > 0) {
    if (!isSchemaObject(properties)) return null
    const judged = signatures.map(({ name, type }): [string, unknown] => {
      const property = own(properties, String(name))
      return [String(name), isSchemaObject(property) ? judgedByAst(property, type) : property]
    })
    copy['properties'] = { ...properties, ...Object.fromEntries(judged) }
  }
  const [index, ...more] = ast.indexSignatures ?? []
  if (index === undefined) return copy
  const rest = own(schema, 'additionalProperties')
  const isPlainKey = index.parameter._tag === 'String' && (index.parameter.encoding?.length ?? 0) === 0
  if (more.length > 0 || !isPlainKey || !isSchemaObject(rest)) return null
  copy['additionalProperties'] = judgedByAst(rest, index.type)
  return (index.parameter.checks?.length ?? 0) > 0 ? marked(copy, 'library-checks') : copy
}

function arrayOf(schema: JsonSchemaObject, { elements = [], rest = [] }: Ast): JsonSchemaObject | null {
  const prefix = own(schema, 'prefixItems')
  const items = own(schema, 'items')
  const copy: Record<string, unknown> = { ...schema }
  if (elements.length > 0) {
    if (!Array.isArray(prefix) || prefix.length !== elements.length) return null
    copy['prefixItems'] = prefix.map((item, index) =>
      isSchemaObject(item) ? judgedByAst(item, elements[index]!) : (item as unknown),
    )
  }
  const [first, ...more] = rest
  if (first === undefined) return copy
  if (more.length > 0 || !isSchemaObject(items)) return null
  copy['items'] = judgedByAst(items, first)
  return copy
}

function unionOf(schema: JsonSchemaObject, types: readonly Ast[]): JsonSchemaObject | null {
  const branches = own(schema, 'anyOf')
  const isConverted = ({ encoding = [], checks = [] }: Ast): boolean => encoding.length + checks.length > 0
  // Literals and the like are joined.
  if (!Array.isArray(branches))
    return types.every((type) => type._tag === 'Literal' && !isConverted(type)) ? schema : null
  if (branches.length !== types.length) return null
  const anyOf = branches.map((branch: unknown, index) =>
    isSchemaObject(branch) ? judgedByAst(branch, types[index]!) : branch,
  )
  return { ...schema, anyOf }
}
