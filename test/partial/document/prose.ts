import type { z } from 'zod'

import type { Choices } from '../../support/property.ts'

/** A text that a model might write, and which value a careful reader takes from it; `right` absent: none. */
export interface ProseCase {
  text: string
  right?: { value: unknown }
  /** Whether an error is as good as the value: a careful reader may hesitate. */
  mayFail: boolean
}

/** How one schema's values are made and written. */
export interface Values {
  schema: z.ZodType
  /** A value with something in it; two calls with different numbers give different values. */
  make(choices: Choices, number: number): unknown
  isList: boolean
}

const write = (choices: Choices, value: unknown): string =>
  choices.chance(30) ? JSON.stringify(value, null, 2) : JSON.stringify(value)

const OPENERS = ['', 'Sure!\n', 'Here you go.\n\n', 'I looked at the sources.\n', 'Okay, so the user wants this.\n\n']
const HAND_OVER = [
  '',
  'Here is the answer:\n',
  'The answer:\n',
  'The result is below.\n\n',
  'As requested:\n\n',
  '## Answer\n\n',
]
const CLOSERS = ['', '\n', '\nI hope this helps!', '\n\nLet me know if you need more.', '\nDone.', '\n\n---\n']

/** What has brackets and is no document, on lines after the answer. */
const NOISE = [
  'See [1] and [2] for more.',
  '[1] Smith, 2020',
  '[2]: https://example.org',
  '- [ ] review it\n- [x] send it',
  'If there were none, I would return [].',
  'An empty object {} would not do.',
  'Call `fetch(url, {})` to use it.',
  'Read [the manual](https://example.org/a[1]).',
  'The set {a, b} is finite.',
  'The keys are {name, age}.',
  'Use `f([1, 2])` or `g({"n": "x"})`.',
  'It holds for all x in [0, 1].',
  '```js\nfetch(url, {})\n```',
  '```python\nrows = []\nprint(rows[0])\n```',
  '| [1] | {} |',
]
/** The same before the answer, where nothing else is in sight yet. */
const NOISE_BEFORE = [
  'From source [1] I took this.',
  'See [2].',
  '- [ ] think\n- [x] write',
  'With {} left out:',
  'The shape {title, count} was asked for.',
  'Template {{name}} filled.',
  'Read [the manual](https://example.org).',
]

const fence = (choices: Choices, text: string): string => {
  const mark = choices.pick(['```', '```', '````', '~~~'])
  return `${mark === '~~~' ? '\n' : ''}${mark}${choices.pick(['json', '', 'json', 'JSON'])}\n${text}\n${mark}`
}

const EXAMPLE = [
  'For example: ',
  'Example of another one:\n',
  'E.g. ',
  'An example would look like this:\n\n',
  'Something like ',
]
const DRAFT = ['Draft: ', 'A first draft:\n', 'My first attempt:\n\n', 'Rough version:\n']
const CORRECTION = [
  '\nWait, that is wrong.\n',
  '\n\nCorrection:\n',
  '\nOops, I made a mistake. The corrected version:\n',
  '\nNo, better:\n',
]
const REFUSAL = [
  "I'm sorry, I can't help with that. ",
  'I cannot answer this without more context. ',
  "I don't have the data. ",
]
const QUESTION = ['Which one do you mean? ', 'Could you tell me more? ']

/** The answer as it is placed: on lines of its own, or in a fence. */
function placed(choices: Choices, text: string): string {
  return choices.chance(50) ? fence(choices, text) : text
}

function noise(choices: Choices, lines: readonly string[]): string {
  return choices.many(2, () => choices.pick(lines)).join('\n')
}

const after = (choices: Choices): string => {
  const text = noise(choices, NOISE)
  return text === '' ? '' : `\n\n${text}`
}

type Kind = (choices: Choices, values: Values) => ProseCase

const KINDS: Record<string, Kind> = {
  answer(choices, values) {
    const value = values.make(choices, 1)
    const before = noise(choices, NOISE_BEFORE)
    const head = choices.pick(OPENERS) + (before === '' ? '' : `${before}\n`) + choices.pick(HAND_OVER)
    return {
      text: head + placed(choices, write(choices, value)) + after(choices) + choices.pick(CLOSERS),
      right: { value },
      mayFail: false,
    }
  },

  'answer on a line of prose'(choices, values) {
    const value = values.make(choices, 1)
    const head = choices.pick(['Answer: ', 'Here it is: ', 'The answer is ', 'JSON: ', 'So: '])
    return {
      text: head + JSON.stringify(value) + choices.pick(['', '.', '\n']) + after(choices),
      right: { value },
      mayFail: true,
    }
  },

  'a thought before it'(choices, values) {
    const [draft, value] = [values.make(choices, 1), values.make(choices, 2)]
    const thought = `Let me see. ${choices.pick(['', 'Perhaps ', 'Maybe:\n'])}${write(choices, draft)}${choices.pick(['', ' or so', '?\n'])}`
    const opening = choices.pick(['<think>', '<think>\n', ''])
    return {
      text: `${opening}${thought}\n</think>\n\n${placed(choices, write(choices, value))}${after(choices)}`,
      right: { value },
      mayFail: false,
    }
  },

  'a draft before it'(choices, values) {
    const [draft, value] = [values.make(choices, 1), values.make(choices, 2)]
    const first = placed(choices, write(choices, draft))
    const final = choices.pick(['\n\nFinal answer:\n', '\nAnswer:\n', '\n\nThe final result:\n\n'])
    return {
      text: choices.pick(DRAFT) + first + final + placed(choices, write(choices, value)) + after(choices),
      right: { value },
      mayFail: true,
    }
  },

  'an example before it'(choices, values) {
    const [example, value] = [values.make(choices, 1), values.make(choices, 2)]
    const text = choices.pick(EXAMPLE) + write(choices, example) + choices.pick(['\nAnswer:\n', '\n\nThe answer:\n'])
    return { text: text + placed(choices, write(choices, value)) + after(choices), right: { value }, mayFail: true }
  },

  'an example after it'(choices, values) {
    const [value, example] = [values.make(choices, 1), values.make(choices, 2)]
    const tail = choices.pick(EXAMPLE) + placed(choices, write(choices, example))
    return {
      text: `${choices.pick(HAND_OVER)}${placed(choices, write(choices, value))}\n\n${tail}${after(choices)}`,
      right: { value },
      mayFail: true,
    }
  },

  'a correction'(choices, values) {
    const [wrong, value] = [values.make(choices, 1), values.make(choices, 2)]
    const text =
      placed(choices, write(choices, wrong)) + choices.pick(CORRECTION) + placed(choices, write(choices, value))
    return { text: text + after(choices), right: { value }, mayFail: true }
  },

  'two equals'(choices, values) {
    const [one, other] = [values.make(choices, 1), values.make(choices, 2)]
    const between = choices.pick(['\n', '\n\nAnd:\n', ' ', '\n\nAnother one:\n', ', '])
    return { text: placed(choices, write(choices, one)) + between + write(choices, other), mayFail: true }
  },

  'the same twice'(choices, values) {
    const value = values.make(choices, 1)
    const text = placed(choices, write(choices, value)) + choices.pick(['\n\nAgain:\n', '\n\n']) + write(choices, value)
    return { text, right: { value }, mayFail: true }
  },

  'a refusal or a question with an example'(choices, values) {
    const example = write(choices, values.make(choices, 1))
    const head = choices.pick([...REFUSAL, ...QUESTION])
    return { text: head + choices.pick(EXAMPLE) + placed(choices, example) + choices.pick(CLOSERS), mayFail: true }
  },

  'only noise'(choices) {
    return { text: choices.pick(OPENERS) + choices.pick(NOISE) + after(choices), mayFail: true }
  },

  'a cut answer'(choices, values) {
    const whole = write(choices, values.make(choices, 1))
    const cut = whole.slice(0, 1 + choices.below(whole.length - 1))
    const head = choices.pick(['', 'Here is the answer:\n', '```json\n', 'Answer: '])
    return { text: head + cut, mayFail: true }
  },

  'a cut answer after a draft, an example or a correction'(choices, values) {
    const first = write(choices, values.make(choices, 1))
    const whole = write(choices, values.make(choices, 2))
    const cut = whole.slice(0, 1 + choices.below(whole.length - 1))
    const text = choices.pick([
      `${choices.pick(DRAFT)}${first}\nAnswer:\n${cut}`,
      `${choices.pick(EXAMPLE)}${first}\nAnswer: ${cut}`,
      `${first}${choices.pick(CORRECTION)}${cut}`,
    ])
    return { text, mayFail: true }
  },

  'a broken answer'(choices, values) {
    const whole = write(choices, values.make(choices, 1))
    const at = 1 + choices.below(whole.length - 1)
    const bad = choices.pick(['<', ')(', ': : '])
    const isInString = (whole.slice(0, at).replace(/\\./g, '').split('"').length - 1) % 2 === 1
    const text = isInString ? `${whole.slice(0, at)}` : whole.slice(0, at) + bad + whole.slice(at)
    return {
      text: choices.pick(['', 'Sure: ', 'Here it is:\n', '```json\n']) + text,
      mayFail: true,
      brokenFrom: whole,
    } as ProseCase
  },

  'JSON lines'(choices, values) {
    if (!values.isList) return KINDS.answer!(choices, values)
    const rows = [values.make(choices, 1), values.make(choices, 2), values.make(choices, 3)].flatMap(
      (list) => list as unknown[],
    )
    const lines = rows.map((row) => JSON.stringify(row)).join(choices.pick(['\n', ',\n', '\n\n']))
    const isObjects = rows.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row))
    return {
      text: choices.pick(['', 'Rows:\n']) + (choices.chance(40) ? fence(choices, lines) : lines),
      right: { value: rows },
      mayFail: !isObjects,
    }
  },
}

/** A text with an answer in it, or with what only looks like one. */
export function proseCase(choices: Choices, values: Values): ProseCase & { kind: string } {
  const kind = choices.pick(Object.keys(KINDS))
  return { kind, ...KINDS[kind]!(choices, values) }
}
