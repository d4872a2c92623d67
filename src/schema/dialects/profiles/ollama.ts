import { NO_LIMITS } from './profile.ts'
import type { Profile } from './profile.ts'

/**
 * `format` of `/api/chat`, which llama.cpp's json-schema-to-grammar turns into a grammar: bounds for
 * integers only, anchored patterns in a small syntax (so they are described in words), tuples without `items`.
 */
export const OLLAMA: Profile = {
  name: 'ollama',
  provider: 'Ollama',
  root: 'any',
  optional: 'kept',
  record: 'kept',
  tuple: 'bare',
  any: 'kept',
  constant: 'const',
  enumOfAny: true,
  recursion: 'refs',
  additionalPropertiesFalse: true,
  lengths: true,
  formats: new Set(['date', 'time', 'date-time', 'uuid']),
  pattern: () => false,
  numberKeywords: new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']),
  boundsOfIntegersOnly: true,
  minItems: Infinity,
  maxItems: true,
  propertyOrdering: false,
  limits: NO_LIMITS,
}
