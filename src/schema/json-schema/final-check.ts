import type { OutputUnit, Schema, SchemaDraft, Validator } from '@cfworker/json-schema'
import { StructStreamError } from '../../errors.ts'
import { keyOfToken, pointerToken } from '../../pointer.ts'
import type { JsonSchemaObject } from '../../types.ts'
import { SchemaDocument, subschemas } from './document.ts'
import type { Draft } from './document.ts'
import { isSchemaObject, own, unsupported } from './keywords.ts'
import { toRegExp, toUnicodeSource } from './pattern.ts'
import { checkReferences } from './references.ts'
import type { Reference } from './references.ts'

/** What does not fit: the message, and where. */
export interface CheckIssue {
  path: (string | number)[]
  message: string
  /** The keyword that failed. */
  code: string
}

/** The validator's verdict: on a whole value, or on a value at one place of the schema. */
export interface FinalCheck {
  readonly whole: (value: unknown) => CheckIssue[]
  readonly at: (schemaPath: readonly (string | number)[], value: unknown) => CheckIssue[]
}

const checks = new WeakMap<JsonSchemaObject, Promise<FinalCheck>>()

/**
 * The schema's own verdict on a complete value, by `@cfworker/json-schema`. Cached by identity.
 *
 * @throws `unsupported_schema` for what that validator would throw on: references to nothing, a URI
 * given twice, patterns that aren't regular expressions.
 */
export function finalCheck(schema: JsonSchemaObject): Promise<FinalCheck> {
  let check = checks.get(schema)
  if (check === undefined) checks.set(schema, (check = makeCheck(schema)))
  return check
}

async function makeCheck(schema: JsonSchemaObject): Promise<FinalCheck> {
  const document = new SchemaDocument(schema)
  const references = checkReferences(document)
  const library = await load()
  // The validator marks the schema's objects, so it gets a copy.
  const copy = copyOf(schema) as Schema
  bindDynamic(document, references, copy)
  prepare(copy, document.draft)
  let validator: Validator
  try {
    validator = new library.Validator(copy, draftName(document.draft), false)
  } catch (cause) {
    throw unsupported([], cause instanceof Error ? cause.message : 'the validator refuses it', cause)
  }
  checkLookup(references, copy, validator)
  const { lookup, draft } = validator as unknown as { lookup: Record<string, Schema | boolean>; draft: SchemaDraft }
  const judge = (schema: Schema | boolean, value: unknown): CheckIssue[] => {
    try {
      return library.validate(value, schema, draft, lookup, false).errors.filter(isCause).map(toIssue)
    } catch (cause) {
      throw unsupported([], cause instanceof Error ? cause.message : 'the validator refuses it', cause)
    }
  }
  return {
    whole: (value) => judge(copy, value),
    at: (schemaPath, value) => judge(at(copy, schemaPath), value),
  }
}

async function load(): Promise<typeof import('@cfworker/json-schema')> {
  try {
    return await import('@cfworker/json-schema')
  } catch (cause) {
    const message = 'plain JSON Schema needs the package @cfworker/json-schema: npm install @cfworker/json-schema'
    throw new StructStreamError('unsupported_schema', message, { cause })
  }
}

/** The validator looks a reference up when a value gets there, in its own way; that must be known to work before. */
function checkLookup(references: readonly Reference[], copy: unknown, validator: Validator): void {
  const { lookup } = validator as unknown as { lookup: Record<string, unknown> }
  for (const { node, keyword } of references) {
    const uri = at(copy, node.path)[keyword === '$recursiveRef' ? '__absolute_recursive_ref__' : '__absolute_ref__']
    if (uri === undefined || (typeof uri === 'string' && uri in lookup)) continue
    throw unsupported([...node.path, keyword], 'the validator cannot resolve the reference')
  }
}

/** The validator follows no `$dynamicRef`: each becomes a `$ref` to what it means in this schema. */
function bindDynamic(document: SchemaDocument, references: readonly Reference[], copy: unknown): void {
  const home = document.root.base
  for (const { node, keyword, target } of references) {
    if (keyword !== '$dynamicRef') continue
    if (node.base !== home || target.base !== home)
      throw unsupported([...node.path, keyword], 'the validator cannot follow a dynamic reference between documents')
    let schema = copy as Record<string, unknown>
    for (const step of node.path) schema = schema[step] as Record<string, unknown>
    delete schema[keyword]
    const ref = `#${target.path.map((step) => `/${encodeURI(pointerToken(step))}`).join('')}`
    if (schema['$ref'] === undefined) schema['$ref'] = ref
    else schema['allOf'] = [...((schema['allOf'] as unknown[] | undefined) ?? []), { $ref: ref }]
  }
}

function at(copy: unknown, path: readonly (string | number)[]): Record<string, unknown> {
  let value = copy
  let isPattern = false
  for (const step of path) {
    const key = isPattern ? (toUnicodeSource(String(step)) ?? step) : step
    value = (value as Record<string | number, unknown>)[key]
    isPattern = !isPattern && step === 'patternProperties'
  }
  return value as Record<string, unknown>
}

/** The validator compiles with the `u` flag only, and takes draft 4's `id` for an identifier in every draft. */
function prepare(root: Schema, draft: Draft): void {
  const open: [JsonSchemaObject, (string | number)[]][] = [[root, []]]
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const [schema, path] = entry as [Record<string, unknown>, (string | number)[]]
    if (draft > 4) delete schema['id']
    // There, an identifier next to a `$ref` names nothing.
    if (draft < 2019 && own(schema, '$ref') !== undefined) {
      delete schema['$id']
      delete schema['id']
    }
    dropRepeated(schema, 'allOf', true)
    dropRepeated(schema, 'anyOf', false)
    excludeRepeated(schema)
    const pattern = own(schema, 'pattern')
    if (typeof pattern === 'string') schema['pattern'] = unicodeSource(pattern, [...path, 'pattern'])
    const patterns = own(schema, 'patternProperties')
    if (isSchemaObject(patterns)) {
      schema['patternProperties'] = Object.fromEntries(
        Object.entries(patterns).map(([source, child]) => [
          unicodeSource(source, [...path, 'patternProperties', source]),
          child,
        ]),
      )
    }
    for (const [child, ...steps] of subschemas(schema, path)) {
      if (isSchemaObject(child)) open.push([child, [...path, ...steps]])
    }
  }
}

/** The validator follows a reference as often as it comes: twice at each of 30 levels would be 2^30 times. */
function dropRepeated(schema: Record<string, unknown>, keyword: 'allOf' | 'anyOf', neutral: boolean): void {
  const list = own(schema, keyword)
  if (!Array.isArray(list)) return
  const known = new Set<unknown>()
  // In place, since paths lead to the others.
  schema[keyword] = list.map((part: unknown) => {
    const ref = onlyReference(part)
    if (ref === undefined) return part
    if (known.has(ref)) return neutral
    known.add(ref)
    return part
  })
}

/** What is twice in `oneOf` is never the only one that fits: it must not fit at all. */
function excludeRepeated(schema: Record<string, unknown>): void {
  const list = own(schema, 'oneOf')
  if (!Array.isArray(list)) return
  const references = list.map(onlyReference)
  const repeated = new Set(references.filter((ref, at) => ref !== undefined && references.indexOf(ref) !== at))
  if (repeated.size === 0) return
  schema['oneOf'] = list.map((part: unknown, at) => (repeated.has(references[at]) ? false : part))
  const others = (own(schema, 'allOf') as unknown[] | undefined) ?? []
  schema['allOf'] = [...others, ...[...repeated].map(($ref) => ({ not: { $ref } }))]
}

/** What a schema refers to that is nothing but a reference. */
function onlyReference(part: unknown): unknown {
  return isSchemaObject(part) && Object.keys(part).length === 1 ? own(part, '$ref') : undefined
}

function unicodeSource(source: string, path: (string | number)[]): string {
  toRegExp(source, path)
  const unicode = toUnicodeSource(source)
  if (unicode !== null) return unicode
  throw unsupported(path, `"${source}" is a regular expression only without the "u" flag, which JSON Schema wants`)
}

function copyOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function draftName(draft: Draft): '4' | '7' | '2019-09' | '2020-12' {
  switch (draft) {
    case 4:
      return '4'
    case 6:
    case 7:
      return '7'
    case 2019:
      return '2019-09'
    case 2020:
      return '2020-12'
    default: {
      const impossible: never = draft
      return impossible
    }
  }
}

/** Units that only say that something inside them failed. */
const AROUND: ReadonlySet<string> = new Set([
  '$ref',
  '$recursiveRef',
  'additionalItems',
  'allOf',
  'dependentSchemas',
  'items',
  'patternProperties',
  'prefixItems',
  'properties',
])

function isCause(unit: OutputUnit): boolean {
  return !AROUND.has(unit.keyword)
}

function toIssue(unit: OutputUnit): CheckIssue {
  const path = unit.instanceLocation
    .split('/')
    .slice(1)
    .map((token) => keyOfToken(decodeURIComponent(token)))
  return {
    path: path.map((key) => (/^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : key)),
    message: unit.error,
    code: unit.keyword,
  }
}
