import type { JsonSchemaObject } from '../../../types.ts'
import { unsupported } from '../../json-schema/keywords.ts'
import { Analysis } from './analysis.ts'
import { Places } from '../../json-schema/shape/locations.ts'
import type { Profile } from '../profiles/profile.ts'
import { OLLAMA } from '../profiles/ollama.ts'

/** All of JSON Schema, unchanged. */
const EVERYTHING: Profile = { ...OLLAMA, any: 'kept', tuple: 'prefixItems', recursion: 'refs' }

/**
 * Refuses a schema that is broken or that nothing fits, for targets that take every schema unchanged.
 * Returns how many places were looked at.
 */
export function checkSchema(schema: JsonSchemaObject): number {
  const places = new Places(schema)
  const analysis = new Analysis(places, EVERYTHING)
  if (!analysis.of(places.root).inhabited) {
    const { path, reason } = analysis.whyNever(places.root)
    throw unsupported(path, reason)
  }
  return places.visits
}
