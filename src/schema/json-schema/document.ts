import type { Path } from '../../path.ts'
import { keyOfToken } from '../../pointer.ts'
import type { JsonSchemaObject } from '../../types.ts'
import {
  LIST_KEYWORDS,
  MAP_KEYWORDS,
  SCHEMA_KEYWORDS,
  isJsonSchema,
  isSchemaObject,
  own,
  unsupported,
} from './keywords.ts'
import type { JsonSchema } from './keywords.ts'

/** Drafts that differ in what their keywords mean. */
export type Draft = 4 | 6 | 7 | 2019 | 2020

/** One place of a schema document. Two nodes are the same place exactly when they are the same object. */
export interface Subschema {
  /** Counts from 0 in the order of discovery. */
  readonly id: number
  readonly schema: JsonSchema
  /** From the document's root. */
  readonly path: Path
  /** What a relative reference here is relative to. */
  readonly base: string
}

/** Schemas without an `$id` live here; the host is reserved (RFC 2606) and never asked. */
const HOME = 'https://schema.invalid/'

/** Nesting of the document's own text; deeper ones are refused rather than allowed to exhaust the stack. */
const MAX_SCHEMA_DEPTH = 500

/**
 * A JSON Schema with its references resolvable: every `$id`, `$anchor` and `$dynamicAnchor` is found once,
 * in one iterative walk, and a `$ref` is looked up in constant time.
 *
 * @throws `unsupported_schema` for things that stand where a schema must be and are none, for nesting
 * deeper than 500, and for URIs that are given twice.
 */
export class SchemaDocument {
  readonly root: Subschema
  readonly draft: Draft
  readonly #nodes = new Map<JsonSchemaObject, Subschema>()
  readonly #byUri = new Map<string, Subschema>()
  readonly #booleans = new Map<string, Subschema>()
  #count = 0

  constructor(schema: JsonSchema) {
    this.draft = draftOf(schema)
    this.root = this.#index(schema)
  }

  /** The node for what is at `path` below `parent`. */
  child(parent: Subschema, schema: unknown, ...path: (string | number)[]): Subschema {
    const known = isSchemaObject(schema) ? this.#nodes.get(schema) : undefined
    return known ?? this.#add(schema, [...parent.path, ...path], parent.base)
  }

  /** What `ref`, written at `from`, points to. */
  resolve(ref: unknown, from: Subschema, keyword = '$ref'): Subschema {
    const path = [...from.path, keyword]
    if (typeof ref !== 'string') throw unsupported(path, `expected a reference, a string, but got ${typeof ref}`)
    const [uri, fragment] = absolute(ref, from.base, path)
    const resource = this.#byUri.get(uri)
    if (resource === undefined) {
      throw unsupported(
        path,
        `"${ref}" is not part of this schema; copy what it points to into $defs and refer to that`,
      )
    }
    if (fragment === '') return resource
    if (!fragment.startsWith('/')) {
      const anchored = this.#byUri.get(`${uri}#${fragment}`)
      if (anchored === undefined) throw unsupported(path, `there is no $anchor called "${fragment}"`)
      return anchored
    }
    return this.#follow(resource, fragment, ref, path)
  }

  /** What a `$ref`, `$recursiveRef` or `$dynamicRef` at `from` points to: a dynamic one asks the outermost resource first, the root. */
  target(ref: unknown, from: Subschema, keyword: string): Subschema {
    if (keyword === '$dynamicRef' && typeof ref === 'string' && /^#[^/]/.test(ref)) {
      try {
        return this.resolve(ref, { ...from, base: this.root.base }, keyword)
      } catch {
        return this.resolve(ref, from, keyword)
      }
    }
    const target = this.resolve(ref, from, keyword)
    const { root } = this
    return keyword === '$recursiveRef' && isRecursive(target) && isRecursive(root) ? root : target
  }

  #follow(resource: Subschema, pointer: string, ref: string, path: Path): Subschema {
    let value: unknown = resource.schema
    let base = resource.base
    const walked: (string | number)[] = [...resource.path]
    for (const token of pointer.slice(1).split('/')) {
      const key = decodeToken(token, path)
      const container = value
      if (Array.isArray(container) && /^(?:0|[1-9]\d*)$/.test(key)) value = container[Number(key)]
      else if (isSchemaObject(container)) value = own(container, key)
      else value = undefined
      walked.push(Array.isArray(container) ? Number(key) : key)
      if (value === undefined) throw unsupported(path, `"${ref}" points to nothing: there is no "${key}" there`)
      if (isSchemaObject(value)) base = this.#nodes.get(value)?.base ?? base
    }
    if (!isJsonSchema(value)) throw unsupported(path, `"${ref}" points to something that is not a schema`)
    return (isSchemaObject(value) ? this.#nodes.get(value) : undefined) ?? this.#add(value, walked, base)
  }

  #index(schema: JsonSchema): Subschema {
    const root = this.#add(schema, [], HOME)
    this.#byUri.set(HOME, root)
    const open = [root]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (typeof node.schema === 'boolean') continue
      const found: Subschema[] = []
      for (const [child, ...path] of subschemas(node.schema, node.path)) {
        if (isSchemaObject(child) && this.#nodes.has(child)) continue
        found.push(this.#add(child, [...node.path, ...path], node.base))
      }
      // The first in document order is indexed first.
      open.push(...found.reverse())
    }
    return root
  }

  #add(schema: unknown, path: Path, base: string): Subschema {
    if (path.length > MAX_SCHEMA_DEPTH) throw unsupported([], `it is nested deeper than ${MAX_SCHEMA_DEPTH} steps`)
    if (typeof schema === 'boolean') {
      const key = path.join('\n')
      const known = this.#booleans.get(key)
      if (known !== undefined) return known
      const node = { id: this.#count++, schema, path, base }
      this.#booleans.set(key, node)
      return node
    }
    if (!isSchemaObject(schema))
      throw unsupported(path, `expected a schema, an object or a boolean, but got ${show(schema)}`)
    const node: Subschema = { id: this.#count++, schema, path, base: this.#baseOf(schema, path, base) }
    this.#nodes.set(schema, node)
    if (node.base !== base) this.#name(node.base, node)
    // Before 2019-09 an `$id` that is only a fragment was the anchor.
    const id = own(schema, this.draft === 4 ? 'id' : '$id')
    const anchors = [own(schema, '$anchor'), own(schema, '$dynamicAnchor')]
    if (typeof id === 'string' && id.startsWith('#') && this.draft < 2019) anchors.push(id.slice(1))
    for (const anchor of new Set(anchors)) {
      if (typeof anchor === 'string' && anchor !== '') this.#name(`${node.base}#${anchor}`, node)
    }
    return node
  }

  #name(uri: string, node: Subschema): void {
    if (this.#byUri.has(uri)) throw unsupported(node.path, `"${uri.replace(HOME, '')}" names two places`)
    this.#byUri.set(uri, node)
  }

  #baseOf(schema: JsonSchemaObject, path: Path, base: string): string {
    const id = own(schema, this.draft === 4 ? 'id' : '$id')
    if (typeof id !== 'string' || id.startsWith('#')) return base
    // Before 2019-09 whatever is next to a `$ref` is ignored.
    if (this.draft < 2019 && own(schema, '$ref') !== undefined) return base
    return absolute(id, base, [...path, '$id'])[0]
  }
}

/** Whether a `$recursiveRef` that comes here asks further out. */
function isRecursive({ schema }: Subschema): boolean {
  return typeof schema !== 'boolean' && own(schema, '$recursiveAnchor') === true
}

/** Every schema directly inside `schema`, with its path from there. */
export function* subschemas(schema: JsonSchemaObject, at: Path): Generator<[unknown, ...(string | number)[]]> {
  for (const keyword of Object.keys(schema)) {
    const value = schema[keyword]
    if (Array.isArray(value)) {
      if (!LIST_KEYWORDS.includes(keyword)) continue
      for (const [index, child] of value.entries()) yield [child, keyword, index]
    } else if (MAP_KEYWORDS.includes(keyword)) {
      if (!isSchemaObject(value))
        throw unsupported([...at, keyword], `expected an object of schemas, but got ${show(value)}`)
      for (const [name, child] of Object.entries(value)) {
        if (keyword === 'dependencies' && Array.isArray(child)) continue
        yield [child, keyword, name]
      }
    } else if (SCHEMA_KEYWORDS.includes(keyword)) {
      yield [value, keyword]
    } else if (LIST_KEYWORDS.includes(keyword)) {
      throw unsupported([...at, keyword], `expected an array of schemas, but got ${show(value)}`)
    }
  }
}

function draftOf(schema: JsonSchema): Draft {
  const uri = isSchemaObject(schema) ? own(schema, '$schema') : undefined
  if (typeof uri !== 'string') return 2020
  if (uri.includes('draft-03') || uri.includes('draft-04')) return 4
  if (uri.includes('draft-06')) return 6
  if (uri.includes('draft-07')) return 7
  if (uri.includes('2019-09')) return 2019
  return 2020
}

function absolute(ref: string, base: string, path: Path): [uri: string, fragment: string] {
  let url: URL
  try {
    url = new URL(ref, base)
  } catch (cause) {
    // `urn:` bases cannot be joined with a bare fragment by every URL parser.
    if (ref.startsWith('#')) return [base, decodeFragment(ref.slice(1), path)]
    throw unsupported(path, `"${ref}" is not a URI reference`, cause)
  }
  const fragment = decodeFragment(url.hash.slice(1), path)
  url.hash = ''
  return [url.href, fragment]
}

function decodeFragment(fragment: string, path: Path): string {
  try {
    return decodeURIComponent(fragment)
  } catch (cause) {
    throw unsupported(path, `"#${fragment}" holds a broken percent escape`, cause)
  }
}

function decodeToken(token: string, path: Path): string {
  if (/~(?![01])/.test(token)) throw unsupported(path, `"${token}" holds a "~" that is neither "~0" nor "~1"`)
  return keyOfToken(token)
}

function show(value: unknown): string {
  return value === null
    ? 'null'
    : Array.isArray(value)
      ? 'an array'
      : typeof value === 'object'
        ? 'an object'
        : typeof value
}
