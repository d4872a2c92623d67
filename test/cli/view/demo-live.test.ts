import { expect, test } from 'vitest'
import { schemas } from '../../../schemas/index.ts'
import { runStream } from '../../../src/run-stream.ts'
import type { FrameState } from '../../../src/cli/view/demo-live.ts'
import { frame } from '../../../src/cli/view/demo-live.ts'
import { paint } from '../../../src/cli/view/spans.ts'
import { simulate } from '../../../src/models/simulate/index.ts'

function stateOf(value: unknown): FrameState {
  const known = { isComplete: () => true, issues: [] }
  return { value, known, status: 'streaming', characters: 5, elapsed: 1234 }
}

test('a frame never outgrows the terminal, and shows what is newest', async () => {
  for (const entry of Object.values(schemas)) {
    await using stream = runStream('', undefined, { model: simulate() })
    const demonstration = { title: entry.title, prompt: entry.prompt, model: 'simulated', stream }
    for (const [width, height] of [
      [79, 23],
      [39, 11],
      [119, 39],
      [19, 5],
      [10, 3],
    ] as const) {
      const lines = frame(demonstration, stateOf(entry.sample), width, height)
      expect(lines.length).toBeLessThanOrEqual(height)
      const shown = lines.map((line) => paint(line, false)).join('\n')
      const all = frame(demonstration, stateOf(entry.sample), width, 10_000).map((line) => paint(line, false))
      // The last line of the value stands above an empty line and the status.
      expect(shown).toContain(all.at(-3)!)
      if (all.length > height) expect(shown).toMatch(/↑ \d+ more lines/)
    }
  }
})

test('a low terminal shows the value alone', async () => {
  await using stream = runStream('', undefined, { model: simulate() })
  const lines = frame({ title: 'T', prompt: 'P', model: 'M', stream }, stateOf({ a: 1, b: 2 }), 20, 4)
  expect(lines.map((line) => paint(line, false))).toEqual(['✓ a  1', '✓ b  2'])
})
