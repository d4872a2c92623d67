/**
 * RFC 8259 as the RFC writes it: one function for each rule, slow and plain, with nothing in common with the parser
 * under test. `JSON.parse` alone would not do: on Node 24 it returns wrong keys where keys hold escapes
 * (nodejs/node#63785).
 */
export type OracleResult = { ok: true; value: unknown; hasDuplicateKey: boolean } | { ok: false; position: number }

class Rejected extends Error {
  readonly position: number
  constructor(position: number) {
    super(`not JSON at ${position}`)
    this.position = position
  }
}

/** The value of a JSON text, or the offset of the first character that no JSON text can have there. */
export function oracle(text: string): OracleResult {
  let at = 0
  let hasDuplicateKey = false
  const here = (): string => text.charAt(at)
  const take = (wanted: string): void => {
    for (const character of wanted) {
      if (here() !== character) throw new Rejected(at)
      at++
    }
  }
  const whitespace = (): void => {
    while (here() !== '' && ' \t\n\r'.includes(here())) at++
  }
  const digits = (): void => {
    if (!/^[0-9]$/.test(here())) throw new Rejected(at)
    while (/^[0-9]$/.test(here())) at++
  }

  function value(): unknown {
    switch (here()) {
      case '{':
        return object()
      case '[':
        return array()
      case '"':
        return string()
      case 't':
        take('true')
        return true
      case 'f':
        take('false')
        return false
      case 'n':
        take('null')
        return null
      default:
        return number()
    }
  }

  function object(): unknown {
    const members: [string, unknown][] = []
    take('{')
    whitespace()
    if (here() === '}') {
      at++
      return {}
    }
    for (;;) {
      whitespace()
      const key = string()
      whitespace()
      take(':')
      whitespace()
      members.push([key, value()])
      whitespace()
      if (here() === '}') break
      take(',')
    }
    at++
    if (new Set(members.map(([key]) => key)).size < members.length) hasDuplicateKey = true
    return Object.fromEntries(members)
  }

  function array(): unknown {
    const elements: unknown[] = []
    take('[')
    whitespace()
    if (here() === ']') {
      at++
      return elements
    }
    for (;;) {
      whitespace()
      elements.push(value())
      whitespace()
      if (here() === ']') break
      take(',')
    }
    at++
    return elements
  }

  function number(): number {
    const start = at
    if (here() === '-') at++
    if (here() === '0') at++
    else digits()
    if (here() === '.') {
      at++
      digits()
    }
    if (here() === 'e' || here() === 'E') {
      at++
      if (here() === '+' || here() === '-') at++
      digits()
    }
    return Number(text.slice(start, at))
  }

  function string(): string {
    let result = ''
    take('"')
    for (;;) {
      const character = here()
      if (character === '' || character < ' ') throw new Rejected(at)
      at++
      if (character === '"') return result
      result += character === '\\' ? escape() : character
    }
  }

  function escape(): string {
    const letter = here()
    const meaning: Record<string, string> = {
      '"': '"',
      '\\': '\\',
      '/': '/',
      b: '\b',
      f: '\f',
      n: '\n',
      r: '\r',
      t: '\t',
    }
    if (letter !== 'u') {
      if (letter === '' || !Object.hasOwn(meaning, letter)) throw new Rejected(at)
      at++
      return meaning[letter]!
    }
    at++
    const start = at
    while (at < start + 4) {
      if (!/^[0-9A-Fa-f]$/.test(here())) throw new Rejected(at)
      at++
    }
    return String.fromCharCode(Number.parseInt(text.slice(start, at), 16))
  }

  try {
    whitespace()
    const result = value()
    whitespace()
    if (at < text.length) throw new Rejected(at)
    return { ok: true, value: result, hasDuplicateKey }
  } catch (error) {
    if (error instanceof Rejected) return { ok: false, position: error.position }
    throw error
  }
}
