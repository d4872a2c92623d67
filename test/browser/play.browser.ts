import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { build } from 'vite'
import { schemas } from '../../schemas/index.ts'
import { simulate, type SimulateOptions } from '../../src/models/simulate/index.ts'
import { startPlayground, type Playground } from '../../playground/server.ts'
import { record } from '../../src/record/index.ts'
import { run as execute } from '../../src/run-stream.ts'
import type { StructuredStream } from '../../src/stream/structured-stream.ts'
import { until } from '../web/loopback.ts'

/** `npm run test:browser`: needs Debian's `chromium`, or one that the variable CHROMIUM names. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const root = join(import.meta.dirname, '../..')

/** What the model that goes by the name `test` answers. */
let model: SimulateOptions = {}
let runs: StructuredStream<unknown>[] = []
let browser: Browser
let playground: Playground

const serve = () =>
  startPlayground({
    folder: join(root, 'dist/play'),
    version: 'test',
    env: { GROQ_API_KEY: 'test' },
    model: {
      name: 'test',
      model: {
        ...simulate(),
        stream: (request, signal) => simulate(model).stream(request, signal),
      },
    },
    onRun: (stream) => void runs.push(stream),
  })

beforeAll(async () => {
  expect(existsSync(executablePath), `there is no ${executablePath}: apt-get install chromium, or set CHROMIUM`).toBe(
    true,
  )
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' })
  playground = await serve()
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
}, 60_000)

beforeEach(() => {
  runs = []
})

afterAll(async () => {
  await browser?.close()
  await playground?.[Symbol.asyncDispose]()
})

/** The page, and what it complained of. */
interface Opened extends AsyncDisposable {
  page: Page
  complaints: string[]
  verdict: ReturnType<Page['getByRole']>
  run: (settings?: Record<string, string>) => Promise<void>
  ended: () => Promise<string>
}

async function open(options: BrowserContextOptions = {}, { url } = playground): Promise<Opened> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // What a refused or cut request is anyhow told as.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  await page.goto(url)
  const verdict = page.getByRole('status')
  await verdict.waitFor()
  return {
    page,
    complaints,
    verdict,
    async run(settings = {}) {
      for (const [label, value] of Object.entries(settings))
        await page.getByLabel(label, { exact: true }).selectOption(value)
      await page.getByRole('button', { name: 'Run', exact: true }).click()
    },
    async ended() {
      await page.locator('[data-status=done], [data-status=failed], [data-status=stopped]').waitFor()
      return (await verdict.textContent())!
    },
    [Symbol.asyncDispose]: () => context.close(),
  }
}

/** Milliseconds of CPU of the page's tasks, the longest first: what others do on the machine does not count. */
function mainThreadTasks(trace: string): number[] {
  type Event = { name: string; pid: number; tid: number; tdur?: number; args?: { name?: string } }
  const { traceEvents } = JSON.parse(trace) as { traceEvents: Event[] }
  const isMain = (name?: string): boolean => name === 'CrRendererMain'
  const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && isMain(args?.name))
  const known = new Set(threads.map(({ pid, tid }) => `${pid} ${tid}`))
  const tasks = traceEvents.filter(({ name, pid, tid }) => name === 'RunTask' && known.has(`${pid} ${tid}`))
  return tasks.map(({ tdur = 0 }) => Math.round(tdur / 1_000)).sort((a, b) => b - a)
}

/** Puts a slider on a stop. */
async function slide(page: Page, name: string, stop: number): Promise<void> {
  await page.getByRole('slider', { name }).fill(String(stop))
}

const fault = 'Fault of the first answer'
const policy = 'Invalid data'

test('runs to its end: the text, every field, the time line and the figures', async () => {
  await using opened = await open()
  const { page, complaints, run, ended } = opened
  expect(await page.locator('.place[data-state=absent]').count()).toBe(6)
  // So slow that it can't be missed.
  await slide(page, 'Speed', 1)
  await run()
  await page.locator('.place[data-state=open]').first().waitFor()
  expect(await page.locator('.raw .cursor').count()).toBe(1)
  await slide(page, 'Speed', 8)
  await run()
  expect(await ended()).toContain('Valid')
  expect(await page.locator('.place[data-state=complete]').count()).toBe(6)
  const text = (await page.getByRole('region', { name: 'Raw text' }).textContent())!
  expect(JSON.parse(text)).toEqual(schemas.movie.sample)
  expect(await page.getByRole('region', { name: 'Growing data' }).textContent()).toContain(schemas.movie.sample.reason)
  const lanes = await page.locator('.lane .name').allTextContents()
  expect(lanes).toEqual(['call 1', ...Object.keys(schemas.movie.sample)])
  for (const figure of await page.locator('.figure dd').allTextContents()) expect(figure).toMatch(/^(\d|–)/)
  expect(await page.locator('.cursor').count()).toBe(0)
  expect(complaints).toEqual([])
})

test('every fault has its typed error, in sight', async () => {
  await using opened = await open()
  const { page, complaints, verdict, run, ended } = opened
  await slide(page, 'Speed', 9)
  await slide(page, 'Chunk', 5)
  const codes = {
    invalid: 'invalid_data',
    missing: 'invalid_data',
    cut: 'connection_lost',
    stall: 'timeout',
    truncated: 'truncated',
    refusal: 'refused',
    filtered: 'content_filtered',
    'rate-limited': 'rate_limited',
  }
  for (const [name, code] of Object.entries(codes)) {
    await run({ [fault]: name })
    await verdict.getByText(code, { exact: true }).waitFor()
    expect(await ended()).toContain(code)
    expect(await verdict.isVisible()).toBe(true)
  }
  // The wrong field is marked, and says why.
  await run({ [fault]: 'invalid' })
  await ended()
  const wrong = page.locator('.place[data-state=invalid]')
  expect(await wrong.count()).toBe(1)
  expect(await wrong.textContent()).toContain('expected number')
  expect(complaints).toEqual([])
})

test('sloppy JSON is repaired on the way, and each repair is reported', async () => {
  await using opened = await open()
  await opened.run({ [fault]: 'sloppy' })
  expect(await opened.ended()).toContain('Valid')
  const notes = (await opened.page.locator('.note').allTextContents()).join('\n')
  for (const kind of ['code-fence', 'unquoted-key', 'quoted-number', 'trailing-comma', 'comment'])
    expect(notes).toContain(kind)
})

test('what is wrong or missing is asked for again, and what that saves is reported', async () => {
  await using opened = await open()
  const { page, run, ended, complaints } = opened
  const saved = page.locator('.figure', { hasText: 'Saved' })
  await slide(page, 'Speed', 8)
  await page.getByLabel('Schema', { exact: true }).selectOption('invoice')

  await run({ [fault]: 'invalid', [policy]: 'patch' })
  expect(await ended()).toContain('Valid')
  expect(await saved.textContent()).toMatch(/≈ \d+ tokens ?patched, \d+ characters/)
  expect(await page.getByRole('region', { name: 'Raw text' }).textContent()).toContain('Call 2 · patch')
  expect(await page.locator('.note.patch').textContent()).toContain('lines[1].quantity')
  expect(await page.locator('.call').allTextContents()).toEqual([
    expect.stringContaining('call 1'),
    expect.stringContaining('call 2 · patch'),
  ])

  await run({ [policy]: 'abort' })
  expect(await ended()).toContain('invalid_data')
  expect(await saved.textContent()).toContain('stopped early')

  await run({ [policy]: 'restart' })
  expect(await ended()).toContain('Valid')
  expect(await page.locator('.note.restart').count()).toBe(1)
  expect(await saved.textContent()).toContain('stopped early')

  await page.getByRole('checkbox', { name: /recover/ }).check()
  await run({ [fault]: 'cut' })
  expect(await ended()).toContain('Valid')
  expect(await saved.textContent()).toContain('went on')
  expect(complaints).toEqual([])
})

test('the presets do what they say', async () => {
  await using opened = await open()
  const { page, ended } = opened
  await slide(page, 'Speed', 9)
  const names = await page.locator('.chips button').allTextContents()
  expect(names.length).toBeGreaterThan(4)
  for (const name of names) {
    await page.getByRole('button', { name, exact: true }).click()
    expect(await ended(), name).toContain(name === 'Stopped early' ? 'invalid_data' : 'Valid')
  }
})

/** A recording of a model that is simulated, one call for each. */
async function recordingOf(...calls: SimulateOptions[]): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const lines: string[] = []
  for (const options of calls) {
    const recorder = record(simulate({ chunkSize: 4, ...options }), (line) => void lines.push(line))
    await execute('an invoice', undefined, { model: recorder }).catch(() => {})
  }
  return { name: 'today.ndjson', mimeType: 'application/x-ndjson', buffer: Buffer.from(`${lines.join('\n')}\n`) }
}

test('a recording is opened and gone through by the keyboard, with its faults; a foreign file is refused in words', async () => {
  await using opened = await open()
  const { page, verdict, ended, complaints } = opened
  const wrong = { ...schemas.invoice.sample, due: 'soon' }
  const text = JSON.stringify(wrong)
  const file = await recordingOf({ response: wrong }, { response: wrong, faults: { errorAt: 30 } })
  await page.getByLabel('Schema', { exact: true }).selectOption('invoice')
  await page.getByText('Recorded', { exact: true }).click()
  const picker = page.getByLabel('Recording', { exact: true })
  await picker.setInputFiles({ ...file, buffer: Buffer.from('{"some":"json"}\n') })
  await page.getByRole('alert').getByText('Line 1 of today.ndjson has `type` undefined').waitFor()
  expect(await ended()).toContain('Expected a file that record() wrote')

  await picker.setInputFiles(file)
  await verdict.getByText('invalid_data', { exact: true }).waitFor()
  const raw = page.getByRole('region', { name: 'Raw text' })
  expect(await raw.textContent()).toBe(text)
  expect(await page.locator('.place[data-state=invalid]').textContent()).toContain('Invalid ISO date')

  const slider = page.getByRole('slider', { name: 'Event' })
  await slider.press('Home')
  await slider.press('ArrowRight')
  expect(await slider.getAttribute('aria-valuetext')).toMatch(/^Event 2 of \d+, text-delta/)
  expect(await raw.textContent()).toBe(text.slice(0, 4))
  expect(await page.locator('.note').count()).toBe(0)
  await slider.press('End')
  expect(await page.locator('.note.issue').count()).toBe(1)
  const lanes = await page.locator('.lane .name').allTextContents()
  expect(lanes).toEqual(['call 1', ...Object.keys(wrong)])

  await page.getByLabel(policy, { exact: true }).selectOption('abort')
  await page.getByLabel('Call', { exact: true }).selectOption('0')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.locator('.unread').first().waitFor()
  expect(await raw.textContent()).toBe(text)

  await page.getByLabel('Call', { exact: true }).selectOption('1')
  await verdict.getByText('connection_lost', { exact: true }).waitFor()
  await page.getByText('Events', { exact: true }).click()
  expect(await page.locator('.wire .fault').textContent()).toContain('threw connection_lost')
  expect(complaints).toEqual([])
})

test('a recording may be dropped on the page, and plays to its end', async () => {
  await using opened = await open()
  const { page, ended, complaints } = opened
  const { name, buffer } = await recordingOf({ response: schemas.movie.sample })
  await page.evaluate(
    `(() => {
      const data = new DataTransfer()
      data.items.add(new File([${JSON.stringify(buffer.toString())}], ${JSON.stringify(name)}))
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
    })()`,
  )
  expect(await ended()).toContain('Valid')
  const slider = page.getByRole('slider', { name: 'Event' })
  await slider.press('Home')
  await page.getByLabel('Playing speed').selectOption('16')
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  expect(await ended()).toContain('Valid')
  expect(await page.getByRole('button', { name: 'Play', exact: true }).count()).toBe(1)
  // A live run takes its place.
  await page.getByRole('button', { name: 'Good answer' }).click()
  await slider.waitFor({ state: 'detached' })
  expect(await ended()).toContain('Valid')
  expect(complaints).toEqual([])
})

test('a pasted answer is played: repaired, and stopped where the schema says so', async () => {
  await using opened = await open()
  const { page, run, ended, complaints } = opened
  await page.getByText('Pasted', { exact: true }).click()
  await slide(page, 'Speed', 9)
  const answer = page.getByLabel('Answer', { exact: true })
  await answer.fill("Sure: {title: 'Alien', 'year': 'late'}")
  await run({ [policy]: 'abort' })
  expect(await ended()).toContain('invalid_data')
  expect(await page.getByRole('status').textContent()).toMatch(/Stopped after \d+ of 38 characters/)
  const notes = (await page.locator('.note').allTextContents()).join('\n')
  for (const kind of ['text-before', 'unquoted-key', 'quotes', 'invalid_type']) expect(notes).toContain(kind)
  await answer.fill(JSON.stringify(schemas.movie.sample))
  await run()
  expect(await ended()).toContain('Valid')
  expect(await page.locator('.place[data-state=complete]').count()).toBe(6)
  expect(complaints).toEqual([])
})

test('stop stops the model on the server, by the button, by Escape, and by closing the tab', async () => {
  const ways: ((page: Page) => Promise<unknown>)[] = [
    (page) => page.getByRole('button', { name: 'Stop', exact: true }).click(),
    (page) => page.keyboard.press('Escape'),
    (page) => page.close(),
  ]
  for (const [index, leave] of ways.entries()) {
    await using opened = await open()
    const { page, verdict, run } = opened
    await slide(page, 'Speed', 1)
    await run()
    await page.locator('.place[data-state=open]').first().waitFor()
    const running = runs[index]!
    expect(running.status).toBe('streaming')
    await leave(page)
    await until(() => running.status === 'failed')
    await expect(running.getData()).rejects.toMatchObject({ code: 'aborted' })
    if (page.isClosed()) continue
    await verdict.getByText('Stopped by you').waitFor()
    // What has come stays.
    expect(await page.locator('.place:not([data-state=absent])').count()).toBeGreaterThan(0)
  }
})

test('run twice: the first is stopped; stop before the first byte: nothing comes', async () => {
  await using opened = await open()
  const { page, run, ended, verdict } = opened
  await slide(page, 'Speed', 1)
  await run()
  await run()
  await until(() => runs.length === 2 && runs[0]!.status === 'failed')
  await slide(page, 'Speed', 8)
  await run()
  expect(await ended()).toContain('Valid')
  expect(JSON.parse((await page.getByRole('region', { name: 'Raw text' }).textContent())!)).toEqual(
    schemas.movie.sample,
  )

  await slide(page, 'Speed', 0)
  await run()
  await page.keyboard.press('Escape')
  await verdict.getByText('Stopped by you').waitFor()
  expect(await page.getByRole('region', { name: 'Raw text' }).textContent()).toBe('')
  await until(() => runs.every(({ status }) => status === 'done' || status === 'failed'))
})

test('all of it by the keyboard: every control is reached, named, and seen to have the focus', async () => {
  await using opened = await open()
  const { page, ended } = opened
  const reached: string[] = []
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab')
    const focus = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement
      // A radio is drawn by the text next to it.
      const drawn = element.type === 'radio' ? element.nextElementSibling! : element
      const { outlineStyle, outlineWidth } = getComputedStyle(drawn)
      const label = element.labels?.[0]?.textContent ?? ''
      return {
        name: element.getAttribute('aria-label') ?? (label || element.textContent.trim()),
        isRinged: outlineStyle !== 'none' && outlineWidth !== '0px',
        isBody: element === document.body,
      }
    })
    if (focus.isBody) break
    expect(focus.name).not.toBe('')
    expect(focus.isRinged, focus.name).toBe(true)
    reached.push(focus.name)
  }
  for (const name of ['Schema', 'Prompt', 'Speed', 'Chunk', fault, policy, 'Raw text', 'Growing data', 'Copy the data'])
    expect(reached).toContain(name)

  await page.getByLabel('Schema', { exact: true }).focus()
  await page.keyboard.type('Task')
  await page.getByLabel('Prompt', { exact: true }).focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('Plan a move')
  await page.getByRole('slider', { name: 'Speed' }).focus()
  await page.keyboard.press('End')
  await page.keyboard.press('Control+Enter')
  expect(await ended()).toContain('Valid')
  expect(await page.getByRole('region', { name: 'Raw text' }).textContent()).toBe(JSON.stringify(schemas.tasks.sample))
})

test('on a phone nothing is wider than the screen, and Run is always at hand', async () => {
  await using opened = await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
  const { page, run, ended, complaints } = opened
  const fits = async (when: string) => {
    // `innerWidth` of a phone grows with what does not fit.
    expect(await page.evaluate(() => document.documentElement.scrollWidth), when).toBe(390)
    expect(await page.getByRole('button', { name: 'Run', exact: true }).isVisible(), when).toBe(true)
  }
  await fits('idle')
  for (const name of Object.keys(schemas)) {
    await run({ Schema: name })
    await page.locator('.place[data-state=open]').first().waitFor()
    await fits(`${name}, running`)
    await page.keyboard.press('Escape')
    await fits(`${name}, stopped`)
  }
  await page.getByRole('button', { name: 'Stopped early' }).click()
  await ended()
  await fits('failed')
  await page.getByLabel('Schema', { exact: true }).selectOption('own')
  for (const summary of await page.locator('summary').all()) await summary.click()
  await fits('everything open')
  for (const width of [320, 768, 1000, 1920]) {
    await page.setViewportSize({ width, height: 700 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
  }
  expect(complaints).toEqual([])
})

test('dark where the system is, and by the switch, which is remembered', async () => {
  await using opened = await open({ colorScheme: 'dark' })
  const { page } = opened
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const dark = await ground()
  await page.getByText('Light', { exact: true }).click()
  const light = await ground()
  expect(light).not.toBe(dark)
  await page.reload()
  await page.getByRole('status').waitFor()
  await expect.poll(ground).toBe(light)
  await page.getByText('Auto', { exact: true }).click()
  expect(await ground()).toBe(dark)
  await page.emulateMedia({ colorScheme: 'light' })
  expect(await ground()).toBe(light)
})

test('text stays text: markup and script of the model are shown, and never run', async () => {
  await using opened = await open()
  const { page, run, ended, complaints } = opened
  const hostile = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script><b>bold</b>'
  const keys = { [hostile]: { type: 'string' }, __proto__x: { type: 'string' } }
  const own = {
    type: 'object',
    properties: { text: { type: 'string' }, n: { type: 'number' }, ...keys },
    required: ['text'],
  }
  const answer = JSON.stringify({ text: hostile, n: hostile, [hostile]: hostile, constructor: hostile })
  model = { response: `${hostile} ${answer} ${hostile}`, chunkSize: [3, 9], delayMs: 1, reasoning: hostile }
  await page.getByLabel('Schema', { exact: true }).selectOption('own')
  await page.getByLabel('JSON Schema', { exact: true }).fill(JSON.stringify(own))
  await page.getByText('Real', { exact: true }).click()
  expect(await page.getByLabel('Model, as provider:id').inputValue()).toBe('test')
  await run()
  expect(await ended()).toContain('invalid_data')
  for (const name of ['Raw text', 'Growing data'])
    expect(await page.getByRole('region', { name }).first().textContent(), name).toContain('onerror="window.hacked=1"')
  expect(await page.locator('.reasoning').textContent()).toBe(hostile)
  expect(await page.locator('img, b:has-text("bold"), body script').count()).toBe(0)
  expect(await page.evaluate('globalThis.hacked')).toBeUndefined()
  // What would make HTML of text does not even work here.
  const sink = await page.evaluate(`try { document.body.innerHTML = '<p>'; 'set' } catch (error) { error.name }`)
  expect(sink).toBe('TypeError')
  expect(complaints.filter((line) => !line.includes('TrustedHTML'))).toEqual([])
})

test('a schema or a model that will not do is reported', async () => {
  await using opened = await open()
  const { page, verdict, run, ended, complaints } = opened
  await page.getByLabel('Schema', { exact: true }).selectOption('own')
  const own = page.getByLabel('JSON Schema', { exact: true })
  await own.fill('{"type": ')
  expect(await own.getAttribute('aria-invalid')).toBe('true')
  await run()
  // It stays idle, and shows where.
  expect(await own.evaluate((element) => element === document.activeElement)).toBe(true)
  expect(await verdict.textContent()).toContain('Press Run')
  await own.fill('{"type":"object","properties":{"x":{"$ref":"#/nowhere"}}}')
  await run()
  expect(await ended()).toContain('unsupported_schema')

  await page.getByLabel('Schema', { exact: true }).selectOption('movie')
  await page.getByText('Real', { exact: true }).click()
  const name = page.getByLabel('Model, as provider:id')
  expect(await page.locator('.hint', { hasText: 'Ready' }).textContent()).toContain('groq')
  await name.fill('openai:gpt-5.4')
  await run()
  expect(await ended()).toContain('no key for openai')
  await name.fill('nobody:x')
  await run()
  await verdict.getByText('Unknown model').waitFor()
  expect(runs).toHaveLength(1)
  expect(complaints).toEqual([])
})

test('a server that dies in the middle is connection_lost', async () => {
  const mortal = await serve()
  await using opened = await open({}, mortal)
  const { page, run, ended } = opened
  await slide(page, 'Speed', 1)
  await run()
  await page.locator('.place[data-state=open]').first().waitFor()
  await mortal[Symbol.asyncDispose]()
  expect(await ended()).toContain('connection_lost')
  await run()
  await until(async () => (await page.locator('[data-status=failed]').count()) === 1)
  expect(await ended()).toContain('connection_lost')
})

test('a megabyte at 100 updates a second: the page holds no more of it than one can see', async () => {
  const rows = Array.from({ length: 10_000 }, (_, id) => ({ id, name: `Row ${id}`, note: 'x'.repeat(60) }))
  const properties = { id: { type: 'integer' }, name: { type: 'string' }, note: { type: 'string' } }
  const own = { type: 'array', items: { type: 'object', properties, required: ['id', 'name', 'note'] } }
  await using opened = await open({ viewport: { width: 1280, height: 800 } })
  const { page, run, ended, complaints } = opened
  model = { response: rows, chunkSize: 1_000, delayMs: 10 }
  await page.getByLabel('Schema', { exact: true }).selectOption('own')
  await page.getByLabel('JSON Schema', { exact: true }).fill(JSON.stringify(own))
  await page.getByText('Real', { exact: true }).click()
  await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] })
  await run()
  expect(await ended()).toContain('Valid')
  const tasks = mainThreadTasks(String(await browser.stopTracing()))
  console.log(
    `longest tasks: ${tasks.slice(0, 5).join(', ')} ms of CPU, ${tasks.filter((ms) => ms > 50).length} over 50 ms`,
  )
  expect(await page.locator('.raw .text').evaluate((element) => element.textContent)).toBe(JSON.stringify(rows))
  expect(await page.locator('.tree > .place').last().textContent()).toContain('Row 9999')
  expect(await page.locator('*').count()).toBeLessThan(5_000)
  expect(complaints).toEqual([])
})

test('as a program: says where it is, and ends with the signal', async () => {
  const start = (...args: string[]) =>
    spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'play', ...args], { cwd: root })
  const folder = await mkdtemp(join(tmpdir(), 'play-'))
  const { buffer } = await recordingOf({ response: { x: 1, y: 'two' } })
  await writeFile(join(folder, 'points.ndjson'), buffer)
  const child = start('--port', '0', '--schema', 'test/cli/fixtures/schemas.mjs#Point', join(folder, 'points.ndjson'))
  try {
    let out = ''
    child.stdout.on('data', (data: Buffer) => (out += data.toString()))
    await until(() => out.includes('Ctrl-C'))
    expect(out).toContain('Only this machine can reach it.')
    const url = /http:\S+/.exec(out)![0]
    const second = start('--port', new URL(url).port)
    let err = ''
    second.stderr.on('data', (data: Buffer) => (err += data.toString()))
    expect(await once(second, 'close')).toEqual([2, null])
    expect(err).toContain('It cannot listen there')

    await using opened = await open({}, { ...playground, url })
    await opened.verdict.getByText('invalid_data', { exact: true }).waitFor()
    expect(await opened.page.locator('.place[data-state=invalid]').textContent()).toContain('expected number')
    await opened.page.getByText('Simulated', { exact: true }).click()
    await slide(opened.page, 'Chunk', 0)
    await slide(opened.page, 'Speed', 0)
    await opened.run()
    await opened.page.locator('.place[data-state=open]').first().waitFor()
    child.kill('SIGINT')
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(0)
    expect(await opened.ended()).toContain('connection_lost')
    expect(out).toContain('schemas.mjs#Point · simulated · aborted')
  } finally {
    child.kill('SIGKILL')
    await rm(folder, { recursive: true })
  }
})
