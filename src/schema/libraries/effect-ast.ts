import type { JsonSchemaObject } from '../../types.ts'
import { marked } from '../json-schema/judges.ts'
import { rulesOf } from '../rules.ts'
import { isSchemaObject, own } from '../json-schema/keywords.ts'

/** A node of Effect's syntax tree, as far as it matters here. */
export interface Ast {
  readonly _tag: string
  /** Conversions between what is written and the value. */
  readonly encoding?: readonly unknown[]
  readonly checks?: readonly { readonly annotations?: object }[]
  readonly annotations?: object
  readonly context?: { readonly isOptional?: boolean }
  readonly propertySignatures?: readonly { readonly name: PropertyKey; readonly type: Ast }[]
  readonly indexSignatures?: readonly { readonly parameter: Ast; readonly type: Ast }[]
  readonly elements?: readonly Ast[]
  readonly rest?: readonly Ast[]
  readonly types?: readonly Ast[]
}

/** Kinds of which the JSON Schema, but for checks, says everything. */
const PLAIN: ReadonlySet<string> = new Set(['String', 'Number', 'Boolean', 'Null', 'Literal', 'Enum', 'Unknown', 'Any'])

/**
 * Marks a JSON Schema, which Effect made of the encoded side of `ast`, where only Effect can judge. A part of which it
 * isn't certain what in the tree it belongs to is Effect's as a whole.
 */
export function judgedByAst(schema: JsonSchemaObject, ast: Ast): JsonSchemaObject {
  // Annotations of a schema with checks are kept by the last of them.
  const rules = rulesOf(ast.checks?.at(-1)?.annotations ?? ast.annotations ?? {})
  return marked(judgedInside(schema, ast), ...rules)
}

function judgedInside(schema: JsonSchemaObject, ast: Ast): JsonSchemaObject {
  // The encoded side has another structure.
  if ((ast.encoding?.length ?? 0) > 0) return marked(schema, isText(schema) ? 'library-changes' : 'library-reads')
  const inside = insideOf(schema, ast)
  if (inside === null) return marked(schema, 'library-reads')
  return (ast.checks?.length ?? 0) > 0 ? marked(inside, 'library-checks') : inside
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
