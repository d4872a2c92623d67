/** Choices that a generator makes: recorded as a list of numbers, so that a failing case can be made smaller. */
export class Choices {
  readonly taken: number[] = []
  readonly #next: () => number
  constructor(next: () => number) {
    this.#next = next
  }

  /** A whole number from 0 to `below` - 1; 0 is the simplest choice. */
  below(below: number): number {
    const raw = this.#next()
    this.taken.push(raw)
    return raw % below
  }
  pick<T>(options: readonly T[]): T {
    return options[this.below(options.length)]!
  }
  /** True in `percent` of the cases; false is the simpler choice. */
  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent
  }
  many<T>(most: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.below(most + 1) }, (_, index) => make(index))
  }
  shuffle<T>(items: readonly T[]): T[] {
    const rest = [...items]
    return items.map(() => rest.splice(this.below(rest.length), 1)[0]!)
  }
}

export interface PropertyOptions {
  cases: number
  seed: number
  /** Cases are numbered from here: to run one of them again. */
  from?: number
}

/** How many cases to run and from which seed: `LAWS_CASES` and `LAWS_SEED` or their like, otherwise the quick run's. */
export function runSize(prefix: 'LAWS' | 'FUZZ', quickCases: number): PropertyOptions {
  const env = (name: string, otherwise: number) => Number(process.env[`${prefix}_${name}`] ?? otherwise)
  return { cases: env('CASES', quickCases), seed: env('SEED', 1), from: env('FROM', 0) }
}

/** The time limit of a property in the quick run, in milliseconds; at length there is none. */
export function patience(quick: number): number {
  return process.env.LONG_RUN === undefined ? quick : 0
}

/**
 * Runs `check` on `cases` cases; `check` throws when its law does not hold. A failure is made smaller first,
 * and reported with the seed and the number of the case.
 */
export async function property(options: PropertyOptions, check: (choices: Choices) => unknown): Promise<void> {
  const { cases, seed, from = 0 } = options
  for (let index = from; index < from + cases; index++) {
    if (index % TURN === TURN - 1) await nextTurn()
    const choices = new Choices(generator(seed, index))
    const failure = await failureOf(check, choices)
    if (failure !== null) throw await smallest(options, index, check, choices.taken, failure)
  }
}

/**
 * Judges each case by several laws. It is made once for all of them, because making schemas and documents is most of
 * a case's cost. Gives what came of each law that does not hold.
 */
export async function brokenLaws<Made>(
  options: PropertyOptions,
  make: (choices: Choices) => Made,
  laws: Readonly<Record<string, (made: Made, choices: Choices) => unknown>>,
): Promise<Map<string, Error>> {
  const { cases, seed, from = 0 } = options
  const broken = new Map<string, Error>()
  for (let index = from; index < from + cases; index++) {
    if (index % TURN === TURN - 1) await nextTurn()
    const making = new Choices(generator(seed, index))
    const made = make(making)
    for (const [position, [name, law]] of Object.entries(laws).entries()) {
      if (broken.has(name)) continue
      const judging = new Choices(generator(seed + position + 1, index))
      const failure = await failureOf((choices) => law(made, choices), judging)
      if (failure === null) continue
      const check = (choices: Choices) => law(make(choices), choices)
      broken.set(name, await smallest(options, index, check, [...making.taken, ...judging.taken], failure))
    }
  }
  return broken
}

/** Cases run in one turn of the event loop: a test runner that hears nothing for minutes gives up. */
const TURN = 200
/** The real one, in tests with simulated timers too. */
const { setImmediate } = globalThis
const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve))

async function smallest(
  { seed }: PropertyOptions,
  index: number,
  check: (choices: Choices) => unknown,
  taken: readonly number[],
  failure: unknown,
): Promise<Error> {
  const found = await shrink(check, taken, failure)
  const cause = found instanceof Error ? found : new Error(String(found))
  return new Error(`case ${index} of seed ${seed}, made smaller:\n${cause.message}`, { cause })
}

async function failureOf(check: (choices: Choices) => unknown, choices: Choices): Promise<unknown> {
  try {
    const pending = check(choices)
    if (pending instanceof Promise) await pending
    return null
  } catch (error) {
    return error
  }
}

/** Takes out blocks of choices and makes single ones simpler, while the law still fails. */
async function shrink(
  check: (choices: Choices) => unknown,
  taken: readonly number[],
  first: unknown,
): Promise<unknown> {
  let best = [...taken]
  let failure = first
  let budget = 1500
  const attempt = async (candidate: number[]): Promise<boolean> => {
    if (budget-- <= 0) return false
    let index = 0
    const choices = new Choices(() => candidate[index++] ?? 0)
    const found = await failureOf(check, choices)
    if (found === null) return false
    best = choices.taken.slice(0, candidate.length)
    failure = found
    return true
  }
  for (let improved = true; improved && budget > 0;) {
    improved = false
    for (let size = best.length >> 1; size >= 1; size >>= 1) {
      for (let at = 0; at + size <= best.length;) {
        const removed = [...best.slice(0, at), ...best.slice(at + size)]
        if (await attempt(removed)) improved = true
        else at += size
      }
    }
    for (let at = 0; at < best.length; at++) {
      for (const simpler of [0, best[at]! >> 1, best[at]! - 1]) {
        if (simpler < 0 || simpler >= best[at]!) continue
        if (await attempt(best.with(at, simpler))) {
          improved = true
          break
        }
      }
    }
  }
  return failure
}

/** Mulberry32 over the seed and the case's number. */
function generator(seed: number, index: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % 65536
  }
}
