import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { IncrementalJsonParser, Tokenizer, type TokenSink } from '../../src/json/index.ts'
import { DocumentInterpreter } from '../../src/partial/document/document-interpreter.ts'
import { zodNode } from '../../src/schema/zod/nodes.ts'
import type { PaceOptions } from '../../src/json/snapshot-pace.ts'
import '../support/load-zod.ts'
import { PER_CHARACTER, PER_SLOT, virtualPace } from '../support/virtual-pace.ts'

/* Linear work (law 7), by counting instead of by the clock: what one push costs must not depend on what came before. */

const CHUNK = 4

/** Slots of containers that are new in `now`: what was copied or built since `before`. Shared parts are not entered. */
function newSlots(now: unknown, seen: WeakSet<object>): number {
  if (typeof now !== 'object' || now === null || seen.has(now)) return 0
  seen.add(now)
  const children = Object.values(now)
  return children.reduce<number>((sum, child) => sum + newSlots(child, seen), children.length + 1)
}

interface Reader {
  push(text: string): unknown
  snapshot(): unknown
}

/** A reader whose copies cost by their size, and whose clock is moved by the text. */
type MakeReader = (pace: PaceOptions) => Reader

/** New slots for each character, over the first and the last tenth of the text. */
function copiesPerCharacter(makeReader: MakeReader, text: string): { first: number; last: number } {
  const { pace, advance } = virtualPace()
  const reader = makeReader(pace)
  const seen = new WeakSet<object>()
  const tenth = Math.floor(text.length / 10)
  let first = 0
  let last = 0
  for (let at = 0; at < text.length; at += CHUNK) {
    reader.push(text.slice(at, at + CHUNK))
    advance(CHUNK)
    const count = newSlots(reader.snapshot(), seen)
    if (at < tenth) first += count
    else if (at >= text.length - tenth) last += count
  }
  return { first: first / tenth, last: last / tenth }
}

const repeat = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(',')
const TEXTS: [name: string, make: (size: number) => string][] = [
  ['records', (size) => `[${repeat(size, (index) => `{"id":${index % 10},"name":"some name","tags":["a","b"]}`)}]`],
  ['records in an object', (size) => `{"rows":[${repeat(size, () => '{"a":1,"b":"text"}')}],"end":1}`],
  ['one long string', (size) => `{"text":"${'lorem ipsum '.repeat(size)}"}`],
  ['escapes', (size) => `["${'\\u00e9\\n\\"'.repeat(size)}"]`],
  ['small elements', (size) => `[${repeat(size * 4, () => '1')}]`],
  ['a dictionary', (size) => `{${repeat(size, (index) => `"key${index}":1`)}}`],
  ['nested lists', (size) => `[${repeat(size, () => '[[],[1,[2]],{}]')}]`],
]

describe('new slots for each character do not grow with the length so far', () => {
  test.each(TEXTS)('parser: %s', (_, make) => {
    const reader: MakeReader = (pace) => new IncrementalJsonParser({ pace })
    expect(copiesPerCharacter(reader, make(2000)).last).toBeLessThanOrEqual(
      allowed(copiesPerCharacter(reader, make(200))),
    )
  })
})

test('the measure sees a reader that copies everything for each look', () => {
  const make = TEXTS[4]![1]
  const exact: MakeReader = () => {
    const parser = new IncrementalJsonParser()
    return { push: (text: string) => parser.push(text), snapshot: () => parser.snapshot({ exact: true }) }
  }
  const small = copiesPerCharacter(exact, make(200))
  expect(copiesPerCharacter(exact, make(2000)).last).toBeGreaterThan(allowed(small))
})

/**
 * Twice a short text's, and what copies of wide open containers may take: a tenth of the time, which is two slots a
 * character at the virtual clock's prices, for each of up to three readings.
 */
function allowed(small: { last: number }): number {
  return 2 * small.last + (3 * PER_CHARACTER) / (10 * PER_SLOT)
}

describe('nothing is reported twice', () => {
  /** Counts calls and characters. */
  function countingSink(): { sink: TokenSink; calls: () => number; characters: () => number } {
    let calls = 0
    let characters = 0
    const call = () => {
      calls++
    }
    const sink: TokenSink = {
      beginObject: call,
      key: (name) => {
        calls++
        characters += name.length
      },
      endObject: call,
      beginArray: call,
      endArray: call,
      beginString: call,
      growString: (piece) => {
        calls++
        characters += piece.length
      },
      endString: call,
      beginNumber: call,
      endNumber: call,
      beginLiteral: call,
      endLiteral: call,
    }
    return { sink, calls: () => calls, characters: () => characters }
  }

  test.each(TEXTS)('tokenizer: %s', (_, make) => {
    const text = make(2000)
    const { sink, calls, characters } = countingSink()
    const tokenizer = new Tokenizer(sink)
    const pushes = Math.ceil(text.length / CHUNK)
    let most = 0
    for (let at = 0; at < text.length; at += CHUNK) {
      const before = calls()
      tokenizer.push(text.slice(at, at + CHUNK))
      most = Math.max(most, calls() - before)
    }
    expect(tokenizer.isDone).toBe(true)
    expect(most).toBeLessThanOrEqual(3 * CHUNK)
    expect(calls()).toBeLessThanOrEqual(pushes * 3 * CHUNK)
    expect(characters()).toBeLessThanOrEqual(text.length)
  })
})

describe('the cursor, over schemas', () => {
  const Row = z.object({ id: z.int(), name: z.string(), tags: z.array(z.enum(['a', 'b'])) })
  const Small = z.object({ a: z.number(), b: z.string() })
  const Other = z.object({ kind: z.literal('other') })
  const schemas: [name: string, schema: z.ZodType, make: (size: number) => string][] = [
    ['rows', z.array(Row), TEXTS[0]![1]],
    ['rows of a union', z.array(z.union([Row, Other])), TEXTS[0]![1]],
    [
      'rows of a discriminated union, with a late discriminator',
      z.array(
        z.discriminatedUnion('kind', [z.object({ kind: z.literal('row'), id: z.int(), name: z.string() }), Other]),
      ),
      (size) => `[${repeat(size, () => '{"id":1,"name":"some name","kind":"row"}')}]`,
    ],
    ['rows of an intersection', z.array(z.intersection(Row, z.object({ more: z.string().optional() }))), TEXTS[0]![1]],
    ['rows that are all wrong', z.array(z.object({ id: z.string() })), TEXTS[0]![1]],
    ['a record', z.record(z.string(), z.number()), TEXTS[5]![1]],
    ['a record in a union', z.union([z.record(z.string(), z.number()), z.record(z.string(), z.any())]), TEXTS[5]![1]],
    [
      'a root union of two objects that both fit',
      z.union([z.object({ rows: z.array(Small) }), z.object({ rows: z.array(Small), end: z.number() })]),
      TEXTS[1]![1],
    ],
    [
      'a root intersection',
      z.intersection(z.object({ rows: z.array(Small) }), z.object({ end: z.number() })),
      TEXTS[1]![1],
    ],
    ['a long string with a limit', z.object({ text: z.string().max(1_000_000) }), TEXTS[2]![1]],
  ]
  test.each(schemas)('%s', (_, schema, make) => {
    const reader: MakeReader = (pace) =>
      new DocumentInterpreter(zodNode(schema), null, { repair: false, maxDepth: 64, maxIssues: 1_000_000, pace })
    expect(copiesPerCharacter(reader, make(2000)).last).toBeLessThanOrEqual(
      allowed(copiesPerCharacter(reader, make(200))),
    )
  })
})
