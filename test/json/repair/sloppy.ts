import type { Choices } from '../../support/property.ts'

/** How a careless writer writes; each document keeps to one hand. */
interface Hand {
  quote: readonly [string, string]
  hasBareKeys: boolean
  hasBareValues: boolean
  hasRawControls: boolean
  hasPythonLiterals: boolean
  trailing: boolean
  comments: boolean
  missing: boolean
}

const QUOTES = [
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
] as const
const PYTHON = new Map<unknown, string>([
  [true, 'True'],
  [false, 'False'],
  [null, 'None'],
])
const BARE_KEY = /^[A-Za-z_$][\w$-]*$/
/** Words that stand for nothing else, not even at their beginning. */
const BARE_VALUE =
  /^(?!true|false|null|nil|undefined|NaN|Infinity|None|True|False|TRUE|FALSE|NULL|Null)[A-Za-z]+(?: [A-Za-z]+)*$/
const BEFORE = [
  '',
  'Here it is: ',
  'Sure!\n\n',
  '```json\n',
  'As asked:\n```\n',
  '<think>Hm, {"a": 1}?</think>\n',
  '\uFEFF',
]
const AFTER = ['', '\n```', '\nHope it helps.', ' (done)']

/** The value as sloppy JSON that can be read in one way. The root is an object or an array. */
export function writeSloppily(choices: Choices, value: unknown): string {
  const hand: Hand = {
    quote: choices.pick(QUOTES),
    hasBareKeys: choices.chance(40),
    // After prose a bracket and a word are prose too.
    hasBareValues: !Array.isArray(value) && choices.chance(30),
    hasRawControls: choices.chance(40),
    hasPythonLiterals: choices.chance(30),
    trailing: choices.chance(40),
    comments: choices.chance(30),
    missing: choices.chance(30),
  }
  return choices.pick(BEFORE) + new Writer(choices, hand).write(value) + choices.pick(AFTER)
}

class Writer {
  readonly #choices: Choices
  readonly #hand: Hand

  constructor(choices: Choices, hand: Hand) {
    this.#choices = choices
    this.#hand = hand
  }

  write(value: unknown): string {
    if (Array.isArray(value))
      return this.#container(
        '[',
        ']',
        value.map((item) => [this.write(item), item]),
      )
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value)
      return this.#container(
        '{',
        '}',
        entries.map(([key, child]) => [
          `${this.#key(key)}${this.#blank()}:${this.#blank()}${this.write(child)}`,
          child,
        ]),
      )
    }
    if (typeof value === 'string') return this.#string(value)
    return this.#hand.hasPythonLiterals && PYTHON.has(value) ? PYTHON.get(value)! : JSON.stringify(value)
  }

  #container(open: string, close: string, items: [text: string, value: unknown][]): string {
    let text = open + this.#blank()
    for (const [index, [item, value]] of items.entries()) {
      const next = items[index + 1]?.[0]
      text += item
      if (next === undefined) text += this.#hand.trailing ? `${this.#blank()},` : ''
      else text += this.#mayMissComma(open, next, value) ? '\n' : `${this.#blank()},`
      text += this.#blank()
    }
    return text + close
  }

  /** Between lines of an object; in an array only before what opens with a quote or bracket. */
  #mayMissComma(open: string, next: string, value: unknown): boolean {
    if (!this.#hand.missing || !this.#choices.chance(50)) return false
    return open === '{' || (/^["'`“{[]/.test(next) && (typeof value !== 'string' || this.#hand.quote[0] === '"'))
  }

  #key(key: string): string {
    return this.#hand.hasBareKeys && BARE_KEY.test(key) ? key : this.#quoted(key)
  }

  #string(text: string): string {
    return this.#hand.hasBareValues && BARE_VALUE.test(text) ? text : this.#quoted(text)
  }

  #quoted(text: string): string {
    const [open, close] = this.#hand.quote
    let inside = JSON.stringify(text).slice(1, -1)
    if (open !== '"') inside = inside.replaceAll(String.raw`\"`, '"').replaceAll(close, `\\${close}`)
    if (this.#hand.hasRawControls) inside = inside.replace(/(?<!\\)\\n/g, '\n').replace(/(?<!\\)\\t/g, '\t')
    return open + inside + close
  }

  #blank(): string {
    if (!this.#choices.chance(20)) return ''
    return this.#hand.comments
      ? this.#choices.pick([' ', '\n', ' /* c, "d" */ ', ' // e: {\n', ' # f ]\n'])
      : this.#choices.pick([' ', '\n', ' \u00a0'])
  }
}
