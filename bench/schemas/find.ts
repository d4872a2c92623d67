import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'

import type { JsonSchemaObject } from '../../src/types.ts'

/** A schema, and where it was found. */
export interface Found {
  name: string
  schema: JsonSchemaObject
  /** Its name in an OpenAPI or AsyncAPI description. */
  component?: string
}

/** Larger files are data. */
const MAX_BYTES = 24_000_000

/**
 * The schemas in a package's JSON files: files that say so or look so, the parts of files that hold several, and the
 * schemas of OpenAPI and AsyncAPI descriptions, each with those it refers to. What comes twice counts once.
 */
export async function schemasIn(packageName: string, folder: string, seen: Set<string>): Promise<Found[]> {
  const found: Found[] = []
  for (const file of await jsonFiles(folder)) {
    const text = await readFile(file, 'utf8')
    if (text.length > MAX_BYTES) continue
    let content: unknown
    try {
      content = JSON.parse(text.replace(/^\uFEFF/, ''))
    } catch {
      continue
    }
    const name = `${packageName}: ${relative(folder, file).replace(/^[^/]+\//, '')}`
    for (const one of schemasOf(content, name)) {
      // Of a description in several versions each component counts once.
      const component = one.component === undefined ? null : `${packageName} ${one.component}`
      if (component !== null && !isNew(component, seen)) continue
      if (isNew(one.schema, seen)) found.push(one)
    }
  }
  return found
}

/** Notes a schema; false when the same came before. */
export function isNew(schema: unknown, seen: Set<string>): boolean {
  const hash = createHash('sha1').update(JSON.stringify(schema)).digest('base64')
  if (seen.has(hash)) return false
  seen.add(hash)
  return true
}

async function jsonFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json') && !IGNORED.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(folder, path).includes('node_modules'))
    .toSorted()
}

const IGNORED = /^(?:package|package-lock|tsconfig.*|tsdoc-metadata|\..*|.*\.map)\.json$/

function* schemasOf(content: unknown, name: string, depth = 0): Generator<Found> {
  if (Array.isArray(content)) {
    if (depth < 2)
      for (const [index, part] of content.entries()) yield* schemasOf(part, `${name} [${index}]`, depth + 1)
    return
  }
  if (!isObject(content)) return
  const described = content['openapi'] ?? content['swagger'] ?? content['asyncapi']
  if (typeof described === 'string') {
    yield* componentsOf(content, name)
    return
  }
  if (saysSo(content) || (depth === 0 && looksSo(content, name))) {
    yield { name, schema: content }
    return
  }
  if (depth < 2)
    for (const [key, part] of Object.entries(content))
      if (isObject(part)) yield* schemasOf(part, `${name} ${key}`, depth + 1)
}

function saysSo(content: JsonSchemaObject): boolean {
  const draft = content['$schema']
  return typeof draft === 'string' && /json-schema\.org|\/schema#?$/.test(draft)
}

/** Files that hold a schema without a `$schema`: called so, with keywords of the right form. */
function looksSo(content: JsonSchemaObject, name: string): boolean {
  if (!/schema/i.test(name)) return false
  const hasMap = ['properties', 'definitions', '$defs'].some((key) => {
    const map = content[key]
    return isObject(map) && Object.values(map).every((value) => isObject(value) || typeof value === 'boolean')
  })
  return (
    hasMap && ['type', '$ref', 'oneOf', 'anyOf', 'allOf', 'definitions', '$defs', '$id'].some((key) => key in content)
  )
}

const AREAS: readonly (readonly string[])[] = [['components', 'schemas'], ['definitions']]

function* componentsOf(document: JsonSchemaObject, name: string): Generator<Found> {
  for (const area of AREAS) {
    let schemas: unknown = document
    for (const key of area) schemas = isObject(schemas) ? schemas[key] : undefined
    if (!isObject(schemas)) continue
    const prefix = `#/${area.join('/')}/`
    for (const key of Object.keys(schemas))
      yield { name: `${name} ${key}`, schema: bundle(schemas, key, prefix), component: key }
  }
}

/** One schema of a description with all that it refers to, as `$defs`. */
function bundle(schemas: JsonSchemaObject, name: string, prefix: string): JsonSchemaObject {
  const reached = new Map<string, unknown>()
  const open = [name]
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert)
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => {
        if (key !== '$ref' || typeof child !== 'string' || !child.startsWith(prefix)) return [key, convert(child)]
        const target = child.slice(prefix.length)
        const own = target.split('/')[0]!
        const plain = decodeURIComponent(own).replaceAll('~1', '/').replaceAll('~0', '~')
        if (Object.hasOwn(schemas, plain) && !reached.has(plain)) open.push(plain)
        return [key, `#/$defs/${target}`]
      }),
    )
  }
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!reached.has(next)) reached.set(next, convert(schemas[next]))
  }
  const pointer = name.replaceAll('~', '~0').replaceAll('/', '~1')
  return { $ref: `#/$defs/${encodeURIComponent(pointer)}`, $defs: Object.fromEntries(reached) }
}

function isObject(value: unknown): value is JsonSchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
