import { Session } from 'node:inspector'
import { expect, test } from 'vitest'

import { Choices, runSize } from '../support/property.ts'
import { checkText, someText } from './alphabet.ts'

/* Coverage-guided: a text that reaches code which no text before has reached is kept, and changed further. The
 * coverage is V8's own, by blocks; it is read once for a batch, because reading it costs more than parsing. */

const BATCH = 256
/** Texts read with V8 counting, which is some twenty times slower; the rest is made from what was found by then. */
const GUIDED = 20_000

/** Blocks of `src/json` that have run since the last look. */
class Coverage {
  readonly #session = new Session()
  constructor() {
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }
  take(): string[] {
    const blocks: string[] = []
    this.#session.post('Profiler.takePreciseCoverage', (error, coverage) => {
      if (error !== null) throw error
      for (const { url, functions } of coverage.result) {
        if (!url.includes('/src/json/')) continue
        for (const { ranges } of functions) {
          for (const { startOffset, endOffset, count } of ranges) {
            // How often, in powers of two: a loop that runs longer is news, too.
            if (count > 0)
              blocks.push(`${url}:${startOffset}-${endOffset}:${Math.min(4, Math.floor(Math.log2(count)))}`)
          }
        }
      }
    })
    return blocks
  }
  stop(): void {
    this.#session.post('Profiler.stopPreciseCoverage')
  }
  [Symbol.dispose](): void {
    this.#session.disconnect()
  }
}

/** A text made from others: characters changed, cut out, doubled, or two texts joined. */
function mutatedText(choices: Choices, corpus: readonly string[]): string {
  if (corpus.length === 0 || choices.chance(20)) return someText(choices)
  let text = choices.pick(corpus)
  for (let left = 1 + choices.below(4); left > 0; left--) {
    const at = choices.below(text.length + 1)
    const length = choices.below(6)
    switch (choices.below(5)) {
      case 0:
        text = text.slice(0, at) + text.slice(at + length)
        break
      case 1:
        text =
          text.slice(0, at) +
          choices.pick([
            '"',
            '\\',
            ',',
            ':',
            '[',
            ']',
            '{',
            '}',
            '0',
            '9',
            '-',
            '.',
            'e',
            ' ',
            '\n',
            '\\u00e9',
            '\ud83d',
            '\ude00',
            'true',
            '\u0001',
            'x'.repeat(50),
          ]) +
          text.slice(at)
        break
      case 2:
        text = text.slice(0, at) + text.slice(at - length, at) + text.slice(at)
        break
      case 3:
        text = text.slice(0, at) + String.fromCharCode(choices.below(256)) + text.slice(at + 1)
        break
      default:
        text = text.slice(0, at) + choices.pick(corpus).slice(length)
    }
  }
  return text.slice(0, 400)
}

test('coverage-guided texts: the oracle’s verdict, value and place of error', () => {
  const { cases, seed } = runSize('FUZZ', 100_000)
  let state = seed >>> 0 || 1
  // xorshift32: three shifts for each choice of millions
  const random = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) & 0xffff
  }
  using coverage = new Coverage()
  const corpus: string[] = []
  const reached = new Set<string>()
  const keepNews = (texts: readonly string[]) => {
    for (const text of texts) {
      checkText(new Choices(() => 0), text)
      const news = coverage.take().filter((block) => !reached.has(block))
      if (news.length === 0) continue
      corpus.push(text)
      for (const block of news) reached.add(block)
    }
    // What only the whole batch reaches (counts add up) is not news again.
    for (const text of texts) checkText(new Choices(() => 0), text)
    for (const block of coverage.take()) reached.add(block)
  }
  let isBlind = false
  for (let done = 0; done < cases; done += BATCH) {
    const texts = Array.from({ length: BATCH }, () => mutatedText(new Choices(random), corpus))
    for (const text of texts) checkText(new Choices(random), text)
    if (isBlind) continue
    isBlind = done + BATCH > GUIDED
    if (isBlind) coverage.stop()
    else if (coverage.take().some((block) => !reached.has(block))) keepNews(texts)
  }
  console.info(`${cases} texts, seed ${seed}: ${reached.size} blocks and counts, ${corpus.length} texts kept`)
  expect(corpus.length).toBeGreaterThan(20)
})
