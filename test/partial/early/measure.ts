import { toJSONSchema } from 'zod'

import { StructStreamError } from '../../../src/errors.ts'
import { finalCheck } from '../../../src/schema/json-schema/final-check.ts'
import { jsonSchema } from '../../../src/schema/json-schema/definition.ts'
import { jsonSchemaNode } from '../../../src/schema/json-schema/nodes.ts'
import { trustOf } from '../../../src/schema/libraries/json-schema.ts'
import type { SchemaNode } from '../../../src/schema/node.ts'
import { zodNode } from '../../../src/schema/zod/nodes.ts'
import '../../support/load-zod.ts'
import type { JsonSchemaObject } from '../../../src/types.ts'
import { Sampler, spoil } from '../../support/json-sample.ts'
import type { Choices } from '../../support/property.ts'
import * as byJson from './json-table.ts'
import { earliest, partOf } from './prefix.ts'
import { jsonSchemaOf, zodSchemaOf } from './schemas.ts'
import { reported } from './reported.ts'
import { mayGoOn } from './solver.ts'
import * as byZod from './zod-table.ts'

export type Kind = 'json' | 'json-solved' | 'zod'

/** What came of one document. */
export interface Reading {
  kind: Kind
  schema: unknown
  text: string
  isValid: boolean
  /** Characters read before each report; null: none came. */
  ours: number | null
  table: number | null
  /** After that many no continuation fits; only of `json-solved`. */
  best: number | null
}

/** A generated schema, and what is reported of some valid and some invalid documents. */
export async function readingsOf(choices: Choices, kind: Kind): Promise<Reading[]> {
  if (kind === 'zod') {
    const schema = zodSchemaOf(choices)
    const shown = toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchemaObject
    const isValid = (value: unknown): boolean => schema.safeParse(value).success
    return read(choices, kind, shown, zodNode(schema), isValid, (text) =>
      earliest(text, (part) => byZod.isCertainlyWrong(schema, part)),
    )
  }
  const schema = jsonSchemaOf(choices, kind === 'json-solved')
  const check = await finalCheck(schema).catch((error: unknown) => {
    // A reference in a circle.
    if (error instanceof StructStreamError) return null
    throw error
  })
  if (check === null) return []
  const node = jsonSchemaNode(schema, await trustOf(jsonSchema(schema)))
  const isValid = (value: unknown): boolean => check.whole(value).length === 0
  return read(choices, kind, schema, node, isValid, (text) =>
    earliest(text, (part) => byJson.isCertainlyWrong(schema, part)),
  )
}

function read(
  choices: Choices,
  kind: Kind,
  schema: JsonSchemaObject,
  node: SchemaNode,
  isValid: (value: unknown) => boolean,
  table: (text: string) => number | null,
): Reading[] {
  const sampler = new Sampler(schema)
  const values: unknown[] = []
  for (let count = 0; count < 3; count++) {
    const value = sampler.sample(choices)
    if (value !== undefined) values.push(value, spoil(value, choices))
  }
  // A schema that nothing fits is wrong from the first character on, which no one looks for.
  if (!values.some(isValid)) return []
  return values.map((value) => {
    const text = choices.chance(15) ? JSON.stringify(value, null, 1) : JSON.stringify(value)
    const best = kind === 'json-solved' ? earliestDead(schema, text) : null
    return { kind, schema, text, isValid: isValid(value), ours: reported(node, text), table: table(text), best }
  })
}

function earliestDead(schema: JsonSchemaObject, text: string): number | null {
  for (let length = 1; length <= text.length; length++) if (!mayGoOn(schema, text.slice(0, length))) return length
  const whole = partOf(text, true)
  return whole !== null && byJson.isCertainlyWrong(schema, whole) ? text.length : null
}

/** Why our report came later than the best possible. */
export function reasonOf({ schema, text, table, ours, best }: Reading): string {
  if (ours! > table!) return 'in front of a discriminator: the branches are distinguished first'
  const beginning = text.slice(0, best!)
  const open = openAt(beginning)
  if (open === 'key') return 'inside a key: one that is impossible for another reason'
  if (open === 'number') return 'inside a number: with a small enough exponent it is 0'
  if (open === 'string') return 'inside a string'
  if (/,\s*$/.test(beginning)) return 'at a comma: there can be no further element or key'
  if (/"\s*:?\s*$/.test(beginning)) return 'at a key of which no value can be right'
  return mayGoOn(schema, '') ? 'keywords that contradict one another further inside' : 'a schema that nothing fits'
}

function openAt(text: string): 'key' | 'number' | 'string' | 'none' {
  const find = (part: ReturnType<typeof partOf>): 'key' | 'number' | 'string' | 'none' => {
    if (part === null || part.isDone) return 'none'
    if (part.kind === 'string' || part.kind === 'number') return part.kind
    if (part.kind === 'array') return find(part.elements.at(-1) ?? null)
    if (part.kind === 'object') return part.openKey === null ? find(part.entries.at(-1)?.value ?? null) : 'key'
    return 'none'
  }
  return find(partOf(text))
}
