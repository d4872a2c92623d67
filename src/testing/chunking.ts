import type { Random } from '../models/simulate/random.ts'
import type { Chunking } from './reply.ts'

/** Cuts `text` into deltas whose joined text is `text` again. */
export function cutText(text: string, chunking: Chunking, random: Random): string[] {
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

function nextSize(chunking: Chunking, random: Random): number {
  if (chunking === 'byte') return 1
  if (typeof chunking === 'number') return Math.trunc(chunking)
  const [min, max] = chunking
  return random(min, max)
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}
