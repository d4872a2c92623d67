import type { $ZodCheck, $ZodRawIssue, $ZodTransform, $ZodType } from 'zod/v4/core'

import { LaterCheck } from '../later-check.ts'
import { ABSENT, CheckFailure, Undetermined, type DueRules, type RelativeIssue, type ValueCheck } from '../node.ts'
import { $ZodAsyncError, clone, config, util } from './core.ts'

/* Zod's own parsing routine over one node. Its types for payloads are internal, so they are spelled here. */
interface Payload {
  value: unknown
  issues: $ZodRawIssue[]
}
/**
 * Neither synchronous nor asynchronous: with `false`, Zod throws away the promise of an asynchronous check, which then
 * ends the process if it rejects; with `true`, every transformation becomes a promise.
 */
const CONTEXT = { async: undefined } as const
const AsyncFunction = (async () => {}).constructor

/** The whole schema over a complete value. What it answers later is the verdict of a rule. */
export function runSchema(schema: $ZodType): ValueCheck {
  return (value) => {
    let later: Promise<unknown> | undefined
    const result = settle({ value, issues: [] }, value, (payload) => {
      const returned = schema._zod.run(payload as never, CONTEXT) as unknown
      if (isPromise(returned)) later = returned
      return returned
    })
    if (later === undefined || !(result instanceof Undetermined)) return result
    const verdict = later.then((payload) => failureOf(payload as Payload), mergeFailure)
    verdict.catch(() => {})
    return new Undetermined(result.value, [dueLater(schema, value, () => verdict)])
  }
}

/** A check that answers later, over the value that it sees. */
function dueLater(
  origin: object,
  value: unknown,
  judge: (value: unknown) => Promise<CheckFailure | undefined>,
): DueRules {
  return { rules: [new LaterCheck(origin, judge)], value }
}

function failureOf({ issues }: Payload): CheckFailure | undefined {
  return issues.length === 0 ? undefined : new CheckFailure(issues.map(fromZodIssue))
}

/**
 * A string, number, boolean, enum or literal over a complete value. User code among its checks is called apart from
 * Zod's own, so that its promises can be seen: Zod throws them away.
 */
export function runLeaf(schema: $ZodType): ValueCheck[] {
  const { def, traits } = schema._zod
  const checks = def.checks ?? []
  if (!checks.some((check) => check._zod.def.check === 'custom')) return [runSchema(schema)]
  // A format is the first of a string's checks, and all that there is to it.
  const isOwnCheck = traits.has('$ZodCheck')
  if (def.type === 'string') return [runChecks(schema, isOwnCheck ? [schema as never, ...checks] : checks)]
  return [runSchema(clone(schema, { ...def, checks: [] })), runChecks(schema, checks)]
}

/** A transformation over a complete value. An asynchronous one is left to the final validation, and not called. */
export function runTransform(schema: $ZodTransform): ValueCheck[] {
  const { transform } = schema._zod.def
  const isClassic = schema._zod.traits.has('ZodTransform')
  let isAsynchronous = transform instanceof AsyncFunction
  const step: ValueCheck = (value) => {
    if (isAsynchronous) return new Undetermined(ABSENT)
    const result = settle({ value, issues: [] }, ABSENT, (payload) =>
      isClassic ? schema._zod.parse(payload, CONTEXT) : runFunction(transform, payload),
    )
    isAsynchronous = result instanceof Undetermined
    return result
  }
  const checks = schema._zod.def.checks ?? []
  return checks.length === 0 ? [step] : [step, runChecks(schema, checks)]
}

/** The decoding function of a codec over a complete value. */
export function runDecode(decode: (value: never, payload: never) => unknown): ValueCheck {
  return (value) => settle({ value, issues: [] }, ABSENT, (payload) => runFunction(decode, payload))
}

function runFunction(fn: (value: never, payload: never) => unknown, payload: Payload): unknown {
  const result = fn(payload.value as never, payload as never)
  if (isPromise(result)) return result
  payload.value = result
  return payload
}

/**
 * Only the checks of a schema, over a value whose inside has been checked already: so each check runs once
 * for each value, and not again for each container around it. Follows `runChecks` of `$ZodType`.
 */
export function runChecks(schema: $ZodType, checks: readonly $ZodCheck[]): ValueCheck {
  const asynchronous = new WeakSet<$ZodCheck>()
  return (value) => {
    const due: DueRules[] = []
    const result = settle({ value, issues: [] }, value, (first) => {
      let payload = first
      for (const check of checks) {
        const { when, fn } = check._zod.def as { when?: (payload: Payload) => boolean; fn?: object }
        if (when === undefined ? util.aborted(payload) : isExplicitlyAborted(payload) || !when(payload)) continue
        if (asynchronous.has(check) || fn instanceof AsyncFunction) {
          due.push(dueLater(check, payload.value, (seen) => judgeLater(schema, check, seen)))
          continue
        }
        const from = payload.issues.length
        const returned = check._zod.check(payload as never) as unknown
        if (isPromise(returned)) {
          asynchronous.add(check)
          const verdict = verdictOf(schema, payload, returned, from)
          verdict.catch(() => {})
          due.push(dueLater(check, payload.value, () => verdict))
          // The other one is the promise's, which adds to it whenever it likes.
          payload = { ...payload, issues: payload.issues.slice(0, from) }
          continue
        }
        attachSchema(payload, from, schema)
      }
      return payload
    })
    return due.length > 0 && !(result instanceof CheckFailure) ? new Undetermined(result, due) : result
  }
}

/** What a check finds in a value that others have let pass. */
function judgeLater(schema: $ZodType, check: $ZodCheck, value: unknown): Promise<CheckFailure | undefined> {
  const payload: Payload = { value, issues: [] }
  return verdictOf(schema, payload, check._zod.check(payload as never), 0)
}

/** What `answer` has added to the issues from one of them on. */
async function verdictOf(
  schema: $ZodType,
  payload: Payload,
  answer: unknown,
  from: number,
): Promise<CheckFailure | undefined> {
  await answer
  attachSchema(payload, from, schema)
  return failureOf({ value: payload.value, issues: payload.issues.slice(from) })
}

/** Runs `parse`; a promise, or the error that Zod throws in place of one, means that only the end can tell. */
function settle(payload: Payload, ifUnsure: unknown, parse: (payload: Payload) => unknown): unknown {
  let result: unknown
  try {
    result = parse(payload)
  } catch (error) {
    if (error instanceof $ZodAsyncError) return new Undetermined(ifUnsure)
    const issue = mergeIssue(error)
    if (issue !== null) return new CheckFailure([issue])
    throw error
  }
  if (isPromise(result)) {
    result.catch(() => {})
    return new Undetermined(ifUnsure)
  }
  const { value, issues } = result as Payload
  return issues.length === 0 ? value : new CheckFailure(issues.map(fromZodIssue))
}

/** What only some versions of Zod have: `explicitlyAborted` came with 4.4, `attachSchema` with 4.5. */
type Newer = Partial<Pick<typeof util, 'explicitlyAborted' | 'attachSchema'>>

function isExplicitlyAborted(payload: Payload): boolean {
  const newer: Newer = util
  return newer.explicitlyAborted?.(payload) === true
}

function attachSchema(payload: Payload, from: number, schema: $ZodType): void {
  const newer: Newer = util
  newer.attachSchema?.(payload.issues, from, schema)
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise
}

/** Zod throws, instead of reporting an issue, where the sides of an intersection make different values: that issue, or null. */
export function mergeIssue(error: unknown): RelativeIssue | null {
  if (!(error instanceof Error) || !error.message.startsWith('Unmergable intersection')) return null
  return { path: [], code: 'invalid_intersection', message: error.message }
}

/** @throws what isn't such an issue */
function mergeFailure(error: unknown): CheckFailure {
  const issue = mergeIssue(error)
  if (issue === null) throw error
  return new CheckFailure([issue])
}

function fromZodIssue(raw: $ZodRawIssue): RelativeIssue {
  return toIssue(util.finalizeIssue(raw, undefined, config()))
}

/** A finished Zod issue in our words. */
export function toIssue(issue: {
  code?: string
  message: string
  path?: readonly PropertyKey[]
  expected?: unknown
}): RelativeIssue {
  const path = (issue.path ?? []).map((key) => (typeof key === 'number' ? key : String(key)))
  return {
    path,
    code: issue.code ?? 'custom',
    message: issue.message,
    ...(typeof issue.expected === 'string' && { expected: issue.expected }),
  }
}
