import { NO_LIMITS, plainPattern } from './profile.ts'
import type { Profile } from './profile.ts'

/**
 * Structured outputs and strict tools
 * (https://platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations").
 * A request may hold 24 optional keys and 16 unions in all; four keys are left to the tools next to it.
 */
export const ANTHROPIC: Profile = {
  name: 'anthropic',
  provider: 'Anthropic',
  root: 'any',
  optional: 20,
  record: 'entries',
  tuple: 'positions',
  any: 'tree',
  constant: 'const',
  enumOfAny: true,
  recursion: 'unroll',
  additionalPropertiesFalse: true,
  lengths: false,
  formats: new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid']),
  pattern: (source) => plainPattern(source) && !/\{\d{3,}|\{\d*,\d{3,}\}/.test(source),
  numberKeywords: new Set(),
  boundsOfIntegersOnly: false,
  minItems: 1,
  maxItems: false,
  propertyOrdering: false,
  limits: NO_LIMITS,
}
