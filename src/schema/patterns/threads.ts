import type { Instruction, Program } from './program.ts'
import { UnknownSyntax, type Assertion } from './syntax.ts'

/** What is before or after a position, as far as assertions distinguish it. `START` is also the end of the text. */
const START = 0
const OTHER = 1
const IN_WORD = 2
const LINE_END = 3

/** The pattern has matched; only what was looked ahead for is still open. */
const MATCHED = -1

/** Ways through the instructions between two characters. */
const MAX_PATHS = 4000

/**
 * One way to read the text so far: the instruction that comes next, and what lookaheads still demand of what follows.
 * Of `positive` each must match; of `negative` none may, each being all the instructions that it may have got to.
 */
export interface Thread {
  readonly id: number
  /** The character before. */
  readonly context: number
  readonly main: number
  readonly positive: readonly number[]
  readonly negative: readonly (readonly number[])[]
  /** Whether some text that follows makes it match; undefined: not known yet. */
  isAlive: boolean | undefined
}

interface Path {
  /** A `take` or `match` instruction. */
  pc: number
  positive: readonly number[]
  negative: readonly number[]
}

/** Runs threads of a program over classes of characters. Threads that are alike are the same object. */
export class Threads {
  readonly program: Program
  readonly #paths = new Map<number, readonly Path[]>()
  #known = new Map<string, Thread>()
  #nextId = 0
  /** 1 where a `match` follows whatever the next character is. */
  readonly #isMatched: Uint8Array
  readonly #usesBoundary: boolean
  readonly #usesLineStart: boolean
  readonly #usesLineEnd: boolean

  constructor(program: Program) {
    this.program = program
    const { uses } = program
    this.#usesBoundary = uses.has('boundary') || uses.has('no-boundary')
    this.#usesLineStart = uses.has('line-start')
    this.#usesLineEnd = uses.has('line-end')
    this.#isMatched = Uint8Array.from(program.instructions, (_, pc) => (reachesMatch(program.instructions, pc) ? 1 : 0))
  }

  /** Threads that are known; they count towards the memory. */
  get size(): number {
    return this.#known.size
  }

  /** Forgets the known threads: those in use stay valid. */
  clear(): void {
    this.#known = new Map()
  }

  initial(): Thread {
    return this.#thread(START, this.program.start, this.program.others, [])
  }

  /** What becomes of a thread when a character of the class comes. */
  step(thread: Thread, character: number): Thread[] {
    const { instructions, takes, classes } = this.program
    const next = this.#kindOf(classes.isWord[character] === 1, classes.isLineEnd[character] === 1)
    const context = this.#contextAfter(classes.isWord[character] === 1, classes.isLineEnd[character] === 1)
    const advance = (pc: number): number | null => {
      const instruction = instructions[pc]!
      if (instruction.op === 'match') return MATCHED
      return instruction.op === 'take' && takes[instruction.set]![character] === 1 ? instruction.next : null
    }
    const found = new Map<number, Thread>()
    this.#combine(thread, next, advance, (main, positive, negative) => {
      const made = this.#thread(context, main, positive, negative)
      found.set(made.id, made)
    })
    return [...found.values()]
  }

  /** Whether the text may end here. */
  mayEnd(thread: Thread): boolean {
    const { instructions } = this.program
    let isMatch = false
    this.#combine(
      thread,
      START,
      (pc) => (instructions[pc]!.op === 'match' ? MATCHED : null),
      (_, positive) => {
        isMatch ||= positive.length === 0
      },
    )
    return isMatch
  }

  /** All ways that a thread's parts can take together; `advance` says where a part gets to, null where it dies. */
  #combine(
    thread: Thread,
    next: number,
    advance: (pc: number) => number | null,
    found: (main: number, positive: readonly number[], negative: readonly (readonly number[])[]) => void,
  ): void {
    const { context } = thread
    const settle = (main: number, positive: readonly number[], negative: readonly (readonly number[])[]): void => {
      const left: (readonly number[])[] = []
      for (const states of negative) {
        const after = this.#advanceAll(states, context, next, advance)
        if (after === null) return
        if (after.length > 0) left.push(after)
      }
      found(main, positive, left)
    }
    const follow = (
      main: number,
      open: readonly number[],
      at: number,
      positive: readonly number[],
      negative: readonly (readonly number[])[],
    ): void => {
      if (at === open.length) {
        settle(main, positive, negative)
        return
      }
      for (const path of this.#pathsFrom(open[at]!, context, next)) {
        const after = advance(path.pc)
        if (after === null) continue
        const isOver = after === MATCHED || this.#isMatched[after] === 1
        follow(main, [...open, ...path.positive], at + 1, isOver ? positive : [...positive, after], [
          ...negative,
          ...path.negative.map((pc) => [pc]),
        ])
      }
    }
    if (thread.main === MATCHED) {
      follow(MATCHED, thread.positive, 0, [], thread.negative)
      return
    }
    for (const path of this.#pathsFrom(thread.main, context, next)) {
      const after = advance(path.pc)
      if (after === null) continue
      const negative = path.negative.map((pc) => [pc])
      follow(after, [...thread.positive, ...path.positive], 0, [], [...thread.negative, ...negative])
    }
  }

  /** Where a negative lookahead gets to; null: it matches. */
  #advanceAll(
    states: readonly number[],
    context: number,
    next: number,
    advance: (pc: number) => number | null,
  ): number[] | null {
    const after = new Set<number>()
    for (const state of states) {
      for (const { pc } of this.#pathsFrom(state, context, next)) {
        const reached = advance(pc)
        if (reached === null) continue
        if (reached === MATCHED || this.#isMatched[reached] === 1) return null
        after.add(reached)
      }
    }
    return [...after].toSorted((a, b) => a - b)
  }

  #thread(
    context: number,
    main: number,
    positive: readonly number[],
    negative: readonly (readonly number[])[],
  ): Thread {
    const at = main !== MATCHED && this.#isMatched[main] === 1 ? MATCHED : main
    const demands = [...new Set(positive)].filter((pc) => this.#isMatched[pc] === 0).toSorted((a, b) => a - b)
    const refusals = [...new Map(negative.map((states) => [states.join(), states])).entries()].toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    )
    const key = `${context}|${at}|${demands.join()}|${refusals.map(([name]) => name).join(';')}`
    let thread = this.#known.get(key)
    if (thread === undefined) {
      const isFree = at === MATCHED && demands.length === 0 && refusals.length === 0
      thread = {
        id: this.#nextId++,
        context,
        main: at,
        positive: demands,
        negative: refusals.map(([, states]) => states),
        isAlive: isFree ? true : undefined,
      }
      this.#known.set(key, thread)
    }
    return thread
  }

  #pathsFrom(start: number, context: number, next: number): readonly Path[] {
    const key = start * 16 + context * 4 + next
    let paths = this.#paths.get(key)
    if (paths === undefined) this.#paths.set(key, (paths = this.#findPaths(start, context, next)))
    return paths
  }

  #findPaths(start: number, context: number, next: number): Path[] {
    const { instructions } = this.program
    const found: Path[] = []
    const seen = new Set<string>()
    const open: Path[] = [{ pc: start, positive: [], negative: [] }]
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      const { pc, positive, negative } = path
      const key = `${pc}|${positive.join()}|${negative.join()}`
      if (seen.has(key)) continue
      if (seen.size >= MAX_PATHS) throw new UnknownSyntax()
      seen.add(key)
      const instruction = instructions[pc]!
      switch (instruction.op) {
        case 'take':
        case 'match':
          found.push(path)
          break
        case 'split':
          for (const other of instruction.next) open.push({ ...path, pc: other })
          break
        case 'assert':
          if (isTrue(instruction.kind, context, next)) open.push({ ...path, pc: instruction.next })
          break
        case 'look':
          // One that matches nothing says all at once.
          if (this.#isMatched[instruction.inner] === 1) {
            if (!instruction.isNegative) open.push({ ...path, pc: instruction.next })
          } else if (instruction.isNegative)
            open.push({ pc: instruction.next, positive, negative: withNumber(negative, instruction.inner) })
          else open.push({ pc: instruction.next, positive: withNumber(positive, instruction.inner), negative })
          break
        default: {
          const never: never = instruction
          return never
        }
      }
    }
    return found
  }

  #kindOf(isWord: boolean, isLineEnd: boolean): number {
    if (this.#usesBoundary && isWord) return IN_WORD
    return this.#usesLineEnd && isLineEnd ? LINE_END : OTHER
  }

  #contextAfter(isWord: boolean, isLineEnd: boolean): number {
    if (this.#usesBoundary && isWord) return IN_WORD
    return this.#usesLineStart && isLineEnd ? LINE_END : OTHER
  }
}

/** Whether all characters that follow are welcome, and none are needed. */
export function isFree(thread: Thread): boolean {
  return thread.main === MATCHED && thread.positive.length === 0 && thread.negative.length === 0
}

function isTrue(kind: Assertion, before: number, after: number): boolean {
  switch (kind) {
    case 'start':
      return before === START
    case 'end':
      return after === START
    case 'line-start':
      return before === START || before === LINE_END
    case 'line-end':
      return after === START || after === LINE_END
    case 'boundary':
      return (before === IN_WORD) !== (after === IN_WORD)
    case 'no-boundary':
      return (before === IN_WORD) === (after === IN_WORD)
    default: {
      const never: never = kind
      return never
    }
  }
}

function withNumber(sorted: readonly number[], number: number): readonly number[] {
  return sorted.includes(number) ? sorted : [...sorted, number].toSorted((a, b) => a - b)
}

function reachesMatch(instructions: readonly Instruction[], start: number): boolean {
  const seen = new Set<number>()
  const open = [start]
  for (let pc = open.pop(); pc !== undefined; pc = open.pop()) {
    if (seen.has(pc)) continue
    seen.add(pc)
    const instruction = instructions[pc]!
    if (instruction.op === 'match') return true
    if (instruction.op === 'split') open.push(...instruction.next)
  }
  return false
}
