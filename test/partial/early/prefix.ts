/**
 * What a beginning of a JSON text says of its value: a slow and simple separate reader, for the oracles. Whatever has
 * begun is there; `isDone` when it can no longer change.
 */
export type Part = StringPart | NumberPart | LiteralPart | ArrayPart | ObjectPart

export interface StringPart {
  kind: 'string'
  text: string
  isDone: boolean
}
export interface NumberPart {
  kind: 'number'
  text: string
  isDone: boolean
}
export interface LiteralPart {
  kind: 'literal'
  value: true | false | null
  isDone: boolean
}
export interface ArrayPart {
  kind: 'array'
  elements: Part[]
  /** A comma has come, and no element after it. */
  wantsMore: boolean
  isDone: boolean
}
export interface ObjectPart {
  kind: 'object'
  /** Keys whose closing quote has come. */
  entries: { key: string; value: Part | null }[]
  /** A key that is open. */
  openKey: string | null
  /** A comma has come, and no key after it. */
  wantsMore: boolean
  isDone: boolean
}

/** @param isOver nothing follows the text, so that a number at its end is complete */
export function partOf(text: string, isOver = false): Part | null {
  let at = 0
  const skip = (): void => {
    while (at < text.length && /\s/.test(text[at]!)) at++
  }
  /** Half an escape says nothing yet. */
  const unfinished = (value: string): StringPart => {
    at = text.length
    return { kind: 'string', text: whole(value), isDone: false }
  }
  const string = (): StringPart => {
    at++
    let value = ''
    while (at < text.length && text[at] !== '"') {
      if (text[at] !== '\\') value += text[at++]
      else if (text[at + 1] === 'u') {
        if (at + 6 > text.length) return unfinished(value)
        value += String.fromCharCode(Number.parseInt(text.slice(at + 2, at + 6), 16))
        at += 6
      } else {
        if (at + 2 > text.length) return unfinished(value)
        value += JSON.parse(`"${text.slice(at, at + 2)}"`) as string
        at += 2
      }
    }
    const isDone = at < text.length
    at++
    return { kind: 'string', text: isDone ? value : whole(value), isDone }
  }
  const value = (): Part | null => {
    skip()
    const first = text[at]
    if (first === undefined) return null
    if (first === '"') return string()
    if (first === '[') {
      at++
      const part: ArrayPart = { kind: 'array', elements: [], wantsMore: false, isDone: false }
      for (;;) {
        skip()
        if (text[at] === ']') {
          at++
          return { ...part, isDone: true }
        }
        if (text[at] === ',') {
          part.wantsMore = true
          at++
          continue
        }
        const element = value()
        if (element === null) return part
        part.elements.push(element)
        part.wantsMore = false
      }
    }
    if (first === '{') {
      at++
      const part: ObjectPart = { kind: 'object', entries: [], openKey: null, wantsMore: false, isDone: false }
      for (;;) {
        skip()
        if (at >= text.length) return part
        if (text[at] === '}') {
          at++
          return { ...part, isDone: true }
        }
        if (text[at] === ',') {
          part.wantsMore = true
          at++
          continue
        }
        const key = string()
        part.wantsMore = false
        if (!key.isDone) return { ...part, openKey: key.text }
        const entry = { key: key.text, value: null as Part | null }
        part.entries.push(entry)
        skip()
        if (text[at] === ':') at++
        entry.value = value()
        if (entry.value === null) return part
      }
    }
    if (/[-\d]/.test(first)) {
      const number = /^[-+.eE\d]+/.exec(text.slice(at))![0]
      at += number.length
      return { kind: 'number', text: number, isDone: at < text.length || isOver }
    }
    const word = first === 't' ? 'true' : first === 'f' ? 'false' : 'null'
    const come = text.slice(at, at + word.length)
    at += come.length
    return { kind: 'literal', value: JSON.parse(word) as boolean | null, isDone: come === word }
  }
  return value()
}

/** Half a surrogate pair says nothing yet. */
function whole(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text
}

/** The value of a part that is complete. */
export function valueOf(part: Part): unknown {
  switch (part.kind) {
    case 'string':
      return part.text
    case 'number':
      return Number(part.text)
    case 'literal':
      return part.value
    case 'array':
      return part.elements.map(valueOf)
    case 'object':
      return Object.fromEntries(part.entries.map(({ key, value }) => [key, valueOf(value!)]))
    default: {
      const never: never = part
      return never
    }
  }
}

/** JSON equality by text: keys sorted. */
export function same(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right)
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  const object = value as Record<string, unknown>
  return `{${Object.keys(object)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical(object[key])}`)
    .join()}}`
}

/** The first length of `text` at which `isCertain` holds; null when it never does. */
export function earliest(text: string, isCertain: (part: Part) => boolean): number | null {
  for (let length = 1; length <= text.length; length++) {
    const part = partOf(text.slice(0, length))
    if (part !== null && isCertain(part)) return length
  }
  const over = partOf(text, true)
  return over !== null && isCertain(over) ? text.length : null
}
