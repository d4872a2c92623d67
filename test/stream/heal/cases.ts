import type { z } from 'zod'
import { schemas } from '../../../schemas/index.ts'
import { prepareSchema } from '../../../src/partial/prepare.ts'
import { verdictOf } from '../../partial/reference.ts'
import { anySchema } from '../../partial/schemas.ts'
import type { Choices } from '../../support/property.ts'

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
