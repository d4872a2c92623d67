import { expect, test } from 'vitest'
import { z } from 'zod'

import { StructStreamError } from '../../src/errors.ts'
import { libraryOf } from '../../src/schema/libraries/library-of.ts'
import type { SchemaNode } from '../../src/schema/node.ts'
import { property, runSize, type Choices } from '../support/property.ts'
import { kindOf, valueOf, write } from './early/libraries/generate.ts'
import { schemaOf, type Library } from './early/libraries/kinds.ts'
import { ARKTYPE, EFFECT, finishedPlain, PLAIN, VALIBOT } from './early/libraries/others.ts'
import { MINI, ZOD, ZOD3 } from './early/libraries/zod.ts'
import { reported } from './early/reported.ts'

// Generated schemas are used a few times each.
z.config({ jitless: true })

const LIBRARIES: Readonly<Record<string, Library>> = {
  Zod: ZOD,
  'Zod Mini': MINI,
  'Zod 3': ZOD3,
  Valibot: VALIBOT,
  ArkType: ARKTYPE,
  Effect: EFFECT,
  'JSON Schema': PLAIN,
}

const DOCUMENTS_PER_SCHEMA = 25

/** The library's own word. ArkType fails on some keys (`constructor`) while it says what is wrong. */
async function takes(schema: object, raw: unknown): Promise<boolean> {
  try {
    return (await libraryOf(schema).validate(schema, raw)).ok
  } catch {
    return false
  }
}

interface Followed {
  kind: unknown
  schema: object
  node: SchemaNode
}

/** A schema of the library that some answer fits, and how it is followed. */
async function followed(choices: Choices, library: Library, isPlain: boolean): Promise<Followed> {
  for (;;) {
    const kind = kindOf(choices)
    try {
      const made = schemaOf(library, kind)
      if (made === null) continue
      const schema = isPlain ? finishedPlain(made) : made
      return { kind, schema, node: await libraryOf(schema).node(schema) }
    } catch (error) {
      // Some libraries and converters refuse what contradicts itself.
      const isRefused = error instanceof StructStreamError ? error.code === 'unsupported_schema' : library === ARKTYPE
      if (!isRefused) throw error
    }
  }
}

test.each(Object.entries(LIBRARIES))(
  '%s: nothing that the library takes is reported while it streams, however it is written',
  async (name, library) => {
    const seen = { taken: 0, refused: 0, early: 0 }
    const size = runSize('LAWS', 8)
    await property(size, async (choices) => {
      const { kind, schema, node } = await followed(choices, library, library === PLAIN)
      for (let count = 0; count < DOCUMENTS_PER_SCHEMA; count++) {
        const text = write(choices, valueOf(choices, kind as never))
        const isTaken = await takes(schema, JSON.parse(text))
        const at = reported(node, text)
        seen[isTaken ? 'taken' : 'refused']++
        if (at !== null && at < text.length) seen.early++
        if (isTaken && at !== null) {
          const kinds = JSON.stringify(kind, (_, part: unknown) => (part instanceof RegExp ? String(part) : part), 1)
          expect.fail(`reported after ${text.slice(0, at)} of ${text}, which fits\n${kinds}`)
        }
      }
    })
    expect(seen.taken + seen.refused).toBe(size.cases * DOCUMENTS_PER_SCHEMA)
    expect(seen.taken).toBeGreaterThan(size.cases * 5)
    expect(seen.early).toBeGreaterThan(size.cases)
    if (process.env['LAWS_CASES'] !== undefined) console.log(`${name}: ${JSON.stringify(seen)}`)
  },
  process.env['LAWS_CASES'] === undefined ? 120_000 : 0,
)
