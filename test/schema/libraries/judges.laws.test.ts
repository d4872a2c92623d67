import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'

import { DocumentInterpreter } from '../../../src/partial/document/document-interpreter.ts'
import { libraryOf } from '../../../src/schema/libraries/library-of.ts'
import type { LibraryVerdict } from '../../../src/schema/libraries/library.ts'
import type { SchemaNode } from '../../../src/schema/node.ts'
import { StructStreamError } from '../../../src/errors.ts'
import { oneByOne, randomChunks } from '../../support/chunkings.ts'
import { patience, property, runSize, type Choices } from '../../support/property.ts'
import { finished, KINDS } from './kinds/index.ts'
import { MISSING, VALUES, type Kinds, type Place } from './kinds/places.ts'

/* One suite over all schema libraries: the library has the last word, whatever its JSON Schema says. */

z.config({ jitless: true })

const rejections: unknown[] = []
const note = (reason: unknown): void => {
  rejections.push(reason)
}
beforeAll(() => void process.on('unhandledRejection', note))
afterAll(() => void process.off('unhandledRejection', note))

interface Case {
  source: string
  text: string
  node: SchemaNode
  verdict: LibraryVerdict | 'thrown'
}

/** Follows a text, and says what was known before the library was asked. */
function follow(node: SchemaNode, chunks: readonly string[]) {
  const interpreter = new DocumentInterpreter(node, null, { repair: false, maxDepth: 64, maxIssues: 100 })
  const complete = new Map<string, unknown>()
  let thrown = false
  interpreter.hub.completion = (path, value) => complete.set(JSON.stringify(path), value)
  try {
    for (const chunk of chunks) {
      interpreter.push(chunk)
      interpreter.snapshot(true)
    }
    interpreter.end()
  } catch {
    // Code of the schema threw.
    thrown = true
  }
  return { interpreter, complete, thrown, shown: thrown ? undefined : interpreter.snapshot(true) }
}

async function verdictOf(schema: object, raw: unknown): Promise<Case['verdict']> {
  try {
    return await libraryOf(schema).validate(schema, raw)
  } catch {
    return 'thrown'
  }
}

function check(it: Case, chunks: readonly string[]): void {
  const { interpreter, complete, thrown, shown } = follow(it.node, chunks)
  const { verdict } = it
  const hold = (holds: boolean, law: string): void => {
    if (!holds)
      expect.fail(
        `${law}\nschema: ${it.source}\ntext: ${it.text}\n${JSON.stringify({ verdict, shown, issues: interpreter.issues })}`,
      )
  }
  if (thrown || verdict === 'thrown') return
  if (verdict.ok) {
    hold(interpreter.issues.length === 0, 'what the library accepts is not reported')
    for (const [path, value] of complete) {
      const at = (JSON.parse(path) as (string | number)[]).reduce<unknown>(
        (here, key) => (here as Record<string | number, unknown> | undefined)?.[key],
        verdict.value,
      )
      hold(isDeepStrictEqual(at, value), `what is announced as complete at ${path} is final`)
    }
    if (interpreter.unsure.length === 0) hold(isDeepStrictEqual(shown, verdict.value), 'the last partial is the value')
  } else if (interpreter.issues.length === 0) {
    hold(interpreter.unsure.length > 0, 'what the library rejects is not reported complete')
    hold(!complete.has('[]'), 'what the library rejects is not announced as complete')
  }
}

const SIZE = runSize('LAWS', 80)
const isLong = process.env['LAWS_CASES'] !== undefined
const LIMIT = patience(60_000)
const nodes = new Map<string, SchemaNode | null>()

/** `null`: it is refused, since no answer can fit. */
async function nodeOf(source: string, schema: object): Promise<SchemaNode | null> {
  const known = nodes.get(source)
  if (known !== undefined) return known
  let node: SchemaNode | null = null
  try {
    node = await libraryOf(schema).node(schema)
  } catch (error) {
    if (!(error instanceof StructStreamError) || error.code !== 'unsupported_schema') throw error
  }
  nodes.set(source, node)
  return node
}

const made = new Map<string, unknown>()

/** A kind in up to three places, or null where the library doesn't take it there. */
function schemaAt(
  kinds: Kinds,
  leaf: Kinds['leaves'][number],
  places: readonly Place[],
): [source: string, schema: object] | null {
  let source = `${kinds.library}: ${leaf[0]}`
  let schema: unknown = leaf[1]
  for (const place of places) {
    source += ` in ${place.name}`
    if (!made.has(source)) {
      try {
        made.set(source, place.schema(schema as never))
      } catch {
        made.set(source, null)
      }
    }
    schema = made.get(source)
    if (schema === null) return null
  }
  const key = `${source} (finished)`
  if (!made.has(key)) made.set(key, finished(kinds.library, schema))
  return [source, made.get(key) as object]
}

async function checkAt(
  choices: Choices,
  kinds: Kinds,
  leaf: Kinds['leaves'][number],
  places: readonly Place[],
  value: unknown,
): Promise<boolean> {
  const found = schemaAt(kinds, leaf, places)
  if (found === null) return false
  const [source, schema] = found
  const node = await nodeOf(source, schema)
  const raw = places.reduce((inner, place) => place.value(inner, choices), value)
  if (node === null || raw === MISSING) return false
  const text = JSON.stringify(raw)
  const it: Case = { source, text, node, verdict: await verdictOf(schema, JSON.parse(text)) }
  check(it, choices.chance(50) ? oneByOne(text) : randomChunks(choices, text))
  return true
}

/** Alone, a kind gets each value; elsewhere, the quick run has a few of them. */
function valuesOf(choices: Choices, places: readonly Place[]): readonly unknown[] {
  return isLong || places.length === 0 ? VALUES : [MISSING, ...choices.shuffle(VALUES).slice(0, 3)]
}

/** Each kind alone, and at each place; in the quick run at every third of them, at others than the kind before. */
function everyPlace({ leaves, atRoot = [], places }: Kinds): [Kinds['leaves'][number], Place[]][] {
  const step = isLong ? 1 : 3
  return [
    ...[...leaves, ...atRoot].map((leaf): [Kinds['leaves'][number], Place[]] => [leaf, []]),
    ...leaves.flatMap((leaf, kind) =>
      places
        .filter((_, at) => (at + kind) % step === 0)
        .map((place): [Kinds['leaves'][number], Place[]] => [leaf, [place]]),
    ),
  ]
}

describe.each(KINDS.map((kinds) => [kinds.library, kinds] as const))('%s has the last word', (_, kinds) => {
  test(
    'for each kind, at each place, with each value',
    async () => {
      const seen = { checked: 0 }
      await property({ cases: 1, seed: SIZE.seed }, async (choices) => {
        for (const [leaf, places] of everyPlace(kinds)) {
          {
            for (const value of valuesOf(choices, places)) {
              if (await checkAt(choices, kinds, leaf, places, value)) seen.checked++
            }
          }
        }
      })
      expect(seen.checked).toBeGreaterThan(everyPlace(kinds).length)
    },
    LIMIT,
  )

  test(
    'for kinds in places inside of places',
    async () => {
      await property(SIZE, async (choices) => {
        const leaf = choices.pick(kinds.leaves)
        const places = [
          choices.pick(kinds.places),
          choices.pick(kinds.places),
          ...choices.many(1, () => choices.pick(kinds.places)),
        ]
        await checkAt(choices, kinds, leaf, places, choices.pick(VALUES))
      })
    },
    LIMIT,
  )

  test('and following leaves no pending promise of its code', async () => {
    // What the libraries' own validation leaves.
    await new Promise((resolve) => setTimeout(resolve, 0))
    rejections.length = 0
    for (const [leaf, places] of everyPlace(kinds)) {
      {
        const found = schemaAt(kinds, leaf, places)
        const node = found === null ? null : await nodeOf(...found)
        if (node === null) continue
        for (const value of places.length === 0 ? VALUES : VALUES.slice(8, 10)) {
          await property({ cases: 1, seed: 1 }, (choices) => {
            const raw = places.reduce((inner, place) => place.value(inner, choices), value)
            if (raw !== MISSING) follow(node, [JSON.stringify(raw)])
          })
        }
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(rejections).toEqual([])
  })
})
