import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'

/** Debian's `chromium`, or the one that the variable CHROMIUM names. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(`There is no ${executablePath}: apt-get install chromium, or set CHROMIUM.`)
  }
  return await chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** A task, and the microtasks after it, which count as a part of it. */
const STEP = /::RunTask$|PerformMicrotaskCheckpoint$/

const MARK = 'the page that is measured'

interface TraceEvent {
  name: string
  pid: number
  tid: number
  ts: number
  /** Microseconds, as `ts`: by the clock, and of the thread's own time. */
  dur?: number
  tdur?: number
}

/** The longest task of a page's main thread, in milliseconds: by the clock, and of the processor's time. */
export interface LongestTask {
  wall: number
  cpu: number
}

/**
 * What the longest task was while `work` continued. On a machine that does other things too, a task takes long by the
 * clock because it had to wait; the time that the thread itself was given tells what the page is to blame for.
 */
export async function longestTask(page: Page, work: () => Promise<void>): Promise<LongestTask> {
  const browser = page.context().browser()!
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] })
  let trace: Buffer
  try {
    // Tells its thread from those of other pages, and of processes that Chromium keeps ready.
    await page.evaluate(`performance.mark('${MARK}')`)
    await work()
  } finally {
    trace = await browser.stopTracing()
  }
  const { traceEvents } = JSON.parse(String(trace)) as { traceEvents: TraceEvent[] }
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`
  const mark = traceEvents.find(({ name }) => name === MARK)
  if (mark === undefined) throw new Error('The trace does not have the mark of the page.')
  const main = threadOf(mark)
  const steps = traceEvents.filter((event) => threadOf(event) === main && STEP.test(event.name))
  const longest = { wall: 0, cpu: 0 }
  let task = { wall: 0, cpu: 0 }
  let end = 0
  for (const { name, ts, dur = 0, tdur = 0 } of steps.toSorted((a, b) => a.ts - b.ts || b.dur! - a.dur!)) {
    // Inside of the one before.
    if (ts + dur <= end) continue
    const { wall, cpu }: LongestTask = name.endsWith('Task') ? { wall: 0, cpu: 0 } : task
    task = { wall: wall + dur / 1_000, cpu: cpu + tdur / 1_000 }
    longest.wall = Math.max(longest.wall, task.wall)
    longest.cpu = Math.max(longest.cpu, task.cpu)
    end = ts + dur
  }
  if (longest.wall === 0) throw new Error('The trace has no tasks: have their names changed?')
  return longest
}
