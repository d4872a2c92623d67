import { JsonError } from '../../../src/json/errors.ts'
import { Lookahead } from '../../../src/json/repair/lookahead.ts'
import { RecoverableTokenizer } from '../../../src/json/repair/recoverable-tokenizer.ts'
import { Tokenizer } from '../../../src/json/tokenizer.ts'

/** Steps that reading took, counted without a clock. */
export interface Work {
  /** Characters that the strict tokenizer looked at. */
  tokenized: number
  /** Characters looked at ahead of a decision. */
  peeked: number
  /** Characters that searches went over. A search that finds nothing counts its whole text, so that none may be unbounded. */
  searched: number
}

/** Counts what `read` does. Nothing else may run meanwhile. */
export function measure(read: () => void): Work {
  const work: Work = { tokenized: 0, peeked: 0, searched: 0 }
  const restores = [
    replace(Tokenizer.prototype, 'push', (push) => countPush(work, push)),
    replace(RecoverableTokenizer.prototype, 'resume', (resume) => countResume(resume)),
    replace(Lookahead.prototype, 'peek', (peek) => {
      return function (this: Lookahead, ahead?: number) {
        work.peeked++
        return peek.call(this, ahead)
      }
    }),
    replace(RegExp.prototype, 'exec', (exec) => {
      return function (this: RegExp, text: string) {
        const from = this.sticky || this.global ? this.lastIndex : 0
        const match = exec.call(this, text)
        work.searched += (match === null ? text.length : match.index + match[0].length) - from
        return match
      }
    }),
    // `test` and `search` call `exec`.
    replace(String.prototype, 'indexOf', (indexOf) => counted(work, indexOf)),
    replace(String.prototype, 'includes', (includes) => {
      return function (this: string, wanted: string, from?: number) {
        work.searched += this.length - (from ?? 0)
        return includes.call(this, wanted, from)
      }
    }),
    replace(String.prototype, 'trim', (trim) => {
      return function (this: string) {
        work.searched += this.length
        return trim.call(this)
      }
    }),
  ]
  // The test runner searches too where it writes stack traces: that isn't the cost of a repair.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    read()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
    for (const restore of restores) restore()
  }
  return work
}

function replace<T extends object, K extends keyof T>(target: T, name: K, make: (old: T[K]) => T[K]): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(target, name)!
  Object.defineProperty(target, name, { ...descriptor, value: make(target[name]) })
  return () => Object.defineProperty(target, name, descriptor)
}

/** Where each tokenizer stands, in its caller's words. */
const bases = new WeakMap<Tokenizer, number>()

function countPush(work: Work, push: Tokenizer['push']): Tokenizer['push'] {
  return function (this: Tokenizer, text) {
    const base = bases.get(this) ?? 0
    try {
      push.call(this, text)
      work.tokenized += text.length
      bases.set(this, base + text.length)
    } catch (error) {
      if (error instanceof JsonError) work.tokenized += error.position! - base + 1
      throw error
    }
  }
}

function countResume(resume: RecoverableTokenizer['resume']): RecoverableTokenizer['resume'] {
  return function (this: RecoverableTokenizer, position) {
    bases.set(this, position)
    resume.call(this, position)
  }
}

function counted(work: Work, indexOf: typeof String.prototype.indexOf): typeof String.prototype.indexOf {
  return function (this: string, wanted, from) {
    const found = indexOf.call(this, wanted, from)
    work.searched += (found < 0 ? this.length : found + wanted.length) - (from ?? 0)
    return found
  }
}
