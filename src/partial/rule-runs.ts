import { deferred, type Deferred } from '../async/deferred.ts'
import { StructStreamError } from '../errors.ts'
import { LaterCheck } from '../schema/later-check.ts'
import { ABSENT, CheckFailure } from '../schema/node.ts'
import { ValueRule, type RuleIssue } from '../schema/rules.ts'
import { startsWith, valueAt, type Path } from '../path.ts'
import type { Issue } from '../types.ts'
import type { RuleListener } from './listeners.ts'

/** One rule over one value. */
interface RuleRun {
  readonly rule: ValueRule
  readonly path: (string | number)[]
  readonly value: unknown
  readonly controller: AbortController
  /** Settled by the verdict, or when none is wanted any more. */
  readonly over: Deferred<void>
  /** What it found wrong. */
  issues: readonly Issue[]
}

/** Who hears of verdicts. */
export interface RuleHost {
  /** Aborted when the run ends. */
  readonly signal?: AbortSignal | undefined
  /** A rule has found something wrong with a value that still counts. */
  onIssue(issue: Issue): void
  /** A rule has thrown. */
  onThrow(cause: unknown): void
}

/**
 * Runs the rules of one answer (`check()`, and checks of the schema's own that answer later): each as soon as the value that it is about is complete, next to the stream,
 * and once for each value. A value that is read again and is the same isn't another one.
 */
export class RuleRuns implements RuleListener {
  readonly #host: RuleHost
  readonly #runs = new Map<string, RuleRun[]>()
  /** Those whose values are known at the end, by place. */
  readonly #waiting = new Map<string, { rules: readonly ValueRule[]; path: (string | number)[] }>()
  /** Those that found something wrong, in the order in which they did. */
  #found: RuleRun[] = []
  #thrown: { cause: unknown } | undefined

  constructor(host: RuleHost) {
    this.#host = host
  }

  /** What is wrong with values that count. */
  get issues(): Issue[] {
    return this.#found.flatMap(({ issues }) => issues)
  }

  start(rules: readonly ValueRule[], path: (string | number)[], value: unknown): void {
    const key = JSON.stringify(path)
    if (value === ABSENT) {
      this.#waiting.set(key, { rules, path })
      return
    }
    const known = this.#runs.get(key)
    if (this.#runs.size === 0) this.#host.signal?.addEventListener('abort', this.#stop, { once: true })
    const runs = rules.map((rule) => {
      const before = known?.find((one) => isSameRule(one.rule, rule))
      if (before === undefined) return this.#begin(rule, path, value)
      if (isSame(before.value, value)) return before
      this.#cancel(before, 'The value was replaced.')
      return this.#begin(rule, path, value)
    })
    const others = (known ?? []).filter(({ rule }) => !rules.some((one) => isSameRule(one, rule)))
    this.#runs.set(key, [...runs, ...others])
  }

  /** The final validation has made `value` of the answer: rules that have waited for parts of it judge those. */
  startRest(value: unknown): void {
    for (const { rules, path } of this.#waiting.values()) {
      const part = valueAt(value, path)
      this.start(part === undefined ? UNJUDGED : rules, path, part)
    }
  }

  forget(path: Path): void {
    for (const [key, { path: at }] of this.#waiting)
      if (startsWith(at, path) || startsWith(path, at)) this.#waiting.delete(key)
    for (const [key, runs] of this.#runs) {
      const at = runs[0]!.path
      if (!startsWith(at, path) && !startsWith(path, at)) continue
      for (const one of runs) this.#cancel(one, 'The value is replaced.')
      this.#runs.delete(key)
    }
  }

  /** Resolves when each rule has its verdict. @throws what a rule has thrown */
  async settled(): Promise<void> {
    for (let known = 0; known < this.#count;) {
      known = this.#count
      await Promise.all([...this.#runs.values()].flat().map(({ over }) => over.promise))
    }
    if (this.#thrown !== undefined) throw this.#thrown.cause
  }

  get #count(): number {
    let count = 0
    for (const runs of this.#runs.values()) count += runs.length
    return count
  }

  readonly #stop = (): void => {
    for (const one of [...this.#runs.values()].flat()) this.#cancel(one, 'The run is over.', this.#host.signal?.reason)
  }

  #cancel(one: RuleRun, message: string, cause?: unknown): void {
    this.#found = this.#found.filter((other) => other !== one)
    one.controller.abort(cause ?? new StructStreamError('aborted', message))
    one.over.resolve()
  }

  #begin(rule: ValueRule, path: (string | number)[], value: unknown): RuleRun {
    const controller = new AbortController()
    const one: RuleRun = { rule, path, value, controller, over: deferred(), issues: [] }
    void this.#judge(one)
    return one
  }

  async #judge(one: RuleRun): Promise<void> {
    const { rule, path, value, over } = one
    const { signal } = one.controller
    try {
      // Reading goes first, so that what a rule does can't come in between.
      await Promise.resolve()
      if (signal.aborted) return
      const verdict = await rule.run(value, { signal, path: [...path] })
      if (signal.aborted) return
      one.issues = issuesOf(verdict, path)
      if (one.issues.length === 0) return
      this.#found.push(one)
      for (const issue of one.issues) this.#host.onIssue(issue)
    } catch (cause) {
      if (signal.aborted) return
      this.#thrown ??= { cause }
      this.#host.onThrow(cause)
    } finally {
      over.resolve()
    }
  }
}

/** Whether two are the same. Checks of a library's are made anew for each value. */
function isSameRule(a: ValueRule, b: ValueRule): boolean {
  return a === b || (a instanceof LaterCheck && b instanceof LaterCheck && a.origin === b.origin)
}

/** @throws TypeError for anything but an issue or nothing */
function issuesOf(verdict: unknown, path: Path): Issue[] {
  if (verdict === undefined || verdict === null) return []
  if (verdict instanceof CheckFailure)
    return verdict.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }))
  const { message, code = 'custom', path: at, ...rest } = Object(verdict) as RuleIssue
  if (typeof verdict !== 'object' || typeof message !== 'string') {
    throw new TypeError(
      `check() expects an issue such as { message: '…' }, or undefined, got ${verdict === true ? 'true' : typeof verdict}`,
    )
  }
  const place = Array.isArray(at) && startsWith(at, path) ? at : path
  return [{ ...rest, path: [...place], code, message }]
}

/** Whether a value that was read again is the same. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object') return false
  try {
    return JSON.stringify(a) === JSON.stringify(b)
  } catch {
    // Values that transforms make may hold anything.
    return false
  }
}

/** For a value that isn't at its place in what the final validation has made. */
const UNJUDGED: readonly ValueRule[] = [
  new ValueRule(() => ({
    code: 'unchecked',
    message:
      'The rules of check() here were not run: the schema makes another value of what is around it. Put check() around the whole.',
  })),
]
