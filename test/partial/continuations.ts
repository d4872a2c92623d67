import type { Choices } from '../support/property.ts'

/** Values and members that are likely to fit: parts of documents that were made to fit. */
export interface Pool {
  values: unknown[]
  members: [string, unknown][]
}

export function poolOf(documents: readonly unknown[]): Pool {
  const pool: Pool = { values: [null, 0, '', true, {}, []], members: [['a', 1]] }
  const collect = (value: unknown): void => {
    pool.values.push(value)
    if (typeof value !== 'object' || value === null) return
    for (const [key, child] of Object.entries(value)) {
      if (!Array.isArray(value)) pool.members.push([key, child])
      collect(child)
    }
  }
  documents.forEach(collect)
  return pool
}

/** Some JSON text that begins with `prefix`, which is the beginning of one and has at least one character of a value. */
export function continuation(choices: Choices, prefix: string, pool: Pool): string {
  const { open, stage, token } = scan(prefix)
  let text = prefix
  let isEmpty = false
  const value = () => JSON.stringify(choices.pick(pool.values))
  const member = () => {
    const [key, child] = choices.pick(pool.members)
    return `${JSON.stringify(key)}:${JSON.stringify(child)}`
  }
  const strings = [
    ...pool.values.filter((candidate) => typeof candidate === 'string'),
    ...pool.members.map(([key]) => key),
  ]
  const restOf = (literals: readonly string[]) =>
    choices.pick(literals.filter((literal) => literal.startsWith(token))).slice(token.length)
  switch (stage) {
    case 'key':
      text += `${restOfString(choices, token, strings)}:${value()}`
      break
    case 'string':
      text += restOfString(choices, token, strings)
      break
    case 'number':
      text += /[-.eE+]$/.test(token)
        ? choices.pick(['0', '1', '25'])
        : /^-?0$/.test(token)
          ? choices.pick(['', '.5', 'e2'])
          : choices.pick(['', '0', '5', /[.eE]/.test(token) ? '1' : '.5'])
      break
    case 'literal':
      text += restOf(['true', 'false', 'null'])
      break
    case 'colon':
      text += `:${value()}`
      break
    case 'value':
      text += value()
      break
    case 'next key':
      text += member()
      break
    case 'first':
      if (choices.chance(70)) text += open.at(-1) === '{' ? member() : value()
      else isEmpty = true
      break
    default: // after a value
  }
  for (const bracket of open.toReversed()) {
    while (!isEmpty && choices.chance(40)) text += `,${bracket === '{' ? member() : value()}`
    isEmpty = false
    text += bracket === '{' ? '}' : ']'
  }
  return text
}

function restOfString(choices: Choices, token: string, strings: readonly string[]): string {
  if (/\\(u[0-9a-fA-F]{0,3})?$/.test(token)) {
    const digits = /\\u([0-9a-fA-F]{0,3})$/.exec(token)?.[1]
    return `${digits === undefined ? 'n' : '0'.repeat(4 - digits.length)}"`
  }
  const fitting = strings.map((text) => JSON.stringify(text).slice(1)).filter((text) => text.startsWith(token))
  return fitting.length > 0 && choices.chance(80)
    ? choices.pick(fitting).slice(token.length)
    : choices.pick(['"', 'a"', ' tail"'])
}

type Stage = 'value' | 'first' | 'next key' | 'key' | 'colon' | 'string' | 'number' | 'literal' | 'after'

/** What is open at the end of a prefix, and the text of the token that is. */
function scan(prefix: string): { open: string[]; stage: Stage; token: string } {
  const open: string[] = []
  let stage: Stage = 'value'
  let token = ''
  for (let at = 0; at < prefix.length; at++) {
    const character = prefix[at]!
    if (stage === 'key' || stage === 'string') {
      if (character === '"' && (/\\*$/.exec(token)![0].length & 1) === 0) stage = stage === 'key' ? 'colon' : 'after'
      else token += character
      continue
    }
    if ((stage === 'number' && /[-+.eE0-9]/.test(character)) || (stage === 'literal' && /[a-z]/.test(character))) {
      token += character
      if (token === 'true' || token === 'false' || token === 'null') stage = 'after'
      continue
    }
    if (stage === 'number') stage = 'after'
    if (character === '"') {
      stage = stage === 'next key' || (stage === 'first' && open.at(-1) === '{') ? 'key' : 'string'
      token = ''
    } else if (character === '{' || character === '[') {
      open.push(character)
      stage = 'first'
    } else if (character === '}' || character === ']') {
      open.pop()
      stage = 'after'
    } else if (character === ':') stage = 'value'
    else if (character === ',') stage = open.at(-1) === '{' ? 'next key' : 'value'
    else if (/[-0-9]/.test(character)) {
      stage = 'number'
      token = character
    } else if (/[tfn]/.test(character)) {
      stage = 'literal'
      token = character
    }
  }
  return { open, stage, token }
}
