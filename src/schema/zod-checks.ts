import { config, util, type $ZodCheck, type $ZodRawIssue, type $ZodType } from 'zod/v4/core'

import { ABSENT, Failure, Unsure, type RelativeIssue, type Step } from './node.ts'

/* Zod's own parsing routine over one node. Its types for payloads are internal, so they are spelled here. */
interface Payload {
  value: unknown
  issues: $ZodRawIssue[]
}
const CONTEXT = { async: false } as const
const AsyncFunction = (async () => {}).constructor

/** The whole schema over a complete value, synchronously. */
export function runSchema(schema: $ZodType): Step {
  return (value) =>
    settle({ value, issues: [] }, value, (payload) => schema._zod.run(payload as never, CONTEXT))
}

/** A transformation over a complete value. */
export function runTransform(transform: (value: never, payload: never) => unknown): Step {
  return (value) =>
    settle({ value, issues: [] }, ABSENT, (payload) => {
      const result = transform(value as never, payload as never)
      if (isPromise(result)) return result
      payload.value = result
      return payload
    })
}

/**
 * Only the checks of a schema, over a value whose inside has been checked already: so each check runs once
 * for each value, and not again for each container around it. Follows `runChecks` of `$ZodType`.
 */
export function runChecks(schema: $ZodType, checks: readonly $ZodCheck[]): Step {
  const asynchronous = new WeakSet<$ZodCheck>()
  return (value) => {
    let isUnsure = false
    const result = settle({ value, issues: [] }, value, (payload) => {
      for (const check of checks) {
        const { when, fn } = check._zod.def as { when?: (payload: Payload) => boolean; fn?: object }
        if (
          when === undefined
            ? util.aborted(payload)
            : util.explicitlyAborted(payload) || !when(payload)
        )
          continue
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
        util.attachSchema(payload.issues, from, schema)
      }
      return payload
    })
    return isUnsure && !(result instanceof Failure) ? new Unsure(result) : result
  }
}

/** Runs `parse`; a promise, or the error that Zod throws in place of one, means that only the end can tell. */
function settle(payload: Payload, ifUnsure: unknown, parse: (payload: Payload) => unknown): unknown {
  let result: unknown
  try {
    result = parse(payload)
  } catch (error) {
    if (isAsyncError(error)) return new Unsure(ifUnsure)
    if (isMergeError(error)) return new Failure([{ path: [], code: 'invalid_intersection', message: error.message }])
    throw error
  }
  if (isPromise(result)) {
    result.catch(() => {})
    return new Unsure(ifUnsure)
  }
  const { value, issues } = result as Payload
  return issues.length === 0 ? value : new Failure(issues.map(fromZodIssue))
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise
}

function isAsyncError(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === '$ZodAsyncError'
}

/** Zod throws, instead of reporting an issue, where the sides of an intersection make different values. */
function isMergeError(error: unknown): error is Error {
  return error instanceof Error && error.message.startsWith('Unmergable intersection')
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
