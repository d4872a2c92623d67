import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { schemas } from '../../schemas/index.ts'
import { bundlePrograms } from '../support/bundle-programs.ts'

const root = join(import.meta.dirname, '../..')

/** What each example prints: whole lines, in this order; others may stand between them. */
const expected: Record<string, string[]> = {
  'buffered-text': ['fewer pieces than deltas', 'fewer partials when throttled'],
  'cancel-and-timeout': [
    'aborted, because: seen enough',
    expect.stringMatching(/^timeout, with \{"headline":"A steel box/) as string,
    'left while streaming',
    'done: nothing is running any more',
  ],
  chunks: [
    'first chunk',
    'last chunk: stop, by simulate',
    'data: The night train is back',
    'many deltas, 447 characters',
  ],
  'code-generation': [...schemas.code.sample.code.trimEnd().split('\n'), '--- longest-run.ts', 'longestRun([]) → []'],
  conversation: ['1: Blade Runner', '2: I was told 4 messages: system, user, assistant, user.'],
  events: ['asking simulate', 'complete: title', 'complete: everything', 'repaired: trailing-comma'],
  fallback: ['Blade Runner', 'attempt 1: provider_error', 'attempt 2: ok'],
  'invoice-photo': ['24 × Design of the website at 85', 'Nordlicht Studio: 2601.78 EUR, which adds up'],
  'many-readers': [
    '711 characters',
    '24 × Design of the website',
    'paid by bank transfer, account unknown yet',
    '2601.78 EUR',
  ],
  'news-summarizer': [
    expect.stringMatching(/^fetched \d+ characters/) as string,
    '• After twenty years without a direct connection, a night train runs again three times a week.',
    'The night train is back [world, positive]',
    '--- cut in the middle',
    'connection_lost; kept the title "The night train is back" and 2 points',
  ],
  'partials-view': ['✓ title: Blade Runner', '✓ year: 1982'],
  progress: ['thinking…', '[.....] writing title', '[#####]'],
  'save-file': [
    'refused: not a plain file name',
    'writing: 31 characters',
    'written',
    'in the folder: haiku.txt, pond.png',
  ],
  session: [
    '1: Blade Runner',
    '2: Because you like rain, neon and hard questions. (this session)',
    '3: 5 told',
    '4: 7 told',
    '8 messages',
  ],
  'reload-the-page': [
    'the page is gone',
    expect.stringMatching(/^the new page sees: The/) as string,
    'The night train is back, 4 points, the model was asked 1 time',
  ],
  'stream-or-whole': [
    'whole: Blade Runner (1982)',
    'streamed: Blade Runner is known before the answer is complete',
    'streamed: 8.9 of 10',
  ],
  'streamed-list': ['[x] Measure the new rooms and draw a seating plan (high)', '5 tasks, 310 minutes'],
  'test-without-network': [
    'all is well: Blade Runner',
    'the connection breaks: connection_lost, worth another try',
    'the model runs out of tokens: truncated',
    '3 requests were made',
  ],
  'text-streaming': [expect.stringMatching(/^This is a simulated answer\. .* as those of a model do\.$/) as string],
  'to-a-file': ['Red lentil soup with lemon: 5 steps in the file', 'timed'],
  tools: [
    '  … {"city":"Oslo"}',
    'weather({"city":"Oslo","day":"tomorrow"})',
    'No weather for Atlantis.',
    '→ {"city":"Rome","degrees":25}',
    'Rome, with sunglasses and a light jacket',
    '2 model calls',
  ],
  'tools-with-approval': [
    'find_address: grace@example.com',
    'send_mail: sent',
    'send_mail: The user did not allow this call: Not to everyone, please.',
    'Grace has been asked to lunch; the others have not.',
    'sent to grace@example.com',
  ],
  typewriter: [
    'The sea is calm tonight.',
    '| The sea is calm tonight.',
    '| The tide is full, the moon lies fair.',
    '14 pieces by word',
  ],
  'two-tabs': [
    'second tab: Hosting',
    'on the server: aborted',
    expect.stringMatching(/^the model wrote \d lines and was stopped$/) as string,
  ],
  'validated-result': [
    'a good answer: The night train is back (positive, stop)',
    'a wrong one: invalid_data',
    'no answer: no_json',
  ],
  'web-route': ['the form fills itself', 'total: 2601.78 EUR'],
}

test('every example is run', () => {
  // The pages have separate tests.
  const files = readdirSync(join(root, 'examples')).filter((name) => name !== 'pages')
  expect(files.map((name) => name.replace(/\.ts$/, '')).toSorted()).toEqual(Object.keys(expected).toSorted())
})

let programs: Awaited<ReturnType<typeof bundlePrograms>>
beforeAll(async () => {
  programs = await bundlePrograms(Object.keys(expected).map((name) => `examples/${name}.ts`))
})
afterAll(() => programs.remove())

// Processes side by side, but no more than a small machine can bear.
test.concurrent.each(Object.entries(expected))(
  '%s',
  async (name, lines) => {
    const { STRUCTSTREAM_MODEL: _, ...env } = process.env
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [programs.programOf(name)], {
      cwd: root,
      env,
      timeout: 60_000,
    })
    expect(stderr).toBe('')
    const printed = stdout.trimEnd().split('\n')
    let from = 0
    for (const line of lines) {
      const at = printed.findIndex((candidate, index) => index >= from && matches(candidate, line))
      expect(at, `${String(line)} in\n${stdout}`).toBeGreaterThanOrEqual(0)
      from = at + 1
    }
  },
  60_000,
)

function matches(candidate: string, line: string): boolean {
  if (typeof line === 'string') return candidate === line
  return (line as { asymmetricMatch(value: unknown): boolean }).asymmetricMatch(candidate)
}
