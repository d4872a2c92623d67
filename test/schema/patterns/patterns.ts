import type { Choices } from '../../support/property.ts'

/** What generated patterns are made of, and the texts that are tried with them. */
export const LETTERS = ['a', 'b', 'A', '1', '-', '\n', 'é', 'ſ', '😀', '\ud83d']

const ATOMS = ['a', 'b', 'ab', '1', '-', '.', 'é', '😀', '\\d', '\\w', '\\W', '\\s', '\\S', '[ab]', '[^a]', '[a-z]']
const RARE = [
  '\\n',
  '[^\\w]',
  '[\\d-]',
  '[\\s\\S]',
  '\\x61',
  '\\u0061',
  '\\bab',
  'a\\b',
  '\\B',
  '[]',
  '[^]',
  '\\/',
  '\\cJ',
]
const LOOSE = ['\\-', '{', 'a{,2}', ']', '\\07', '[\\b]', '(?=a)*']
const STRICT = ['\\p{L}', '\\P{Lu}', '[\\p{Nd}_-]', '\\u{61}', '\\u{1F600}', '[😀é]']

/** A pattern of the regular part of JavaScript's syntax, with lookaheads. */
export function patternOf(choices: Choices): RegExp {
  const flags = choices.pick(['', '', 'u', 'i', 'iu', 'm', 's', 'ms'])
  const source = choice(choices, 3, flags)
  const anchored = choices.pick([
    (text: string) => text,
    (text: string) => `^(?:${text})$`,
    (text: string) => `^${text}`,
  ])
  return new RegExp(anchored(source), flags)
}

function choice(choices: Choices, depth: number, flags: string): string {
  const options = [
    sequence(choices, depth, flags),
    ...choices.many(choices.chance(30) ? 2 : 0, () => sequence(choices, depth, flags)),
  ]
  return options.join('|')
}

function sequence(choices: Choices, depth: number, flags: string): string {
  return choices.many(4, () => term(choices, depth, flags)).join('')
}

function term(choices: Choices, depth: number, flags: string): string {
  const inner = (): string => choice(choices, depth - 1, flags)
  if (choices.chance(8)) return choices.pick(['^', '$', '\\b', '\\B'])
  if (depth > 0 && choices.chance(8)) return `(?${choices.pick(['=', '!'])}${inner()})`
  const atom = depth > 0 && choices.chance(30) ? choices.pick([`(?:${inner()})`, `(${inner()})`]) : leaf(choices, flags)
  const count = choices.pick(['', '', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?', '{0,2}?'])
  // A count after a literal of two letters, or after an assertion, is valid nearly everywhere; the engine decides.
  return isValid(atom + count, flags) ? atom + count : atom
}

function leaf(choices: Choices, flags: string): string {
  const rare = [...RARE, ...(flags.includes('u') ? STRICT : LOOSE)]
  return choices.pick(choices.chance(25) ? rare : ATOMS)
}

function isValid(source: string, flags: string): boolean {
  try {
    new RegExp(source, flags)
    return true
  } catch {
    return false
  }
}
