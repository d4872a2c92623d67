/** Characters as sorted, disjoint ranges: `[from, to, from, to, …]`, both ends included. */
export type CharSet = readonly number[]

/** The last UTF-16 code unit. */
export const LAST_UNIT = 0xffff
/** The last code point. */
export const LAST_POINT = 0x10ffff

/** `\d` */
export const DIGITS: CharSet = [48, 57]
/** `\w`, without the letters that the flags `u` and `i` add together. */
export const WORD: CharSet = [48, 57, 65, 90, 95, 95, 97, 122]
/** `\s` */
export const SPACE: CharSet = [
  9, 13, 32, 32, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000,
  0x3000, 0xfeff, 0xfeff,
]
/** What ends a line for `.`, `^` and `$`. */
export const LINE_ENDS: CharSet = [10, 10, 13, 13, 0x2028, 0x2029]

/** Brings ranges in any order, overlapping or not, into the form of a `CharSet`. */
export function charSet(ranges: readonly number[]): CharSet {
  const pairs: [number, number][] = []
  for (let index = 0; index < ranges.length; index += 2) pairs.push([ranges[index]!, ranges[index + 1]!])
  pairs.sort(([a], [b]) => a - b)
  const result: number[] = []
  for (const [from, to] of pairs) {
    const last = result.length - 1
    if (last > 0 && from <= result[last]! + 1) result[last] = Math.max(result[last]!, to)
    else result.push(from, to)
  }
  return result
}

/** Every character up to `last` that isn't in `set`. */
export function complement(set: CharSet, last: number): CharSet {
  const result: number[] = []
  let next = 0
  for (let index = 0; index < set.length; index += 2) {
    if (set[index]! > next) result.push(next, set[index]! - 1)
    next = set[index + 1]! + 1
  }
  if (next <= last) result.push(next, last)
  return result
}

/** Whether `set` holds `character`. O(log of the ranges). */
export function holds(set: CharSet, character: number): boolean {
  let low = 0
  let high = set.length >> 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (character < set[2 * middle]!) high = middle
    else if (character > set[2 * middle + 1]!) low = middle + 1
    else return true
  }
  return false
}

/** Whether every character is ASCII. */
export function isAscii(set: CharSet): boolean {
  return set.length === 0 || set.at(-1)! < 128
}

/** The ASCII letters of `set` in both cases, along with the rest of it. */
export function bothCases(set: CharSet): CharSet {
  const ranges = [...set]
  for (let index = 0; index < set.length; index += 2) {
    addShifted(ranges, Math.max(set[index]!, 65), Math.min(set[index + 1]!, 90), 32)
    addShifted(ranges, Math.max(set[index]!, 97), Math.min(set[index + 1]!, 122), -32)
  }
  return charSet(ranges)
}

function addShifted(ranges: number[], from: number, to: number, by: number): void {
  if (from <= to) ranges.push(from + by, to + by)
}
