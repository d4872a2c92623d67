import type { Choices } from './property.ts'

/** A text cut in two, at every place. */
export function* everySplit(text: string): Generator<[string, string]> {
  for (let at = 0; at <= text.length; at++) yield [text.slice(0, at), text.slice(at)]
}

/** One UTF-16 unit at a time. */
export function oneByOne(text: string): string[] {
  return Array.from({ length: text.length }, (_, index) => text[index]!)
}

/** Pieces of random length, empty ones too. */
export function randomChunks(choices: Choices, text: string, longest = 12): string[] {
  const chunks: string[] = []
  for (let at = 0; at < text.length;) {
    const length = longest - choices.below(longest + 1)
    chunks.push(text.slice(at, at + length))
    at += length
  }
  return chunks
}
