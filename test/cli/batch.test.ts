import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { startProviderServer } from '../../src/testing/index.ts'
import { Terminal } from './terminal.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'structstream-batch-'))))
afterEach(() => rm(folder, { recursive: true }))

async function batch(args: string[], { input = '', stderr }: { input?: string; stderr?: Terminal } = {}) {
  let out = ''
  let err = ''
  const code = await runProgram(['batch', ...args], {
    stdout: { write: (text) => (out += text) },
    stderr: stderr ?? { write: (text) => (err += text) },
    stdin: Readable.from([input]),
    env: {},
    cwd: folder,
  })
  return { code, out, err }
}

const simulated = ['--schema', 'movie', '--model', 'simulate:']

test('batch prints a line of JSON per input, and says on standard error what it does', async () => {
  const { code, out, err } = await batch(['-', ...simulated], { input: '"Alien"\n\n{"prompt":"Heat","key":"h"}\n' })
  expect(code).toBe(0)
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.map(({ key, ok }) => [key, ok])).toEqual([
    ['Alien', true],
    ['h', true],
  ])
  expect(err).toMatch(/^done Alien\ndone h\n2 items: 2 done, 0 failed; 2 runs, \d+ tokens, [\d.]+ s\n$/)
})

test('batch --out: a second start asks only for what is not in the file', async () => {
  await using server = await startProviderServer({ respond: { text: 'fine' } })
  const file = join(folder, 'results.jsonl')
  const args = ['-', '--out', file, '--model', 'm', '--base-url', server.openaiBaseURL]
  expect((await batch(args, { input: '"a"\n"b"\n' })).code).toBe(0)
  expect(server.requests).toHaveLength(2)
  const second = await batch(args, { input: '"a"\n"b"\n"c"\n' })
  expect(server.requests).toHaveLength(3)
  expect(second.err).toMatch(/^kept a\nkept b\ndone c\n3 items: 3 done, 0 failed; 1 runs/)
  expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(3)
})

test('batch ends with 13 when items have failed, names each, and keeps secrets and control codes out', async () => {
  await using server = await startProviderServer({ respond: { faults: { status: 401 } } })
  const { code, err } = await batch(['-', '--model', 'm', '--base-url', server.openaiBaseURL], {
    input: '"a\\u001b[31m"',
  })
  expect(code).toBe(13)
  expect(err).toContain('failed a')
  expect(err).toContain('provider_error: ')
  expect(err).not.toContain('\x1b')
})

test.each([
  [['-'], 'not json', /-, line 1 isn't JSON/],
  [['-'], '"a"\n{"prompt":5}', /-, line 2 needs "prompt"/],
  [['no-such-file.jsonl'], '', /no-such-file.jsonl can't be read/],
  [[], '', /batch takes one file/],
  [['-', '--concurrency', '0'], '', /--concurrency/],
])('batch %j with the input %j is wrong usage', async (args, input, message) => {
  const { code, err } = await batch([...args, ...simulated], { input })
  expect(err).toMatch(message)
  expect(code).toBe(2)
})

test('batch in a terminal draws one bar, and takes it away at the end', async () => {
  const terminal = new Terminal(60, 10)
  const path = join(folder, 'in.jsonl')
  await writeFile(path, Array.from({ length: 20 }, (_, index) => `"item ${index}"\n`).join(''))
  const { code } = await batch([path, ...simulated], { stderr: terminal })
  expect(code).toBe(0)
  expect(terminal.raw).toMatch(/running/)
  expect(terminal.lines.filter((line) => line !== '')).toEqual([expect.stringMatching(/^20 items: 20 done, 0 failed/)])
})
