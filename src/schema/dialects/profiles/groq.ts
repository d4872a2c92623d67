import { OPENAI } from './openai.ts'
import type { Profile } from './profile.ts'

/**
 * Structured Outputs of Groq: the shape rules of OpenAI's strict mode; checks inside strings and numbers
 * are not documented, so they are described in words (https://console.groq.com/docs/structured-outputs).
 */
export const GROQ: Profile = {
  ...OPENAI,
  name: 'groq',
  provider: 'Groq',
  formats: new Set(),
  pattern: () => false,
  numberKeywords: new Set(),
  minItems: 0,
  maxItems: false,
}
