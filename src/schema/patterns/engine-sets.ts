import { LAST_POINT, LAST_UNIT, type CharSet } from './char-set.ts'

/** Characters given to the engine at once. */
const BLOCK = 4096
const MAX_KNOWN = 64

const known = new Map<string, CharSet>()

/**
 * The characters that the engine itself takes for `source`, an atom that matches one character, such as `\p{L}` or
 * `[à-ö]` with the flag `i`. About 10 ms for all code points, 1 ms without the flag `u`; the answers are kept.
 */
export function askEngine(source: string, flags: string): CharSet {
  const key = `${flags}/${source}`
  let set = known.get(key)
  if (set === undefined) {
    const only = flags.replaceAll(/[^iuvs]/g, '')
    set = /[uv]/.test(only) ? pointsOf(source, only) : unitsOf(source, only)
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(key, set)
  }
  return set
}

function unitsOf(source: string, flags: string): CharSet {
  const ranges: number[] = []
  const runs = new RegExp(`(?:${source})+`, `g${flags}`)
  for (let from = 0; from <= LAST_UNIT; from += BLOCK) {
    for (const { index, 0: run } of unitsFrom(from).matchAll(runs))
      addRange(ranges, from + index, from + index + run.length - 1)
  }
  return ranges
}

function pointsOf(source: string, flags: string): CharSet {
  const ranges: number[] = []
  const runs = new RegExp(`(?:${source})+`, `g${flags}`)
  const single = new RegExp(`^(?:${source})$`, flags)
  for (let from = 0; from <= LAST_POINT; from += BLOCK) {
    // Surrogates would join into pairs: one by one.
    if (from >= 0xd000 && from < 0xe000) {
      for (let point = from; point < from + BLOCK; point++)
        if (single.test(String.fromCodePoint(point))) addRange(ranges, point, point)
      continue
    }
    const size = from > LAST_UNIT ? 2 : 1
    const text = size === 1 ? unitsFrom(from) : pairsFrom(from)
    for (const { index, 0: run } of text.matchAll(runs))
      addRange(ranges, from + index / size, from + (index + run.length) / size - 1)
  }
  return ranges
}

const units = new Uint16Array(BLOCK)
const pairs = new Uint16Array(2 * BLOCK)

function unitsFrom(from: number): string {
  for (let index = 0; index < BLOCK; index++) units[index] = from + index
  return String.fromCharCode(...units)
}

function pairsFrom(from: number): string {
  for (let index = 0; index < BLOCK; index++) {
    const offset = from + index - 0x10000
    pairs[2 * index] = 0xd800 + (offset >> 10)
    pairs[2 * index + 1] = 0xdc00 + (offset & 0x3ff)
  }
  return String.fromCharCode(...pairs)
}

function addRange(ranges: number[], from: number, to: number): void {
  if (ranges.length > 0 && ranges.at(-1) === from - 1) ranges[ranges.length - 1] = to
  else ranges.push(from, to)
}
