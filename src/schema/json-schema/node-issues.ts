import { CheckFailure } from '../node.ts'
import type { RelativeIssue } from '../node.ts'

/** An issue about a value itself. */
export function wrong(code: string, message: string, expected: string): RelativeIssue {
  return { path: [], code, message, expected }
}

export function tooSmall(what: string, expected: string, received: string): CheckFailure {
  return new CheckFailure([
    { ...wrong('too_small', `Too small: expected ${what} to have ${expected}`, expected), received },
  ])
}

export function tooBig(what: string, expected: string, received: string): CheckFailure {
  return new CheckFailure([
    { ...wrong('too_big', `Too big: expected ${what} to have ${expected}`, expected), received },
  ])
}
