import type { Choices } from '../support/property.ts'

/** A JSON document with what plain data cannot hold: the order of keys, and duplicate ones. */
export type Doc =
  | { kind: 'leaf'; value: string | number | boolean | null }
  | { kind: 'array'; items: Doc[] }
  | { kind: 'object'; entries: [string, Doc][] }

export function docOf(value: unknown): Doc {
  if (Array.isArray(value)) return { kind: 'array', items: value.map(docOf) }
  if (typeof value === 'object' && value !== null) {
    return { kind: 'object', entries: Object.entries(value).map(([key, child]) => [key, docOf(child)]) }
  }
  return { kind: 'leaf', value: value as string | number | boolean | null }
}

/** The text of a document, with whitespace and escapes where the choices want them. */
export function print(choices: Choices, doc: Doc): string {
  const isPlain = !choices.chance(30)
  const blank = () => (isPlain || !choices.chance(25) ? '' : choices.pick([' ', '\n', '\t ', '\r\n  ']))
  const quote = (text: string) => (isPlain ? JSON.stringify(text) : escaped(choices, text))
  const write = (node: Doc): string => {
    switch (node.kind) {
      case 'array':
        return `[${blank()}${node.items.map(write).join(`${blank()},${blank()}`)}${blank()}]`
      case 'object':
        return `{${blank()}${node.entries.map(([key, child]) => `${quote(key)}${blank()}:${blank()}${write(child)}`).join(`${blank()},${blank()}`)}${blank()}}`
      default:
        return typeof node.value === 'string' ? quote(node.value) : JSON.stringify(node.value)
    }
  }
  return blank() + write(doc) + blank()
}

function escaped(choices: Choices, text: string): string {
  let result = '"'
  for (let index = 0; index < text.length; index++) {
    const unit = text[index]!
    if (choices.chance(20)) result += `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
    else if (unit === '/' && choices.chance(50)) result += '\\/'
    else result += JSON.stringify(unit).slice(1, -1)
  }
  return `${result}"`
}

/** Keys of objects in another order. */
export function shuffled(choices: Choices, doc: Doc): Doc {
  if (doc.kind === 'array') return { kind: 'array', items: doc.items.map((item) => shuffled(choices, item)) }
  if (doc.kind !== 'object') return doc
  return {
    kind: 'object',
    entries: choices.shuffle(doc.entries.map(([key, child]): [string, Doc] => [key, shuffled(choices, child)])),
  }
}

const KEYS = ['a', 'b', 'c', 'd', 'type', 'kind', 'zz', 'value', 'children', '__proto__', 'constructor', '1']
const STRINGS = [
  '',
  'a',
  'ab',
  'abc',
  'b',
  'red',
  'reddish',
  'green',
  'é',
  '😀',
  'x1',
  '12',
  'true',
  'A',
  ' a ',
  'a@b.co',
]

/** Any small value. */
export function anyValue(choices: Choices, depth = 2): unknown {
  switch (choices.below(depth > 0 ? 7 : 5)) {
    case 0:
      return null
    case 1:
      return choices.pick([0, 1, -1, 2.5, 12, 1e21, 100])
    case 2:
      return choices.pick(STRINGS)
    case 3:
      return true
    case 4:
      return false
    case 5:
      return choices.many(3, () => anyValue(choices, depth - 1))
    default:
      return Object.fromEntries(choices.many(3, () => [choices.pick(KEYS), anyValue(choices, depth - 1)]))
  }
}

/** The document with one place made different: another type, a typo, missing, extra or duplicate. */
export function mutated(choices: Choices, doc: Doc): Doc {
  if (doc.kind === 'leaf' || choices.chance(20)) return mutatedHere(choices, doc)
  if (doc.kind === 'array') {
    if (doc.items.length === 0 || choices.chance(30)) return mutatedArray(choices, doc.items)
    const index = choices.below(doc.items.length)
    return { kind: 'array', items: doc.items.with(index, mutated(choices, doc.items[index]!)) }
  }
  if (doc.entries.length === 0 || choices.chance(35)) return mutatedObject(choices, doc.entries)
  const index = choices.below(doc.entries.length)
  const [key, child] = doc.entries[index]!
  return { kind: 'object', entries: doc.entries.with(index, [key, mutated(choices, child)]) }
}

function mutatedHere(choices: Choices, doc: Doc): Doc {
  if (doc.kind === 'leaf' && typeof doc.value === 'string' && choices.chance(60)) {
    const { value } = doc
    const typos = [
      `${value}x`,
      value.slice(0, -1),
      `x${value}`,
      value.toUpperCase(),
      `${value.slice(0, 1)}?${value.slice(1)}`,
      value.repeat(4),
    ]
    return { kind: 'leaf', value: choices.pick(typos) }
  }
  if (doc.kind === 'leaf' && typeof doc.value === 'number' && choices.chance(60)) {
    return { kind: 'leaf', value: choices.pick([doc.value + 0.5, -doc.value, doc.value * 1000, String(doc.value)]) }
  }
  if (choices.chance(15)) return { kind: 'array', items: [doc] }
  return docOf(anyValue(choices))
}

function mutatedArray(choices: Choices, items: Doc[]): Doc {
  const at = choices.below(items.length + 1)
  switch (choices.below(3)) {
    case 0:
      return { kind: 'array', items: items.toSpliced(at, 1) }
    case 1:
      return { kind: 'array', items: items.toSpliced(at, 0, docOf(anyValue(choices))) }
    default:
      return { kind: 'array', items: [...items, ...items, ...items] }
  }
}

function mutatedObject(choices: Choices, entries: [string, Doc][]): Doc {
  const at = choices.below(entries.length + 1)
  switch (choices.below(4)) {
    case 0:
      return { kind: 'object', entries: entries.toSpliced(at, 1) }
    case 1:
    case 2:
      return { kind: 'object', entries: entries.toSpliced(at, 0, [choices.pick(KEYS), docOf(anyValue(choices))]) }
    default: {
      const again = entries[choices.below(entries.length)]
      return {
        kind: 'object',
        entries:
          again === undefined
            ? entries
            : entries.toSpliced(at, 0, choices.chance(50) ? again : [again[0], docOf(anyValue(choices))]),
      }
    }
  }
}

export function hasDuplicateKey(doc: Doc): boolean {
  if (doc.kind === 'leaf') return false
  if (doc.kind === 'array') return doc.items.some(hasDuplicateKey)
  return (
    new Set(doc.entries.map(([key]) => key)).size < doc.entries.length ||
    doc.entries.some(([, child]) => hasDuplicateKey(child))
  )
}
