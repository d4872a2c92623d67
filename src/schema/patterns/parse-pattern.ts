import { LAST_UNIT, LINE_ENDS, WORD, charSet, complement, type CharSet } from './char-set.ts'
import { lastCharacter, readClass, readEscape, withCase, type PatternText } from './parse-class.ts'
import { UnknownSyntax, type ParsedPattern, type PatternNode } from './syntax.ts'

/** Groups inside each other; a pattern beyond that isn't followed. */
const MAX_DEPTH = 200

const EMPTY: PatternNode = { type: 'empty' }

/**
 * Parses a valid JavaScript regular expression, Annex B included.
 *
 * @throws UnknownSyntax for what this parser doesn't know.
 */
export function parsePattern(source: string, flags: string): ParsedPattern {
  const isUnicode = /[uv]/.test(flags)
  const text: PatternText = {
    source,
    flags,
    isUnicode,
    ignoresCase: flags.includes('i'),
    hasNames: /\(\?<[^=!]/.test(source),
  }
  const parser = new Parser(text)
  const root = parser.parse()
  const word = isUnicode && text.ignoresCase ? charSet([...WORD, 0x17f, 0x17f, 0x212a, 0x212a]) : WORD
  return { root, isUnicode, word, isExact: parser.isExact }
}

class Parser {
  isExact = true
  readonly #text: PatternText
  readonly #source: string
  readonly #all: CharSet
  #at = 0
  #depth = 0
  /** Capturing groups in the whole pattern; without the flag `u`, `\5` is a character if there are fewer. */
  readonly #groups: number

  constructor(text: PatternText) {
    this.#text = text
    this.#source = text.source
    this.#all = [0, lastCharacter(text)]
    this.#groups = countGroups(text.source)
  }

  parse(): PatternNode {
    const root = this.#choice()
    if (this.#at < this.#source.length) throw new UnknownSyntax()
    return root
  }

  #choice(): PatternNode {
    if (++this.#depth > MAX_DEPTH) throw new UnknownSyntax()
    const options = [this.#sequence()]
    while (this.#take('|')) options.push(this.#sequence())
    this.#depth--
    return options.length === 1 ? options[0]! : { type: 'choice', options }
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = []
    while (this.#at < this.#source.length && this.#source[this.#at] !== '|' && this.#source[this.#at] !== ')')
      parts.push(this.#repeated(this.#term()))
    return parts.length === 1 ? parts[0]! : parts.length === 0 ? EMPTY : { type: 'sequence', parts }
  }

  #term(): PatternNode {
    const source = this.#source
    const { flags } = this.#text
    const character = source[this.#at]!
    switch (character) {
      case '^':
        this.#at++
        return { type: 'assertion', kind: flags.includes('m') ? 'line-start' : 'start' }
      case '$':
        this.#at++
        return { type: 'assertion', kind: flags.includes('m') ? 'line-end' : 'end' }
      case '.':
        this.#at++
        return { type: 'set', set: flags.includes('s') ? this.#all : complement(LINE_ENDS, this.#all[1]!) }
      case '(':
        return this.#group()
      case '[': {
        const { set, end } = readClass(this.#text, this.#at)
        this.#at = end
        return { type: 'set', set }
      }
      case '\\':
        return this.#escape()
      default:
        return this.#character()
    }
  }

  #character(): PatternNode {
    const from = this.#at
    const point = this.#text.isUnicode ? this.#source.codePointAt(from)! : this.#source.charCodeAt(from)
    this.#at += point > LAST_UNIT ? 2 : 1
    const text = this.#source.slice(from, this.#at)
    return { type: 'set', set: withCase(this.#text, [point, point], /[\]{}]/.test(text) ? `\\${text}` : text) }
  }

  #escape(): PatternNode {
    const at = this.#at
    const source = this.#source
    const next = source[at + 1]!
    const reference = /^[1-9][0-9]*/.exec(source.slice(at + 1))?.[0]
    if (reference !== undefined && (this.#text.isUnicode || Number(reference) <= this.#groups)) {
      this.#at += 1 + reference.length
      return this.#anything()
    }
    const atom = readEscape(this.#text, at, false)
    if (atom !== null) {
      this.#at = atom.end
      return { type: 'set', set: withCase(this.#text, atom.set, source.slice(at, atom.end)) }
    }
    if (next === 'b' || next === 'B') {
      this.#at += 2
      return { type: 'assertion', kind: next === 'b' ? 'boundary' : 'no-boundary' }
    }
    if (next === 'k') {
      const name = /^\\k<[^>]*>/.exec(source.slice(at))?.[0]
      if (name === undefined) throw new UnknownSyntax()
      this.#at += name.length
      return this.#anything()
    }
    // Annex B: an octal number, as there is no group of it.
    const octal = readEscape(this.#text, at, true)
    if (octal === null) throw new UnknownSyntax()
    this.#at = octal.end
    return { type: 'set', set: withCase(this.#text, octal.set, source.slice(at, octal.end)) }
  }

  /** What a backreference takes can't be followed: anything. */
  #anything(): PatternNode {
    this.isExact = false
    return { type: 'repeat', inner: { type: 'set', set: this.#all }, minimum: 0, maximum: Infinity }
  }

  #group(): PatternNode {
    if (this.#take('(?:')) return this.#closed(this.#choice())
    if (this.#take('(?=')) return { type: 'lookahead', inner: this.#closed(this.#choice()), isNegative: false }
    if (this.#take('(?!')) return this.#negative()
    if (this.#take('(?<=') || this.#take('(?<!')) {
      this.#closed(this.#choice())
      this.isExact = false
      return EMPTY
    }
    const name = /^\(\?<[^>]*>/.exec(this.#source.slice(this.#at))?.[0]
    if (name !== undefined) this.#at += name.length
    else if (this.#source[this.#at + 1] === '?') throw new UnknownSyntax()
    else this.#at++
    return this.#closed(this.#choice())
  }

  /** A negative lookahead that is followed only roughly, or holds another lookahead, is left out. */
  #negative(): PatternNode {
    const wasExact = this.isExact
    this.isExact = true
    const inner = this.#closed(this.#choice())
    const isUsable = this.isExact && !holdsLookahead(inner)
    this.isExact = wasExact && isUsable
    return isUsable ? { type: 'lookahead', inner, isNegative: true } : EMPTY
  }

  #closed(inner: PatternNode): PatternNode {
    if (!this.#take(')')) throw new UnknownSyntax()
    return inner
  }

  #repeated(inner: PatternNode): PatternNode {
    const counts = this.#counts()
    if (counts === null) return inner
    this.#take('?')
    const [minimum, maximum] = counts
    return { type: 'repeat', inner, minimum, maximum }
  }

  #counts(): [minimum: number, maximum: number] | null {
    if (this.#take('*')) return [0, Infinity]
    if (this.#take('+')) return [1, Infinity]
    if (this.#take('?')) return [0, 1]
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.#source.slice(this.#at, this.#at + 40))
    if (counted === null) return null
    this.#at += counted[0].length
    const minimum = Number(counted[1])
    return [minimum, counted[2] === undefined ? minimum : counted[3] === '' ? Infinity : Number(counted[3])]
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }
}

function holdsLookahead(node: PatternNode): boolean {
  switch (node.type) {
    case 'lookahead':
      return true
    case 'sequence':
      return node.parts.some(holdsLookahead)
    case 'choice':
      return node.options.some(holdsLookahead)
    case 'repeat':
      return holdsLookahead(node.inner)
    case 'empty':
    case 'set':
    case 'assertion':
      return false
    default: {
      const never: never = node
      return never
    }
  }
}

function countGroups(source: string): number {
  let count = 0
  let isInClass = false
  for (let index = 0; index < source.length; index++) {
    const character = source[index]
    if (character === '\\') index++
    else if (character === '[') isInClass = true
    else if (character === ']') isInClass = false
    else if (character === '(' && !isInClass) {
      const isCapturing =
        source[index + 1] !== '?' || (source[index + 2] === '<' && !/[=!]/.test(source[index + 3] ?? ''))
      if (isCapturing) count++
    }
  }
  return count
}
