import { StructStreamError } from '../../errors.ts'
import type { JsonSchemaObject, Path } from '../../types.ts'

/** True for plain objects, the only form a schema other than `true` and `false` can have. */
export function isSchemaObject(value: unknown): value is JsonSchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The error for a schema that cannot be used; `path` points into the schema. */
export function unsupported(path: Path, message: string, cause?: unknown): StructStreamError {
  const where = path.length === 0 ? 'the schema' : `the schema at ${showPath(path)}`
  return new StructStreamError('unsupported_schema', `${where}: ${message}`, { path: [...path], cause })
}

/** A path as a JSON pointer, for messages. */
export function showPath(path: Path): string {
  return '/' + path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')
}
