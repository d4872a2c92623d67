import { NO_LIMITS } from './profile.ts'
import type { Profile } from './profile.ts'

/**
 * `responseJsonSchema` (https://ai.google.dev/api/generate-content, "GenerationConfig"): cyclic references
 * only inside keys that may be left out, nothing next to a `$ref`, `enum` of strings and numbers, and
 * `propertyOrdering`, without which some models write keys in alphabetical order.
 */
export const GEMINI: Profile = {
  name: 'gemini',
  provider: 'Gemini',
  root: 'any',
  optional: 'kept',
  record: 'kept',
  tuple: 'prefixItems',
  any: 'kept',
  constant: 'enum',
  enumOfAny: false,
  recursion: 'optional',
  additionalPropertiesFalse: false,
  lengths: false,
  formats: new Set(['date-time', 'date', 'time']),
  pattern: () => false,
  numberKeywords: new Set(['minimum', 'maximum']),
  boundsOfIntegersOnly: false,
  minItems: Infinity,
  maxItems: true,
  propertyOrdering: true,
  limits: NO_LIMITS,
}
