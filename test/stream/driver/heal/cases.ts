import type { z } from 'zod'
import { schemas } from '../../../../schemas/index.ts'
import { prepareSchema } from '../../../../src/partial/compile-schema.ts'
import type { Path } from '../../../../src/types.ts'
import { anyValue } from '../../../partial/documents.ts'
import { everyPlace, valueAt, verdictOf } from '../../../partial/reference.ts'
import { anySchema } from '../../../partial/schemas.ts'
import type { Choices } from '../../../support/property.ts'

const TARGET = { dialect: 'json-schema', mode: 'json-schema' } as const

export interface Case {
  schema: z.ZodType
  source: string
  document: unknown
  data: unknown
  isExempt: boolean
}

/** A schema and a document that fits it, of at least one container. */
export async function someCase(choices: Choices): Promise<Case> {
  if (choices.chance(20)) {
    const { schema, sample } = choices.pick(Object.values(schemas)) as { schema: z.ZodType; sample: unknown }
    return { schema, source: 'bundled', document: sample, data: sample, isExempt: false }
  }
  for (let tries = 0; tries < 50; tries++) {
    const { schema, source, fit, isExempt } = anySchema(choices, 3)
    const document: unknown = JSON.parse(JSON.stringify(fit(choices) ?? null))
    const verdict = verdictOf(schema, document)
    const isUsable = await prepareSchema(schema, TARGET).then(
      () => true,
      () => false,
    )
    if (!isUsable || !verdict.success || typeof document !== 'object' || document === null) continue
    return { schema, source, document, data: verdict.data, isExempt }
  }
  const { schema, sample } = schemas.movie
  return { schema, source: 'movie', document: sample, data: sample, isExempt: false }
}

/** The document with a place that is wrong or missing, so that the schema refuses it; undefined: none was found. */
export function somethingWrong(it: Case, choices: Choices): { path: Path; text: string } | undefined {
  const places = [...everyPlace(it.document)].map(([path]) => path).filter((path) => path.length > 0)
  if (places.length === 0) return undefined
  const path = choices.pick(places)
  const broken = structuredClone(it.document) as Record<string | number, unknown>
  const parent = valueAt(broken, path.slice(0, -1)) as Record<string | number, unknown>
  const key = path.at(-1)!
  if (typeof key === 'string' && choices.chance(30)) delete parent[key]
  else parent[key] = anyValue(choices, 1)
  const verdict = verdictOf(it.schema, broken)
  return verdict.success || verdict.isThrown ? undefined : { path, text: JSON.stringify(broken) }
}
