import type { $ZodCheck, $ZodRawIssue, $ZodTransform, $ZodType } from 'zod/v4/core'

import { ABSENT, CheckFailure, Undetermined, type RelativeIssue, type ValueCheck } from '../node.ts'
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

/** The whole schema over a complete value, synchronously. */
export function runSchema(schema: $ZodType): ValueCheck {
  return (value) => settle({ value, issues: [] }, value, (payload) => schema._zod.run(payload as never, CONTEXT))
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
    let isUnsure = false
    const result = settle({ value, issues: [] }, value, (payload) => {
      for (const check of checks) {
        const { when, fn } = check._zod.def as { when?: (payload: Payload) => boolean; fn?: object }
        if (when === undefined ? util.aborted(payload) : isExplicitlyAborted(payload) || !when(payload)) continue
        if (asynchronous.has(check) || fn instanceof AsyncFunction) {
          isUnsure = true
          continue
        }
        const from = payload.issues.length
        const returned = check._zod.check(payload as never) as unknown
        if (isPromise(returned)) {
          asynchronous.add(check)
          payload.issues.length = from
          isUnsure = true
          returned.catch(() => {})
          continue
        }
        attachSchema(payload, from, schema)
      }
      return payload
    })
    return isUnsure && !(result instanceof CheckFailure) ? new Undetermined(result) : result
  }
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
