import { z } from 'zod/v4'
import { entry } from './entry.ts'

export const CodeSnippet = z
  .object({
    language: z.enum(['typescript', 'javascript', 'python', 'rust', 'go', 'sql', 'bash']).describe('Of the code'),
    filename: z.string().describe('A fitting file name, with its extension'),
    code: z.string().describe('The whole file, without a code fence'),
    explanation: z.string().describe('How it works, for someone who reads it for the first time'),
    complexity: z.string().optional().describe('Running time in O notation, where that is of interest'),
    tests: z
      .array(
        z
          .object({
            call: z.string().describe('An expression that uses the code'),
            expected: z.string().describe('What it gives'),
          })
          .describe('One example'),
      )
      .describe('Examples that show how the code behaves'),
  })
  .describe('A piece of code with its explanation')

export type CodeSnippet = z.infer<typeof CodeSnippet>

export const code = entry({
  title: 'Code snippet',
  schema: CodeSnippet,
  prompt: 'Write a TypeScript function that finds the longest run of equal elements in an array.',
  sample: {
    language: 'typescript',
    filename: 'longest-run.ts',
    code: `/** The longest stretch of equal neighbours; the first one when there are several. */
export function longestRun<T>(items: readonly T[]): T[] {
  let best = 0
  let bestStart = 0
  let start = 0
  for (let at = 1; at <= items.length; at++) {
    if (at < items.length && Object.is(items[at], items[start])) continue
    if (at - start > best) {
      best = at - start
      bestStart = start
    }
    start = at
  }
  return items.slice(bestStart, bestStart + best)
}
`,
    explanation:
      'The loop walks once over the array and remembers where the present run began. When an element differs, or the array ends, the run that just ended is compared with the best so far.',
    complexity: 'O(n) time, O(1) extra space',
    tests: [
      { call: 'longestRun([1, 2, 2, 3])', expected: '[2, 2]' },
      { call: 'longestRun([])', expected: '[]' },
    ],
  },
})
