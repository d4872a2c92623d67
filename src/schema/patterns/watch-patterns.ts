import type { CheckFailure, OpenStringWatch } from '../node.ts'
import { jointMachine, patternMachine, type Pattern, type PatternReader } from './viability.ts'

/** A pattern that a string must match, and what is said where it can't any more. */
export interface WatchedPattern extends Pattern {
  readonly failure: () => CheckFailure
}

/** Longer limits aren't followed together with patterns: each on its own is. */
const MAX_JOINT_LENGTH = 64

/**
 * Follows strings that must match all of `patterns`, and be no longer than `maximum` code points. The machines are made
 * when the first string opens.
 */
export function watchPatterns(patterns: readonly WatchedPattern[], maximum = Infinity): () => OpenStringWatch {
  let machines: (() => PatternReader)[] | undefined
  return () => {
    machines ??= makeMachines(patterns, maximum)
    const readers = machines.map((open) => open())
    let failure: CheckFailure | null = null
    return (piece, soFar) => {
      if (failure === null && !readers.every((reader) => reader.grow(piece))) failure = culprit(patterns, soFar)
      return failure
    }
  }
}

function makeMachines(patterns: readonly WatchedPattern[], maximum: number): (() => PatternReader)[] {
  const single = patterns.flatMap(({ source, flags }) => patternMachine(source, flags) ?? [])
  const joint = maximum <= MAX_JOINT_LENGTH ? [{ source: `^[^]{0,${maximum}}$`, flags: 'u' }, ...patterns] : patterns
  // Lengths are counted in code points, which only the flag `u` knows.
  const machine = joint.length > 1 ? jointMachine(joint) : null
  return [...single, ...(machine === null ? [] : [machine])].map((one) => () => one.open())
}

/** Which of the patterns can't be matched any more; the last one where they only contradict one another. */
function culprit(patterns: readonly WatchedPattern[], soFar: string): CheckFailure {
  const found = patterns.find(({ source, flags }) => patternMachine(source, flags)?.open().grow(soFar) === false)
  return (found ?? patterns.at(-1)!).failure()
}
