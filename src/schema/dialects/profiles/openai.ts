import { plainPattern } from './profile.ts'
import type { Profile } from './profile.ts'

/**
 * Structured Outputs with `strict: true`
 * (https://platform.openai.com/docs/guides/structured-outputs, "Supported schemas").
 */
export const OPENAI: Profile = {
  name: 'openai',
  provider: 'OpenAI',
  root: 'object',
  optional: 'nullable',
  record: 'entries',
  tuple: 'positions',
  any: 'tree',
  constant: 'const',
  enumOfAny: true,
  recursion: 'refs',
  additionalPropertiesFalse: true,
  lengths: false,
  formats: new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid']),
  pattern: plainPattern,
  numberKeywords: new Set(['multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum']),
  boundsOfIntegersOnly: false,
  minItems: Infinity,
  maxItems: true,
  propertyOrdering: false,
  limits: { properties: 5000, levels: 10, enumValues: 1000, characters: 120_000, largeEnumCharacters: 15_000 },
}
