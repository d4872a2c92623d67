import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { DocumentInterpreter } from '../../../src/partial/document/document-interpreter.ts'
import { zodNode } from '../../../src/schema/zod/nodes.ts'
import '../../support/load-zod.ts'
import { measure, type Work } from './meter.ts'

const SMALL = 1500
const LARGE = 4 * SMALL
/**
 * Steps for each character: a decision may look 256 characters ahead, and again for each of them while it waits. A search
 * that fails at its anchor counts its whole window.
 */
const MOST_STEPS = 600

const NOTE = z.object({ a: z.string(), b: z.number().optional() })
const LIST = z.array(z.object({ a: z.string() }))

const filled = (part: string, length: number): string => part.repeat(Math.ceil(length / part.length)).slice(0, length)
/** In a string that has been found to hold quotes, so that each quote is a decision. */
const inString = (part: string) => (length: number) => `{"a": "x "y" z${filled(part, length)}", "b": 1}`

const TEXTS: Record<string, [schema: z.ZodType, text: (length: number) => string]> = {
  'quotes in one string': [NOTE, inString('"')],
  'quotes and commas in one string': [NOTE, inString('x", ')],
  'quotes before words and commas': [NOTE, inString('" , word word, ')],
  'quotations in one string': [NOTE, inString('say "hi", ')],
  'quotes before long words': [NOTE, inString(`", ${'w'.repeat(300)}`)],
  'quotes before long blanks': [NOTE, inString(`"${' '.repeat(300)}`)],
  'quotes before what may be a key': [NOTE, inString(`", "${'k'.repeat(200)}`)],
  'raw new lines': [NOTE, inString('\n')],
  'bad escapes': [NOTE, inString('\\d')],
  'bad unicode escapes': [NOTE, inString('\\u12')],
  apostrophes: [NOTE, (length) => `{'a': '${filled("it's ", length)}'}`],
  'apostrophes only': [NOTE, (length) => `{'a': '${filled("'", length)}'}`],
  'typographic quotes': [NOTE, (length) => `{“a”: “${filled('"x”y', length)}”}`],
  'block comments': [NOTE, (length) => `{${filled('/* c */', length)} "a": "x"}`],
  'one comment': [NOTE, (length) => `{/*${filled('* /', length)}*/ "a": "x"}`],
  'line comments': [NOTE, (length) => `{${filled('// c\n', length)}\n "a": "x"}`],
  'opening braces': [NOTE, (length) => filled('{', length)],
  'opening braces in prose': [NOTE, (length) => `x ${filled('{', length)}`],
  'false starts': [NOTE, (length) => `x ${filled('{"', length)}`],
  'long false starts': [NOTE, (length) => `x ${filled(`{"a": [${'1,'.repeat(60)}`, length)}`],
  'brackets in prose': [LIST, (length) => `${filled('[1] [2] ', length)} [{"a": "x"}]`],
  'bracketed words in prose': [LIST, (length) => `${filled('[see] {it} ', length)} [{"a": "x"}]`],
  'opening brackets': [LIST, (length) => `x ${filled('[ ', length)}`],
  'ends of thinking that are none': [NOTE, (length) => `<think>${filled('</think', length)}`],
  prose: [NOTE, (length) => filled('There is no JSON in this. ', length)],
  blanks: [NOTE, (length) => filled(' \n', length)],
  'documents one after the other': [NOTE, (length) => filled('{"a":"x"}\n', length)],
  'documents that do not fit': [NOTE, (length) => `{"a": "x"} ${filled('{"c":1} [2] ', length)}`],
  'documents that fail': [NOTE, (length) => `{"a": "x"} ${filled('{"c":1 2} ', length)}`],
  'text after': [NOTE, (length) => `{"a": "x"} ${filled('That was it. ', length)}`],
  'unquoted values': [z.array(z.string()), (length) => `[${filled('word, ', length)}]`],
  'one unquoted value': [NOTE, (length) => `{"a": ${filled('word ', length)}}`],
  'unquoted keys': [z.record(z.string(), z.number()), (length) => `{${filled('a: 1, ', length)}`],
  'missing commas': [z.array(z.number()), (length) => `[${filled('1 ', length)}]`],
  'missing commas between strings': [z.array(z.string()), (length) => `[${filled('"a" ', length)}]`],
  'extra commas': [z.array(z.number()), (length) => `[${filled(',', length)}]`],
  'other spaces': [z.array(z.number()), (length) => `[${filled('\u00a0', length)}]`],
  'blanks after a string': [NOTE, (length) => `{"a": "x"${filled(' ', length)} bbbbbbbb`],
  'quoted numbers': [z.array(z.number()), (length) => `[${filled('"1",', length)}]`],
}

const WAYS: Record<string, (text: string) => string[]> = {
  'in one piece': (text) => [text],
  'by 7 characters': (text) => text.match(/[^]{1,7}/g) ?? [],
  'by single characters': (text) => text.split(''),
}

function workOn(schema: z.ZodType, chunks: readonly string[]): Work {
  const interpreter = new DocumentInterpreter(zodNode(schema), null, { repair: true, maxDepth: 64, maxIssues: 100 })
  return measure(() => {
    for (const chunk of chunks) interpreter.push(chunk)
    interpreter.end()
  })
}

describe.each(Object.entries(WAYS))('the cost of repair is linear, %s', (_, cut) => {
  test.each(Object.entries(TEXTS))('%s', (_name, [schema, text]) => {
    const small = workOn(schema, cut(text(SMALL)))
    const large = workOn(schema, cut(text(LARGE)))
    for (const kind of ['tokenized', 'peeked', 'searched'] as const) {
      expect(large[kind], kind).toBeLessThan(Math.max(small[kind], SMALL) * 4.4 + 10_000)
      expect(large[kind], kind).toBeLessThan(LARGE * MOST_STEPS)
    }
  })
})

test('a hundred thousand characters in one piece, and thousands of documents, end without deep recursion', () => {
  for (const text of [filled('{"a":"x"}\n', 100_000), `x ${filled('{"', 100_000)}`, inString('"')(100_000)]) {
    expect(workOn(NOTE, [text]).tokenized).toBeLessThan(100_000 * MOST_STEPS)
  }
})
