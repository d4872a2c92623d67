import type { Choices } from '../../../support/property.ts'
import type { Format, Kind, NumberKind, ObjectKind, TextKind } from './kinds.ts'

const PATTERNS: readonly RegExp[] = [
  /^[a-z]+$/,
  /^a/,
  /b$/,
  /^(?:ab)*$/,
  /^[A-Z]{2}\d{1,3}$/,
  /^ABC$/i,
  /^\p{L}+$/u,
  /^(?!ab)[a-c]+$/,
  /^.{2,4}$/,
  /\d/,
]

const TEXTS: readonly string[] = [
  '',
  'a"b',
  'a\\b',
  'a\nb',
  'a b',
  ' ab ',
  ' ABC',
  ...'a b ab abab aab abc ABC aBc AB1 AB123 A1 ca cab x é éa 😀 😀😀 1 12 7.5 -3 1e1 0x10 true null'.split(' '),
]

const FORMATTED: Readonly<Record<Format, readonly string[]>> = {
  email: [
    'a@example.org',
    'a.b+c@x-y.example.org',
    'some one@example.org',
    'a@b',
    '"a"@example.org',
    ' a@example.org ',
  ],
  uuid: [
    '123e4567-e89b-42d3-a456-426614174000',
    '123E4567-E89B-42D3-A456-426614174000',
    '00000000-0000-0000-0000-000000000000',
    '123e4567-e89b-02d3-a456-426614174000',
    '123e4567e89b42d3a456426614174000',
  ],
  date: ['2024-02-29', '2023-02-29', '2024-13-01', '2024-1-1', '20240229', '2024-060', '2024-02-29 '],
  'date-time': [
    '2024-02-29T12:00:00Z',
    '2024-02-29T12:00:00.123Z',
    '2024-02-29T12:00:00+01:00',
    '2024-02-29 12:00:00Z',
    '2024-02-29T24:00:00Z',
    '2024-02-29T23:59:60Z',
  ],
  url: ['https://example.org/a?b#c', 'mailto:a@example.org', 'nonsense', 'a:b', ' https://example.org', 'http://'],
  ipv4: ['127.0.0.1', '1.2.3.400', '01.2.3.4', '1.2.3', '::1'],
}
const FORMATS = Object.keys(FORMATTED) as Format[]

const NUMBERS: readonly number[] = (
  '0 -0 1 2 3 -1 0.1 0.2 0.3 0.25 0.5 0.75 1.5 7 9 10 11 12 13 20 24 25 50 75 80 99 100 -7 -10 0.30000000000000004 1e21 ' +
  '1e-7 9007199254740992 1152921504606847000 250 1000 3.0000000001'
)
  .split(' ')
  .map(Number)

/** A number's rules, and a text's, as often easy as hard to meet. */
function numberKind(choices: Choices): NumberKind {
  const low = choices.pick([0, 1, -1, 0.5, 10, 50, -10])
  const high = low + choices.pick([0, 1, 2, 3, 30, 90])
  return {
    kind: 'number',
    ...(choices.chance(35) && { isWhole: true }),
    ...(choices.chance(45) && { minimum: low }),
    ...(choices.chance(45) && { maximum: high }),
    ...(choices.chance(10) && { above: low }),
    ...(choices.chance(10) && { below: high }),
    ...(choices.chance(30) && { step: choices.pick([1, 2, 3, 5, 25, 0.5, 0.25, 0.1]) }),
  }
}

function textKind(choices: Choices): TextKind {
  const least = choices.below(3)
  return {
    kind: 'text',
    patterns: choices.chance(55) ? [choices.pick(PATTERNS), ...choices.many(1, () => choices.pick(PATTERNS))] : [],
    ...(choices.chance(15) && { change: choices.pick<'trim' | 'lower'>(['trim', 'lower']) }),
    ...(choices.chance(25) && { format: choices.pick(FORMATS) }),
    ...(choices.chance(12) && { starts: choices.pick(['a', 'ab', 'A', '1']) }),
    ...(choices.chance(8) && { ends: choices.pick(['b', 'c', '1']) }),
    ...(choices.chance(8) && { includes: choices.pick(['a', 'b', '1']) }),
    ...(choices.chance(20) && { least }),
    ...(choices.chance(25) && { most: least + choices.below(6) }),
  }
}

function objectKind(choices: Choices, inner: () => Kind): ObjectKind {
  const names = ['a', 'ab', 'abc', 'kind', 'note'].filter(() => choices.chance(45))
  const keys = (names.length > 0 ? names : ['a']).map((name) => ({
    name,
    isOptional: choices.chance(35),
    value: inner(),
  }))
  return { kind: 'object', keys, isClosed: choices.chance(40) }
}

/** What a schema says, in a form that each library can be given. */
export function kindOf(choices: Choices, depth = 2): Kind {
  const inner = (): Kind => kindOf(choices, depth - 1)
  const leaves: (() => Kind)[] = [
    () => textKind(choices),
    () => textKind(choices),
    () => textKind(choices),
    () => numberKind(choices),
    () => numberKind(choices),
    () => ({ kind: 'number from text', inner: numberKind(choices) }),
    () => ({ kind: 'boolean' }),
    () => ({ kind: 'null' }),
    () => ({
      kind: 'literals',
      values: choices.pick([
        ['a', 'ab'],
        ['abc', 'AB1', 'x'],
      ]),
    }),
  ]
  const least = choices.below(3)
  const nested: (() => Kind)[] = [
    () => objectKind(choices, inner),
    () => objectKind(choices, inner),
    () => ({
      kind: 'list',
      element: inner(),
      ...(choices.chance(40) && { least }),
      ...(choices.chance(50) && { most: least + choices.below(3) }),
    }),
    () => ({ kind: 'pair', first: inner(), second: inner() }),
    () => ({ kind: 'record', value: inner() }),
    () => ({ kind: 'nullable', inner: inner() }),
    () => ({ kind: 'either', one: inner(), other: inner() }),
    () => ({ kind: 'caught', inner: inner() }),
    () => ({ kind: 'prepared', inner: inner() }),
    () => ({ kind: 'made', inner: inner() }),
  ]
  return depth > 0 && choices.chance(65) ? choices.pick(nested)() : choices.pick(leaves)()
}

/** A value for a kind: nearly what it wants, or something else that it may take all the same. */
export function valueOf(choices: Choices, kind: Kind): unknown {
  const inner = (child: Kind): unknown => valueOf(choices, child)
  if (choices.chance(4)) return choices.pick<unknown>([null, true, 1, 'a', '12', [], ['a'], {}, { a: 'a' }])
  switch (kind.kind) {
    case 'text':
      return textFor(choices, kind)
    case 'number':
      return numberFor(choices, kind)
    case 'number from text': {
      const number = numberFor(choices, kind.inner)
      return choices.chance(75) ? String(number) : choices.pick<unknown>([number, true, null, '', ' 7 ', 'seven', [7]])
    }
    case 'boolean':
      return choices.chance(50)
    case 'null':
      return null
    case 'literals':
      return choices.chance(85) ? choices.pick(kind.values) : choices.pick(TEXTS)
    case 'list': {
      const { least = 0, most = least + 2 } = kind
      const length = choices.chance(85) ? least + choices.below(most - least + 1) : choices.below(5)
      return Array.from({ length }, () => inner(kind.element))
    }
    case 'pair': {
      const pair = [inner(kind.first), inner(kind.second)]
      return choices.chance(90) ? pair : choices.pick<unknown>([pair.slice(0, 1), [...pair, 1]])
    }
    case 'object': {
      const keys = kind.keys.filter(({ isOptional }) => choices.chance(isOptional ? 50 : 97))
      const entries = choices.shuffle(keys).map(({ name, value }): [string, unknown] => [name, inner(value)])
      if (choices.chance(8)) entries.push([choices.pick(['more', 'abcd', '__proto__', 'constructor']), 1])
      return Object.fromEntries(entries)
    }
    case 'record':
      return Object.fromEntries(choices.many(2, (index) => [choices.pick(['a', 'b', '']) + index, inner(kind.value)]))
    case 'nullable':
      return choices.chance(25) ? null : inner(kind.inner)
    case 'either':
      return inner(choices.chance(50) ? kind.one : kind.other)
    case 'caught':
      return choices.chance(60) ? inner(kind.inner) : choices.pick<unknown>([...TEXTS, ...NUMBERS, true, [], {}])
    case 'prepared': {
      const value = inner(kind.inner)
      if (choices.chance(60)) return value
      return typeof value === 'string' ? `  ${value} ` : [value]
    }
    case 'made':
      return inner(kind.inner)
    default: {
      const impossible: never = kind
      return impossible
    }
  }
}

function textFor(choices: Choices, kind: TextKind): string {
  const pool = kind.format === undefined ? TEXTS : [...FORMATTED[kind.format], ...TEXTS]
  const fits = (text: string): boolean => {
    const seen = kind.change === 'trim' ? text.trim() : kind.change === 'lower' ? text.toLowerCase() : text
    return (
      kind.patterns.every((pattern) => pattern.test(seen)) &&
      seen.length >= (kind.least ?? 0) &&
      seen.length <= (kind.most ?? Infinity) &&
      seen.startsWith(kind.starts ?? '') &&
      seen.endsWith(kind.ends ?? '') &&
      seen.includes(kind.includes ?? '') &&
      (kind.format === undefined || FORMATTED[kind.format].includes(seen))
    )
  }
  const fitting = choices.chance(80) ? pool.filter(fits) : []
  const text = choices.pick(fitting.length > 0 ? fitting : pool)
  return kind.change !== undefined && choices.chance(50) ? ` ${text.toUpperCase()} ` : text
}

function numberFor(choices: Choices, { isWhole, minimum, maximum, above, below, step }: NumberKind): number {
  const multiples = step === undefined ? [] : [1, 2, 3, 4, 10, 20, 30].map((count) => count * step)
  const pool = [...NUMBERS, ...multiples, ...[minimum, maximum, above, below].filter((bound) => bound !== undefined)]
  const fits = (value: number): boolean =>
    (isWhole !== true || Number.isInteger(value)) &&
    value >= (minimum ?? -Infinity) &&
    value <= (maximum ?? Infinity) &&
    value > (above ?? -Infinity) &&
    value < (below ?? Infinity) &&
    (step === undefined || Number.isInteger(Math.round((value / step) * 1e9) / 1e9))
  const fitting = choices.chance(80) ? pool.filter(fits) : []
  return choices.pick(fitting.length > 0 ? fitting : pool)
}

/** Writes a value in one of the ways that JSON has for it: escapes, spaces, exponents. */
export function write(choices: Choices, value: unknown): string {
  const space = choices.chance(20) ? () => choices.pick(['', ' ', '\n']) : () => ''
  const visit = (part: unknown): string => {
    if (typeof part === 'number') return numeral(choices, part)
    if (typeof part === 'string') return quoted(choices, part)
    if (Array.isArray(part)) return `[${part.map((item) => space() + visit(item) + space()).join(',')}]`
    if (typeof part !== 'object' || part === null) return JSON.stringify(part)
    const entries = Object.entries(part).map(
      ([key, child]) => `${space()}${quoted(choices, key)}${space()}:${visit(child)}`,
    )
    return `{${entries.join(',')}${space()}}`
  }
  return space() + visit(value)
}

function quoted(choices: Choices, text: string): string {
  const plain = JSON.stringify(text)
  if (!choices.chance(10)) return plain
  const escape = (unit: string): string => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return `"${Array.from({ length: text.length }, (_, index) => escape(text[index]!)).join('')}"`
}

function numeral(choices: Choices, value: number): string {
  const plain = Object.is(value, -0) ? '-0' : String(value)
  if (!choices.chance(25)) return plain
  const others = [
    value.toExponential(),
    value.toExponential().toUpperCase(),
    plain.includes('.') ? `${plain}0` : `${plain}.0`,
  ]
  const shifted = /^(-?)([1-9]\d*)$/.exec(plain)
  if (shifted !== null) others.push(`${shifted[1]}0.${shifted[2]}e${shifted[2]!.length}`, `${plain}00e-2`)
  return choices.pick(
    others.filter((other) => Number(other) === value && /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(other)),
  )
}
