import { AROUND } from './around.ts'
import { BY_SCHEMA } from './by-schema.ts'
import { COMBINED } from './combined.ts'
import { PUNCTUATION } from './punctuation.ts'
import type { Row } from './row.ts'
import { STRINGS } from './strings.ts'
import { UNREADABLE } from './unreadable.ts'
import { WORDS } from './words.ts'

export const CORPUS: readonly Row[] = [
  ...AROUND,
  ...PUNCTUATION,
  ...STRINGS,
  ...WORDS,
  ...BY_SCHEMA,
  ...COMBINED,
  ...UNREADABLE,
]
