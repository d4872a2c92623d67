import { StructStreamError } from '../../errors.ts'
import type { Path } from '../../path.ts'
import { pointerOf } from '../../pointer.ts'

/** The error for a schema that cannot be used; `path` points into the schema. */
export function unsupported(path: Path, message: string, cause?: unknown): StructStreamError {
  const where = path.length === 0 ? 'the schema' : `the schema at ${pointerOf(path)}`
  return new StructStreamError('unsupported_schema', `${where}: ${message}`, { path: [...path], cause })
}
