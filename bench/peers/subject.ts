import type { Document } from '../workloads.ts'

/** A document cut into deltas. */
export interface Input extends Document {
  /** Of the workload, as it is named; the text is about as long. */
  size: number
  deltas: readonly string[]
}

/**
 * Reads the whole document once and gives the final value, which the benchmark compares with `JSON.parse`'s.
 * A subject that parses the text anew for every delta does so after each `stride`-th delta only, and after the last.
 */
export type Read = (stride: number) => unknown

/** What the partial value is, so that no one compares a mutable one with an immutable one unawares. */
export type Kind =
  /** Shares what has not changed with the value before, and never changes itself. */
  | 'immutable'
  /** One object that is written on. */
  | 'mutable'
  /** Built anew for every delta. */
  | 'anew'
  /** No partial value at all: a floor, or one side of a ratio. */
  | 'none'

/** One way to read a document. */
export interface Subject {
  id: string
  title: string
  /** npm package to name the version of; absent for our own and for the platform's. */
  package?: string
  kind: Kind
  /** Its reading heeds the stride, so that a long text can be sampled. */
  isSampled?: boolean
  open(input: Input): Read | Promise<Read>
}

/** A subject that is a pure function of the text so far. */
export function reparsing(
  subject: Omit<Subject, 'open' | 'kind' | 'isSampled'>,
  parse: (text: string) => unknown,
): Subject {
  return {
    ...subject,
    kind: 'anew',
    isSampled: true,
    open:
      ({ deltas }) =>
      async (stride) => {
        let text = ''
        let value: unknown
        for (let index = 0; index < deltas.length; index++) {
          text += deltas[index]!
          if ((index + 1) % stride === 0 || index === deltas.length - 1) {
            const parsed = parse(text)
            value = parsed instanceof Promise ? await parsed : parsed
          }
        }
        return value
      },
  }
}
