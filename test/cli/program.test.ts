import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import type { Console } from '../../src/cli/console.ts'
import { runProgram } from '../../src/cli/program.ts'
import type { Reply } from '../../src/testing/index.ts'
import { startProviderServer } from '../../src/testing/index.ts'
import { Terminal } from './terminal.ts'

interface Outcome {
  code: number
  out: string
  err: string
}

async function structstream(args: string[], given: Partial<Console> = {}): Promise<Outcome> {
  let out = ''
  let err = ''
  const code = await runProgram(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    stdin: Readable.from([]),
    env: {},
    cwd: import.meta.dirname,
    ...given,
  })
  return { code, out, err }
}

/** Runs against a server that answers with `reply`. */
async function withServer(reply: Reply, args: string[]): Promise<Outcome> {
  await using server = await startProviderServer({ respond: reply })
  return await structstream([...args, '--model', 'local', '--base-url', server.openaiBaseURL])
}

afterEach(() => {
  vi.unstubAllEnvs()
})

const point = ['run', '--schema', 'fixtures/schemas.mjs#Point', 'where?']

test('help and version', async () => {
  expect((await structstream([])).out).toContain('structstream demo')
  for (const command of ['demo', 'run', 'batch', 'replay', 'serve', 'play']) {
    const { code, out } = await structstream([command, '--help'])
    expect(code).toBe(0)
    expect(out).toContain(`structstream ${command} [options]`)
  }
  expect((await structstream(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('demo through a pipe: a line for each value, then the data, and no control codes', async () => {
  const { code, out } = await structstream(['demo', '--schema', 'invoice'])
  expect(code).toBe(0)
  expect(out).toContain('simulated model')
  expect(out).toContain('\nlines.0.description: "Design of the website"\n')
  expect(out.indexOf('number: "2026-0417"')).toBeLessThan(out.indexOf('lines.0.description'))
  expect(out).toContain('Valid: the data has passed the schema.')
  expect(out).toMatch(/First delta .* · first partial .* · total /)
  expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
})

test('demo in a terminal: drawn live, and left standing as it ended', async () => {
  for (const [columns, rows] of [
    [80, 24],
    [40, 12],
    [20, 6],
  ] as const) {
    const terminal = new Terminal(columns, rows)
    const { code } = await structstream(['demo', '--speed', '400'], { stdout: terminal })
    expect(code).toBe(0)
    const shown = terminal.lines.join('\n')
    expect(shown).toMatch(/✓ year\s+1982/)
    expect(shown.replaceAll(/\s+/g, ' ')).toContain('✓ Valid: the data has passed the schema.')
    expect(shown).not.toContain('▌')
    expect(terminal.raw).toContain('▌')
    expect(terminal.isCursorVisible).toBe(true)
    expect(terminal.resizeListeners).toBe(0)
  }
})

test('NO_COLOR leaves out colors, and a dumb terminal gets lines', async () => {
  const colored = new Terminal(80, 24)
  await structstream(['demo', '--speed', '1000'], { stdout: colored })
  expect(colored.raw).toContain('\x1b[32m')
  const bare = new Terminal(80, 24)
  await structstream(['demo', '--speed', '1000'], { stdout: bare, env: { NO_COLOR: '1' } })
  expect(bare.raw).not.toMatch(/\x1b\[\d+m/)
  const dumb = new Terminal(80, 24)
  await structstream(['demo'], { stdout: dumb, env: { TERM: 'dumb' } })
  expect(dumb.raw).not.toContain('\x1b')
})

test('a failed demo shows what had arrived, and why it ended', async () => {
  await using server = await startProviderServer({ respond: { text: '{"title":"\x1b[31mAlien","year":12}' } })
  const terminal = new Terminal(60, 20)
  const args = ['demo', '--model', 'm', '--base-url', server.openaiBaseURL]
  const { code, err } = await structstream(args, { stdout: terminal })
  expect(code).toBe(8)
  expect(err).toContain('invalid_data')
  expect(terminal.lines.join('\n')).toMatch(/✓ title {2}Alien\n(.*\n)*✗ year: Invalid number: expected an integer,/)
  expect(terminal.isCursorVisible).toBe(true)
})

test('run prints the data as JSON', async () => {
  const { code, out, err } = await withServer({ text: '{"x":1,"y":2.5}' }, point)
  expect(err).toBe('')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toEqual({ x: 1, y: 2.5 })
})

test('run --partials prints growing values, the final one last', async () => {
  const { out } = await withServer({ text: '{"x":1,"y":2.5}', chunking: 1, latency: { tokensPerSecond: 500 } }, [
    ...point,
    '--partials',
  ])
  const values = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(values.length).toBeGreaterThan(1)
  expect(values.at(-1)).toEqual({ x: 1, y: 2.5 })
  expect(values.slice(0, -1)).not.toContainEqual({ x: 1, y: 2.5 })
})

test('run without a schema prints text, made harmless', async () => {
  const { out } = await withServer({ text: 'Hello \x1b[31mred\x1b[0m \x1b]0;t\x07world', chunking: 1 }, ['run', 'hi'])
  expect(out).toBe('Hello red world\n')
})

test('the prompt can come from standard input', async () => {
  await using server = await startProviderServer({ respond: { text: 'ok' } })
  const args = ['run', '-', '--model', 'm', '--base-url', server.openaiBaseURL]
  await structstream(args, { stdin: Readable.from(['the ', 'question']) })
  expect(JSON.stringify(server.requests[0]!.body)).toContain('the question')
})

test('a schema without a name is the default export; ready-made ones go by their names', async () => {
  const list = await withServer({ text: '{"value":["a"]}' }, ['run', '--schema', 'fixtures/schemas.mjs', 'x'])
  expect(list.err).toBe('')
  expect(JSON.parse(list.out)).toEqual(['a'])
  const bad = await withServer({ text: '{}' }, ['run', '--schema', 'movie', 'x'])
  expect(bad.code).toBe(8)
})

test('a JSON Schema in a file will do', async () => {
  const args = ['run', '--schema', 'fixtures/point.schema.json', 'x']
  expect(JSON.parse((await withServer({ data: { x: 3 } }, args)).out)).toEqual({ x: 3 })
  expect((await withServer({ data: { x: 'three' } }, args)).code).toBe(8)
})

test('every provider can be asked at another address', async () => {
  for (const name of ['OPENAI', 'ANTHROPIC', 'GEMINI', 'GOOGLE', 'GROQ']) vi.stubEnv(`${name}_API_KEY`, 'test')
  await using server = await startProviderServer({ respond: { data: { x: 1, y: 2 } } })
  const models: [string, string, string][] = [
    ['openai:m', server.openaiBaseURL, 'openai-responses'],
    ['openai-chat:m', server.openaiBaseURL, 'openai-chat'],
    ['groq:m', server.openaiBaseURL, 'openai-chat'],
    ['anthropic:m', server.anthropicBaseURL, 'anthropic'],
    ['gemini:m', server.geminiBaseURL, 'gemini'],
    ['ollama:m', server.ollamaHost, 'ollama'],
    ['llama3.2:3b', server.openaiBaseURL, 'openai-chat'],
  ]
  for (const [model, url, wire] of models) {
    const { code, out, err } = await structstream([...point, '--model', model, '--base-url', url])
    expect([model, code, err]).toEqual([model, 0, ''])
    expect(JSON.parse(out)).toEqual({ x: 1, y: 2 })
    expect(server.requests.at(-1)!.wire).toBe(wire)
  }
})

test('exit codes tell the kind of failure', async () => {
  const codes: [Reply, number, string][] = [
    [{ text: '{"x":"no"}' }, 8, 'invalid_data'],
    [{ text: 'sorry, no' }, 9, 'no_json'],
    [{ text: '{"x":1', finish: 'length' }, 7, 'truncated'],
    [{ text: '{"x":1', faults: { withoutFinish: true } }, 5, 'connection_lost'],
    [{ refusal: 'I will not' }, 6, 'refused'],
    [{ text: '{', finish: 'content-filter' }, 6, 'content_filtered'],
    [{ faults: { status: 429, headers: { 'x-should-retry': 'false' } } }, 4, 'rate_limited'],
    [{ faults: { status: 400 } }, 3, 'provider_error'],
  ]
  for (const [reply, code, name] of codes) {
    const outcome = await withServer(reply, point)
    expect([outcome.code, outcome.err], name).toEqual([code, expect.stringContaining(name)])
    expect(outcome.out).toBe('')
  }
  const stalled = await withServer({ text: '{"x":1}', faults: { stallAtByte: 10 } }, [...point, '--timeout', '0.05'])
  expect([stalled.code, stalled.err]).toEqual([5, expect.stringContaining('timeout')])
})

test('mistakes in the command line are named', async () => {
  const mistakes: [string[], string][] = [
    [['dmeo'], "no command 'dmeo'"],
    [['demo', '--schema', 'film'], '--schema takes one of movie'],
    [['demo', '--speed', 'fast'], '--speed takes a number'],
    [['demo', '--nope'], "Unknown option '--nope'"],
    [['run', '--model', 'simulate:'], 'What to ask?'],
    [['run', 'x', '--partials', '--model', 'simulate:'], '--partials needs --schema'],
    [['run', 'x', '--mode', 'magic'], '--mode takes one of auto'],
    [['run', 'x'], 'no_model'],
    [['run', 'x', '--model', 'openia:gpt'], 'openia'],
    [['run', 'x', '--base-url', 'http://127.0.0.1:1'], '--base-url needs --model'],
    [['run', 'x', '--schema', 'nowhere.mjs#A', '--model', 'simulate:'], 'No file'],
    [
      ['run', 'x', '--schema', 'fixtures/schemas.mjs#Nope', '--model', 'simulate:'],
      "no export 'Nope'; it exports Point, limit, default",
    ],
    [['run', 'x', '--schema', 'fixtures/broken.mjs#A', '--model', 'simulate:'], 'broken on purpose'],
    [['serve', '--port', 'http'], '--port takes a number'],
    [['play', '--port', 'http'], '--port takes a number'],
    [['play', '--port', '65536'], '--port takes a whole number from 0 to 65535'],
    [['play', '--schema', 'nowhere.mjs#A'], 'No file'],
    [['play', '--schema', 'fixtures/broken.mjs#A'], 'broken on purpose'],
    [['play', '--schema', 'fixtures/schemas.mjs#limit'], 'unsupported_schema: Expected a schema but got number'],
    [['play', 'nowhere.ndjson'], "can't be read"],
    [['play', 'fixtures/schemas.mjs'], "Line 1 of fixtures/schemas.mjs isn't JSON"],
    [['play', 'a.ndjson', 'b.ndjson'], 'play takes one recording'],
    [['play', '--base-url', 'http://127.0.0.1:1'], '--base-url needs --model'],
  ]
  for (const [args, message] of mistakes) {
    const outcome = await structstream(args)
    expect([outcome.code, outcome.err], args.join(' ')).toEqual([2, expect.stringContaining(message)])
    expect(outcome.out).toBe('')
  }
})

test('Ctrl-C stops the request, gives the terminal back and ends with 130', async () => {
  const before = process.listenerCount('SIGINT')
  await using server = await startProviderServer({ respond: { text: '{"title":"A', faults: { stallAfterEvent: 3 } } })
  const terminal = new Terminal(60, 20)
  const args = ['demo', '--model', 'm', '--base-url', server.openaiBaseURL]
  const running = structstream(args, { stdout: terminal })
  while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  process.emit('SIGINT', 'SIGINT')
  const { code, err } = await running
  expect([code, err]).toEqual([130, expect.stringContaining('aborted')])
  expect(terminal.isCursorVisible).toBe(true)
  expect((await server.requests[0]!.closed).byClient).toBe(true)
  expect(process.listenerCount('SIGINT')).toBe(before)
})

test('serve prints its addresses, answers, and stops on SIGTERM', async () => {
  let out = ''
  const folder = await mkdtemp(join(tmpdir(), 'structstream-'))
  const record = join(folder, 'requests.ndjson')
  const args = ['serve', '--text', 'from the shell', '--record', record]
  const running = structstream(args, { stdout: { write: (text) => (out += text) } })
  while (!out.includes('Ctrl-C')) await new Promise((resolve) => setTimeout(resolve, 5))
  const url = /OpenAI +(\S+)/.exec(out)![1]!
  const response = await fetch(`${url}/chat/completions`, { method: 'POST', body: '{"model":"some-model"}' })
  expect(await response.text()).toContain('from the shell')
  expect(out).toContain('POST /v1/chat/completions openai-chat some-model\n')
  const recorded = JSON.parse(await readFile(record, 'utf8')) as object
  expect(recorded).toEqual({
    method: 'POST',
    path: '/v1/chat/completions',
    wire: 'openai-chat',
    body: { model: 'some-model' },
  })
  await rm(folder, { recursive: true })
  process.emit('SIGTERM', 'SIGTERM')
  expect((await running).code).toBe(0)
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})
