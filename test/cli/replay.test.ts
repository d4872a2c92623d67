import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { record } from '../../src/record/index.ts'
import { run } from '../../src/run-stream.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'structstream-replay-'))
  const answers = {
    'good.ndjson': '{"x":1,"y":2.5}',
    'sloppy.ndjson': "{'x': 1, 'y': 2,}",
    'wrong.ndjson': '{"x":"one","y":2,"note":"the rest of it"}',
  }
  for (const [name, response] of Object.entries(answers)) {
    await run('where?', undefined, { model: record(simulate({ response, chunkSize: 1 }), join(folder, name)) })
  }
})
afterEach(() => rm(folder, { recursive: true }))

async function replay(args: string[]) {
  let out = ''
  let err = ''
  const code = await runProgram(['replay', ...args, '--schema', 'fixtures/schemas.mjs#Point'], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    stdin: Readable.from([]),
    env: {},
    cwd: import.meta.dirname,
  })
  return { code, out, err }
}

test('replay judges an answer that was recorded as text by a schema', async () => {
  const { code, out } = await replay([join(folder, 'good.ndjson')])
  expect(code).toBe(0)
  expect(out).toMatch(/^ok\n15 of 15 characters read, \d+ partials\n\{\n {2}"x": 1,/)
})

test('replay --on-invalid abort says at which character the model would have been stopped', async () => {
  const { code, out } = await replay([join(folder, 'wrong.ndjson'), '--on-invalid', 'abort'])
  expect(code).toBe(13)
  expect(out).toMatch(/^invalid_data: /)
  const [, read, recorded] = /(\d+) of (\d+) characters read/.exec(out)!.map(Number)
  expect(read).toBeLessThan(recorded! / 2)
  expect(out).toMatch(/issue at x, character \d+: /)
})

test('replay lists repairs, and --strict reads without them', async () => {
  const tolerant = await replay([join(folder, 'sloppy.ndjson')])
  expect(tolerant.out).toMatch(/^ok\n/)
  expect(tolerant.out).toMatch(/repair .* at \d+: /)
  expect((await replay([join(folder, 'sloppy.ndjson'), '--strict'])).out).toMatch(/^(?:no_json|malformed_json): /)
})

test('replay lists what was repaired before the model was stopped', async () => {
  const file = join(folder, 'both.ndjson')
  await run('where?', undefined, {
    model: record(simulate({ response: "Sure: {'x': 'one', y: 2}", chunkSize: 1 }), file),
  })
  const { out } = await replay([file, '--on-invalid', 'abort'])
  expect(out).toMatch(/^invalid_data: /)
  expect(out).toMatch(/repair quotes at 7: /)
  expect(out).not.toMatch(/unquoted-key/)
})

test('replay of a folder prints a row per answer', async () => {
  const { code, out } = await replay([folder])
  expect(code).toBe(13)
  const rows = out.trimEnd().split('\n')
  expect(rows[0]).toMatch(/^recording +verdict +characters read +partials +repairs +issues +first at$/)
  expect(rows.slice(1, 4).map((row) => row.split(/ {2,}/).slice(0, 2))).toEqual([
    ['good.ndjson', 'ok'],
    ['sloppy.ndjson', 'ok'],
    ['wrong.ndjson', 'invalid_data'],
  ])
  expect(rows.at(-1)).toBe('3 answers: 2 fit, 1 do not')
})

test.each([
  [['no-such-file'], /There is no recording at/],
  [[], /takes one recording/],
])('replay %j is wrong usage', async (args, message) => {
  const { code, err } = await replay(args)
  expect(err).toMatch(message)
  expect(code).toBe(2)
})
