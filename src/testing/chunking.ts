import type { Chunking } from './reply.ts'

/** Cuts `text` into deltas whose joined text is `text` again. */
export function cutText(text: string, chunking: Chunking, random: () => number): string[] {
  const deltas: string[] = []
  let start = 0
  while (start < text.length) {
    let end = Math.min(start + Math.max(1, nextSize(chunking, random)), text.length)
    // A delta that ended between the halves of a pair could not be written in UTF-8.
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end++
    deltas.push(text.slice(start, end))
    start = end
  }
  return deltas
}

function nextSize(chunking: Chunking, random: () => number): number {
  if (chunking === 'byte') return 1
  if (typeof chunking === 'number') return Math.trunc(chunking)
  const [min, max] = chunking
  return min + Math.floor(random() * (max - min + 1))
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
