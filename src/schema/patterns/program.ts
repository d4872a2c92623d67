import { LAST_POINT, LAST_UNIT, LINE_ENDS, holds, type CharSet } from './char-set.ts'
import { UnknownSyntax, type Assertion, type ParsedPattern, type PatternNode } from './syntax.ts'

/** Instructions of one program; a pattern that needs more isn't followed. */
const MAX_INSTRUCTIONS = 4000
/** Instructions that one counted repetition may take; beyond that its count is followed only roughly. */
const MAX_COPIED = 1500
/** Ranges times sets, when characters are sorted into classes. */
const MAX_CLASSIFIED = 400_000

/** One step of a nondeterministic automaton. */
export type Instruction =
  /** Takes a character of set number `set`. */
  | { op: 'take'; set: number; next: number }
  | { op: 'split'; next: number[] }
  | { op: 'assert'; kind: Assertion; next: number }
  /** What begins at `inner` must match from here, or must not. */
  | { op: 'look'; inner: number; isNegative: boolean; next: number }
  | { op: 'match' }

/** A compiled pattern, with the search for its beginning included. */
export interface Program {
  readonly instructions: readonly Instruction[]
  /** Where the search for the first pattern begins. */
  readonly start: number
  /** Where the searches for the other patterns begin: all must match. */
  readonly others: readonly number[]
  readonly classes: CharacterClasses
  /** `takes[set][class]`: 1 where the set holds the characters of the class. */
  readonly takes: readonly Uint8Array[]
  readonly isUnicode: boolean
  /** False where the program matches more than the pattern. */
  readonly isExact: boolean
  readonly uses: ReadonlySet<Assertion>
}

/** Characters that no set of the pattern tells apart. */
export interface CharacterClasses {
  readonly count: number
  /** Of a character below 128. */
  readonly ascii: Uint16Array
  /** Of any character. O(log of the ranges). */
  of(character: number): number
  readonly isWord: Uint8Array
  readonly isLineEnd: Uint8Array
}

/** A pattern to be compiled. `isAnchored`: its match must begin at the start of the text (flag `y`). */
export interface PatternToCompile extends ParsedPattern {
  isAnchored: boolean
}

/**
 * Compiles patterns that must all match the same text. They must agree in what a character is.
 *
 * @throws UnknownSyntax when the program would be too large
 */
export function compileProgram(patterns: readonly PatternToCompile[]): Program {
  const { isUnicode, word } = patterns[0]!
  const compiler = new Compiler()
  const [start, ...others] = patterns.map(({ root, isAnchored }) => {
    const begin = compiler.compile(root, compiler.add({ op: 'match' }))
    if (isAnchored) return begin
    const search: Instruction & { op: 'split' } = { op: 'split', next: [begin] }
    const at = compiler.add(search)
    const all: CharSet = [0, isUnicode ? LAST_POINT : LAST_UNIT]
    search.next.push(compiler.add({ op: 'take', set: compiler.setNumber(all), next: at }))
    return at
  })
  const { instructions, sets, uses } = compiler
  const classes = classify(sets, word, isUnicode)
  const takes = sets.map((set) => classes.membership(set))
  const isExact = compiler.isExact && patterns.every((pattern) => pattern.isExact)
  return { instructions, start: start!, others, classes, takes, uses, isUnicode, isExact }
}

class Compiler {
  readonly instructions: Instruction[] = []
  readonly sets: CharSet[] = []
  readonly uses = new Set<Assertion>()
  isExact = true
  readonly #numbers = new Map<string, number>()

  add(instruction: Instruction): number {
    if (this.instructions.length >= MAX_INSTRUCTIONS) throw new UnknownSyntax()
    return this.instructions.push(instruction) - 1
  }

  setNumber(set: CharSet): number {
    const key = set.join()
    let number = this.#numbers.get(key)
    if (number === undefined) this.#numbers.set(key, (number = this.sets.push(set) - 1))
    return number
  }

  /** Returns where `node` begins, if `next` comes after it. */
  compile(node: PatternNode, next: number): number {
    switch (node.type) {
      case 'empty':
        return next
      case 'set':
        return this.add({ op: 'take', set: this.setNumber(node.set), next })
      case 'sequence':
        return node.parts.reduceRight((after, part) => this.compile(part, after), next)
      case 'choice':
        return this.add({ op: 'split', next: node.options.map((option) => this.compile(option, next)) })
      case 'repeat':
        return this.#repeat(node, next)
      case 'assertion':
        this.uses.add(node.kind)
        return this.add({ op: 'assert', kind: node.kind, next })
      case 'lookahead':
        return this.#look(node, next)
      default: {
        const never: never = node
        return never
      }
    }
  }

  #repeat({ inner, minimum, maximum }: PatternNode & { type: 'repeat' }, next: number): number {
    const size = Math.max(1, sizeOf(inner))
    const most = Math.max(1, Math.floor(MAX_COPIED / size))
    const isRough = minimum > most || (maximum !== Infinity && maximum > most)
    if (isRough) this.isExact = false
    const least = Math.min(minimum, most)
    let start = next
    if (isRough || maximum === Infinity) start = this.#loop(inner, next)
    else for (let count = least; count < maximum; count++) start = this.#optional(inner, start, next)
    for (let count = 0; count < least; count++) start = this.compile(inner, start)
    return start
  }

  #loop(inner: PatternNode, next: number): number {
    const split: Instruction & { op: 'split' } = { op: 'split', next: [] }
    const start = this.add(split)
    split.next.push(this.compile(inner, start), next)
    return start
  }

  #optional(inner: PatternNode, after: number, next: number): number {
    return this.add({ op: 'split', next: [this.compile(inner, after), next] })
  }

  #look({ inner, isNegative }: PatternNode & { type: 'lookahead' }, next: number): number {
    const wasExact = this.isExact
    this.isExact = true
    const start = this.compile(inner, this.add({ op: 'match' }))
    const isRough = !this.isExact
    this.isExact &&= wasExact
    // What must not match has to be known exactly.
    if (isNegative && isRough) return next
    return this.add({ op: 'look', inner: start, isNegative, next })
  }
}

/** About how many instructions `node` takes. */
function sizeOf(node: PatternNode): number {
  switch (node.type) {
    case 'empty':
      return 0
    case 'set':
    case 'assertion':
      return 1
    case 'sequence':
      return node.parts.reduce((sum, part) => sum + sizeOf(part), 0)
    case 'choice':
      return node.options.reduce((sum, option) => sum + sizeOf(option), 1)
    case 'lookahead':
      return 2 + sizeOf(node.inner)
    case 'repeat': {
      const { inner, minimum, maximum } = node
      const size = Math.max(1, sizeOf(inner))
      const times = maximum === Infinity ? minimum + 1 : maximum
      return Math.min(size * Math.max(1, times), MAX_COPIED + size)
    }
    default: {
      const never: never = node
      return never
    }
  }
}

function classify(sets: readonly CharSet[], word: CharSet, isUnicode: boolean) {
  const all = [...sets, word, LINE_ENDS]
  const last = isUnicode ? LAST_POINT : LAST_UNIT
  const edges = new Set<number>([0])
  for (const set of all) {
    for (let index = 0; index < set.length; index += 2) {
      edges.add(set[index]!)
      if (set[index + 1]! < last) edges.add(set[index + 1]! + 1)
    }
  }
  if (edges.size * all.length > MAX_CLASSIFIED) throw new UnknownSyntax()
  const starts = Uint32Array.from([...edges].toSorted((a, b) => a - b))
  const numbers = new Map<string, number>()
  const members: number[] = []
  const classOf = Uint16Array.from(starts, (start) => {
    const signature = all.map((set) => (holds(set, start) ? '1' : '0')).join('')
    let number = numbers.get(signature)
    if (number === undefined) {
      numbers.set(signature, (number = numbers.size))
      members.push(start)
    }
    return number
  })
  const of = (character: number): number => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= character) low = middle
      else high = middle - 1
    }
    return classOf[low]!
  }
  const membership = (set: CharSet): Uint8Array => Uint8Array.from(members, (member) => (holds(set, member) ? 1 : 0))
  return {
    count: members.length,
    ascii: Uint16Array.from({ length: 128 }, (_, character) => of(character)),
    of,
    membership,
    isWord: membership(word),
    isLineEnd: membership(LINE_ENDS),
  }
}
