import { expect, test } from 'vitest'
import * as zodPatterns from 'zod/v4/core'

import { patternMachine } from '../../../src/schema/patterns/viability.ts'
import { property, runSize, type Choices } from '../../support/property.ts'
import { LETTERS, patternOf } from './patterns.ts'

/** Units of `text` read when the machine gave up on it; null: it never did. */
function deadAt({ source, flags }: RegExp, text: string): number | null {
  const reader = patternMachine(source, flags)!.open()
  if (!reader.grow('')) return 0
  for (let index = 0; index < text.length; index++) if (!reader.grow(text[index]!)) return index + 1
  return null
}

test.each<[RegExp, string, number | null]>([
  [/^[a-z]+$/, 'ab1', 3],
  [/^[a-z]+$/, 'abc', null],
  [/[a-z]/, '12345', null],
  [/^a{2,3}$/, 'aaaa', 4],
  [/^(?:ab|cd)e/, 'cde and more', null],
  [/^(?:ab|cd)e/, 'ad', 2],
  [/^\d{4}-\d{2}$/, '2024-1x', 7],
  [/^a\b/, 'ab', 2],
  [/^(?!.*\.\.)[a.]+$/, 'a..', 3],
  [/^(?=.{1,3}$)a*/, 'aaaa', 4],
  [/^(?=a)b/, '', 0],
  [/^ab$/m, 'x\nac\nab', null],
  [/^[A-F]+$/i, 'abg', 3],
  [/^k$/iu, '\u212a', null],
  [/^k$/i, '\u212a', 1],
  [/^\p{L}+$/u, 'äö1', 3],
  [/^.$/u, '😀', null],
  [/^.$/, '😀', 2],
  [/^[😀]$/u, '😁', 2],
  [new RegExp('^[\\p{L}--[a-z]]+$', 'v'), 'ÄAa', 3],
  [/^(?:a+)+$/, `${'a'.repeat(50)}!`, 51],
  [/^(\w)-\1$/, 'a-', null],
  [/^\d(\w)-\1$/, 'a', 1],
  [/a$^b/, '', 0],
])('%s gives up on %j after %s units', (pattern, text, expected) => {
  expect(deadAt(pattern, text)).toBe(expected)
})

test('A pattern that nothing matches is dead before the first character', () => {
  expect(deadAt(/a^b/, 'x')).toBe(0)
})

test('A part that cannot be followed is said to be so, and costs no false alarm', () => {
  for (const pattern of [/^(a)\1$/, /(?<=a)b/, /^(?<x>a)\k<x>$/, /^(?:[a-z]{900}){900}$/])
    expect(patternMachine(pattern.source, pattern.flags)?.isExact).toBe(false)
  expect(patternMachine('(?i:a)', '')).toBe(null)
  expect(patternMachine('[\\q{ab}]', 'v')).toBe(null)
})

test('Patterns that make a backtracking engine hang are read in linear time and bounded states', () => {
  const patterns: [RegExp, boolean][] = [
    [/^(a+)+$/, false],
    [/^(a|aa)+$/, false],
    [/(x+x+)+y/, true],
    [/^(?:.*a){30}$/, true],
    [/^(a?){60}a{60}$/, false],
    [/^(?=(?:a|aa)*$)(?=(?:aaa)*$)a+$/, false],
  ]
  for (const [{ source, flags }, isViable] of patterns) {
    const reader = patternMachine(source, flags)!.open()
    expect(reader.grow('a'.repeat(5_000) + 'x'.repeat(5_000)), source).toBe(isViable)
  }
})

test('Every pattern of the formats of Zod is followed exactly', () => {
  const patterns = Object.values(zodPatterns.regexes).filter((value) => value instanceof RegExp)
  expect(patterns.length).toBeGreaterThan(40)
  for (const { source, flags } of patterns) expect(patternMachine(source, flags)?.isExact).toBe(true)
})

test.each<[keyof typeof zodPatterns.regexes, string, number]>([
  ['email', 'someone@example..', 17],
  ['email', 'some one', 5],
  ['date', '2023-02-29', 10],
  ['ipv4', '192.168.300', 11],
  ['ipv6', '2001:db8::g', 11],
  ['guid', '0123456g', 8],
  ['duration', 'P1W2', 4],
  ['hostname', `${'a'.repeat(63)}b`, 64],
])('The format %s gives up on %j after %s units', (name, text, expected) => {
  expect(deadAt(zodPatterns.regexes[name] as RegExp, text)).toBe(expected)
})

/** Whether no text of the generator's letters that begins with `text` matches, shown by trying all that the machine keeps. */
function isHopeless(pattern: RegExp, text: string): boolean {
  const open = [text]
  for (let tries = 0; tries < 1000; tries++) {
    const current = open.shift()
    if (current === undefined) return true
    if (pattern.test(current)) return false
    for (const letter of LETTERS) if (deadAt(pattern, current + letter) === null) open.push(current + letter)
  }
  return false
}

const textOf = (choices: Choices, most: number): string => choices.many(most, () => choices.pick(LETTERS)).join('')

test('Law: what is given up never matches, what matches is never given up, and what is kept can match', async () => {
  const seen = { dead: 0, matched: 0, kept: 0, undecided: 0 }
  await property(runSize('LAWS', 100), (choices) => {
    const pattern = patternOf(choices)
    const machine = patternMachine(pattern.source, pattern.flags)
    // Too many ways through lookaheads inside repetitions.
    if (machine === null) {
      seen.undecided++
      return
    }
    const text = textOf(choices, 6)
    const dead = deadAt(pattern, text)
    const isMatch = pattern.test(text)
    if (isMatch) seen.matched++
    const shown = `${String(pattern)} ${JSON.stringify(text)}`
    expect(isMatch && dead !== null, `matches, but was given up: ${shown}`).toBe(false)
    // The same in one piece.
    expect(machine.open().grow(text), shown).toBe(dead === null)
    const beginning = text.slice(0, dead ?? text.length)
    const longer = [
      ...LETTERS,
      ...LETTERS.flatMap((a) => LETTERS.map((b) => a + b)),
      ...choices.many(8, () => textOf(choices, 8)),
    ]
    const found = longer.find((rest) => pattern.test(beginning + rest))
    if (dead === null) {
      seen.kept++
      // Half a surrogate pair waits for its other half, and some patterns need letters that the generator hasn't.
      const isHalf = text.endsWith('\ud83d')
      const isAsked = machine.isExact && !isHalf && !/\\[07cxp/]|\[\\b\]|[{\]]/.test(pattern.source)
      expect(isAsked && found === undefined && isHopeless(pattern, text), `kept, but nothing matches: ${shown}`).toBe(
        false,
      )
    } else {
      seen.dead++
      expect(found, `given up, but continues: ${shown}`).toBe(undefined)
    }
  })
  expect(seen.dead).toBeGreaterThan(25)
  expect(seen.matched).toBeGreaterThan(25)
  expect(seen.undecided).toBeLessThan((seen.kept + seen.dead) / 100)
}, 120_000)
