import { parsePattern } from './parse-pattern.ts'
import { compileProgram, type CharacterClasses, type Program } from './program.ts'
import { UnknownSyntax } from './syntax.ts'
import { isFree, Threads, type Thread } from './threads.ts'

/** Deterministic states of one pattern that are kept; beyond that all are forgotten and made again as they are met. */
const MAX_STATES = 500
/** Threads that are kept along with them. */
const MAX_THREADS = 8000
/** Threads of one state; a pattern that needs more is followed no further. */
const MAX_THREADS_AT_ONCE = 1000
/** Threads that are tried to find out whether one can still match; beyond that it is taken to be alive. */
const MAX_TRIED = 4000
/** Patterns that are kept. */
const MAX_PATTERNS = 500

/** Follows one string as it grows. */
export interface PatternReader {
  /** Reads on. False once nothing that could follow would make the pattern match. O(1) a character, amortized. */
  grow(piece: string): boolean
}

/** Answers, for a regular expression, whether a string that begins like this can still match. */
export interface PatternMachine {
  /**
   * Every string that can't match any more is known as such at once. False where a part of the pattern can't be
   * followed: a string may then count as possible although it isn't, but never the other way round.
   */
  readonly isExact: boolean
  open(): PatternReader
}

/** A regular expression, as the `source` and `flags` of a `RegExp` have it. */
export interface Pattern {
  readonly source: string
  readonly flags: string
}

interface State {
  readonly threads: readonly Thread[]
  /** Nothing that follows changes the answer. */
  readonly isFinal: boolean
  readonly isDead: boolean
  /** By class of character. */
  next: (State | undefined)[]
}

const machines = new Map<string, PatternMachine | null>()

/**
 * The machine of a regular expression, matched the way `RegExp.prototype.test` does with `lastIndex` 0; `null` for
 * patterns that can't be followed at all. No text makes it slow: there is no backtracking, and its memory is bounded.
 */
export function patternMachine(source: string, flags: string): PatternMachine | null {
  return jointMachine([{ source, flags }])
}

/**
 * The machine of several patterns that must all match: it knows when two of them contradict each other. `null` where
 * that can't be followed, or where they disagree in what a character is (flag `u`).
 */
export function jointMachine(patterns: readonly Pattern[]): PatternMachine | null {
  const key = patterns.map(({ source, flags }) => `${flags}/${source}`).join('\n')
  let machine = machines.get(key)
  if (machine === undefined) {
    machine = makeMachine(patterns)
    if (machines.size >= MAX_PATTERNS) machines.clear()
    machines.set(key, machine)
  }
  return machine
}

function makeMachine(patterns: readonly Pattern[]): PatternMachine | null {
  try {
    const parsed = patterns.map(({ source, flags }) => ({
      ...parsePattern(source, flags),
      isAnchored: flags.includes('y'),
    }))
    const [{ isUnicode, word }] = parsed as [(typeof parsed)[0]]
    if (parsed.some((pattern) => pattern.isUnicode !== isUnicode || pattern.word.length !== word.length)) return null
    return new Automaton(compileProgram(parsed))
  } catch (error) {
    if (error instanceof UnknownSyntax) return null
    throw error
  }
}

const MAYBE: State = { threads: [], isFinal: true, isDead: false, next: [] }
const DEAD: State = { threads: [], isFinal: true, isDead: true, next: [] }

/** A deterministic automaton that is made as texts need it. */
class Automaton implements PatternMachine {
  isExact: boolean
  readonly isUnicode: boolean
  readonly classes: CharacterClasses
  readonly #threads: Threads
  #states = new Map<string, State>()

  constructor(program: Program) {
    this.isExact = program.isExact
    this.isUnicode = program.isUnicode
    this.classes = program.classes
    this.#threads = new Threads(program)
    this.initial()
  }

  open(): PatternReader {
    return new Reader(this)
  }

  initial(): State {
    const thread = this.#threads.initial()
    return this.#state(this.#isAlive(thread) ? [thread] : [])
  }

  /** The state after a character of this class. */
  after(state: State, character: number): State {
    const known = state.next[character]
    if (known !== undefined) return known
    const next = this.#make(state, character)
    state.next[character] = next
    return next
  }

  #make(state: State, character: number): State {
    this.#forget()
    const alive = new Map<number, Thread>()
    try {
      for (const thread of state.threads) {
        for (const next of this.#threads.step(thread, character)) if (this.#isAlive(next)) alive.set(next.id, next)
        if (alive.size > MAX_THREADS_AT_ONCE) return this.#giveUp()
      }
    } catch (error) {
      if (error instanceof UnknownSyntax) return this.#giveUp()
      throw error
    }
    return this.#state([...alive.values()])
  }

  #giveUp(): State {
    this.isExact = false
    return MAYBE
  }

  #state(threads: readonly Thread[]): State {
    if (threads.length === 0) return DEAD
    if (threads.some(isFree)) return MAYBE
    const sorted = threads.toSorted((a, b) => a.id - b.id)
    const key = sorted.map(({ id }) => id).join()
    let state = this.#states.get(key)
    if (state === undefined) {
      state = { threads: sorted, isFinal: false, isDead: false, next: [] }
      this.#states.set(key, state)
    }
    return state
  }

  /** Keeps the memory bounded. Readers keep the state that they are in. */
  #forget(): void {
    if (this.#states.size < MAX_STATES && this.#threads.size < MAX_THREADS) return
    for (const state of this.#states.values()) state.next = []
    this.#states = new Map()
    this.#threads.clear()
  }

  /** Whether some text that follows makes the thread match: a search among what it can become. */
  #isAlive(thread: Thread): boolean {
    if (thread.isAlive !== undefined) return thread.isAlive
    const from = new Map<Thread, Thread | null>([[thread, null]])
    const open = [thread]
    const markAlive = (last: Thread): true => {
      for (let at: Thread | null = last; at !== null; at = from.get(at) ?? null) at.isAlive = true
      return true
    }
    for (let current = open.pop(); current !== undefined; current = open.pop()) {
      if (this.#threads.mayEnd(current)) return markAlive(current)
      for (let character = 0; character < this.classes.count; character++) {
        for (const next of this.#threads.step(current, character)) {
          if (from.has(next) || next.isAlive === false) continue
          from.set(next, current)
          if (next.isAlive === true) return markAlive(next)
          open.push(next)
        }
      }
      if (from.size > MAX_TRIED) {
        this.isExact = false
        thread.isAlive = true
        return true
      }
    }
    for (const tried of from.keys()) tried.isAlive = false
    return false
  }
}

class Reader implements PatternReader {
  readonly #automaton: Automaton
  #state: State
  /** Half of a surrogate pair, until its other half comes. */
  #high = 0

  constructor(automaton: Automaton) {
    this.#automaton = automaton
    this.#state = automaton.initial()
  }

  grow(piece: string): boolean {
    const automaton = this.#automaton
    const { classes, isUnicode } = automaton
    let state = this.#state
    for (let index = 0; index < piece.length && !state.isFinal; index++) {
      const unit = piece.charCodeAt(index)
      if (unit < 128 && this.#high === 0) {
        const character = classes.ascii[unit]!
        state = state.next[character] ?? automaton.after(state, character)
      } else if (isUnicode) state = this.#readPoint(state, unit)
      else state = automaton.after(state, classes.of(unit))
    }
    this.#state = state
    return !state.isDead
  }

  #readPoint(state: State, unit: number): State {
    const automaton = this.#automaton
    const high = this.#high
    this.#high = 0
    if (high !== 0) {
      if ((unit & 0xfc00) === 0xdc00)
        return automaton.after(state, automaton.classes.of(((high & 0x3ff) << 10) + (unit & 0x3ff) + 0x10000))
      const after = automaton.after(state, automaton.classes.of(high))
      if (after.isFinal) return after
      return this.#readPoint(after, unit)
    }
    if ((unit & 0xfc00) === 0xd800) {
      this.#high = unit
      return state
    }
    return automaton.after(state, automaton.classes.of(unit))
  }
}
