import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { DocumentInterpreter } from '../../../src/partial/document/document-interpreter.ts'
import { zodNode } from '../../../src/schema/zod/nodes.ts'
import '../../support/load-zod.ts'
import type { Issue, Repair } from '../../../src/types.ts'

setFlagsFromString('--expose_gc')
const collect = runInNewContext('gc') as () => void

/** V8 keeps a part of a text of 13 characters or more as a view, and with it all of the text. */
const WORD = 'a word that is longer than thirteen'
const PAD = 60_000
/** Answers whose findings are kept at once: V8 itself keeps a text or two. */
const ANSWERS_KEPT = 12
const MOST_KEPT = (ANSWERS_KEPT * PAD) / 3

const SCHEMA = z.strictObject({
  pad: z.string().optional(),
  value: z.any().optional(),
  color: z.enum(['a color that is rather long', 'another color that is long']).optional(),
  count: z.number().optional(),
  flag: z.boolean().optional(),
  list: z.array(z.string()).optional(),
  rows: z.array(z.object({ a_rather_long_name: z.string() })).optional(),
  inner: z.object({ a_rather_long_name: z.string(), another_rather_long_name: z.string().nullable() }).optional(),
  big: z.coerce.bigint().optional(),
})

/** What a document holds after a long string, by the kind of repair or issue that it causes. */
const ENDS: Record<string, string> = {
  'trailing-comma': `"value": ["${WORD}",]`,
  'extra-comma': `"value": ["${WORD}",,1]`,
  'missing-comma': `"value": ["${WORD}" "${WORD}"]`,
  'missing-colon': `"value": {"${WORD}" 1}`,
  comment: `"value": 1 /* ${WORD} */`,
  quotes: `"value": '${WORD}'`,
  'unescaped-quote': `"value": "say "${WORD}" now"`,
  'control-character': `"value": "${WORD}\n${WORD}"`,
  escape: String.raw`"value": "\d${WORD}"`,
  'unquoted-key': `"value": {${WORD.replaceAll(' ', '_')}: 1}`,
  'unquoted-string': `"value": ${WORD}`,
  literal: `"value": {"${WORD}": None}`,
  number: `"value": {"${WORD}": +1}`,
  tuple: `"value": {"${WORD}": (1, 2)}`,
  parentheses: `"value": {"${WORD}": ('x')}`,
  'quoted-number': '"count": "12345678901234"',
  'quoted-boolean': '"flag": "             true"',
  'letter-case': '"color": "A COLOR that is rather long"',
  wrapped: `"list": "${WORD}"`,
  envelope: `"list": {"${WORD}": ["${WORD}"]}`,
  stringified: String.raw`"inner": "{\"a_rather_long_name\": \"x\", \"another_rather_long_name\": \"y\"}"`,
  key: `"inner": {"A_rather_long_NAME": "x", "another_rather_long_name": "y"}`,
  'absent-for-null': `"inner": {"a_rather_long_name": "x"}`,
  'null-for-absent': '"inner": null',
  'exact-digits': '"big": 12345678901234567890123',
  'rounded-number': '"value": 3.14159265358979323846264338',
  'issue: unrecognized_keys': `"${WORD}": 1`,
  'issue: duplicate_key': `"value": 1, "value": 2`,
  'issue: invalid_value': `"color": "${WORD}"`,
  'issue: inexact_number': '"count": 12345678901234567890123',
  'issue: invalid_type': `"rows": [{"a_rather_long_name": 5}]`,
}

interface Kept {
  repairs: readonly Repair[]
  issues: readonly Issue[]
}

function findings(text: string): Kept {
  const interpreter = new DocumentInterpreter(zodNode(SCHEMA), null, { repair: true, maxDepth: 64, maxIssues: 100 })
  interpreter.push(text)
  interpreter.end()
  return { repairs: [...interpreter.repairs], issues: [...interpreter.issues] }
}

/** One value for each text. */
function severalFindings(text: string): Kept[] {
  return Array.from({ length: ANSWERS_KEPT }, (_, index) => findings(` ${text}${index}`.slice(1)))
}

/**
 * Bytes that are in use because of what `make` gives: the least of several tries, since the test runner allocates too,
 * and text that is kept alive is kept alive each time. Less than `enough` needs no other try.
 */
function weigh<T>(make: () => T, enough: number): { bytes: number; made: T } {
  make()
  let least = Infinity
  let made!: T
  for (let attempt = 0; attempt < 5 && least >= enough; attempt++) {
    collect()
    const before = process.memoryUsage().heapUsed
    const kept = make()
    collect()
    least = Math.min(least, process.memoryUsage().heapUsed - before)
    made = kept
  }
  return { bytes: least, made }
}

describe('a finding does not keep the text alive that it was found in', () => {
  test.each(Object.entries(ENDS))('%s', (kind, end) => {
    // Made anew each time, so that nothing but the findings can hold it.
    const { bytes, made } = weigh(
      () => severalFindings(`Sure: {"pad": "${'x'.repeat(PAD)}", ${end}} That is all. `),
      MOST_KEPT,
    )
    const [{ repairs, issues }] = made as [Kept]
    const kinds = [...repairs.map((repair) => repair.kind), ...issues.map(({ code }) => `issue: ${code}`)]
    expect(kinds).toContain(kind)
    expect(bytes).toBeLessThan(MOST_KEPT)
  })

  test('long prose around the document is cut off in its repair', () => {
    const { bytes, made } = weigh(
      () => findings(`${'So be it. '.repeat(PAD / 10)}{"flag": true} ${'Done. '.repeat(PAD / 6)}`),
      MOST_KEPT,
    )
    expect(made.repairs.map(({ kind }) => kind)).toEqual(['text-before', 'text-after'])
    expect(bytes).toBeLessThan(MOST_KEPT)
  })
})

test('many repairs are listed up to a number', () => {
  const { repairs } = findings(`{"value": [${`'${WORD}', `.repeat(5000)}1]}`)
  expect(repairs.length).toBe(1001)
  expect(repairs.at(-1)!.kind).toBe('more-repairs')
})

describe('what is kept of an answer grows with its length', () => {
  const row = `{"color": "a color that is rather long", "count": 1}\n`
  const ANSWERS: Record<string, (rows: number) => string> = {
    'JSON lines where one object is wanted': (rows) => row.repeat(rows),
    'drafts, one after the other': (rows) =>
      Array.from({ length: rows }, (_, count) => `Draft: {"count": ${count}, "value": "${WORD}"}\n`).join(''),
    'a repair in each row': (rows) => `{"value": [${`{'${WORD}': '${WORD}'}, `.repeat(rows)}1]}`,
  }
  test.each(Object.entries(ANSWERS))('%s', (_, answer) => {
    const kept = (rows: number, enough: number): number => {
      const text = answer(rows)
      return weigh(() => {
        const interpreter = new DocumentInterpreter(zodNode(SCHEMA), null, {
          repair: true,
          maxDepth: 64,
          maxIssues: 100,
        })
        let soFar = ''
        for (let at = 0; at < text.length; at += 100) {
          soFar += text.slice(at, at + 100)
          interpreter.push(text.slice(at, at + 100))
        }
        interpreter.end()
        return { interpreter, soFar }
      }, enough).bytes
    }
    const small = kept(200, 250_000)
    const most = Math.max(4 * small, 1_000_000) * 1.5
    expect(kept(800, most)).toBeLessThan(most)
  })
})
