import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

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

interface TraceEvent {
  name: string
  pid: number
  tid: number
  ts: number
  args: Record<string, unknown>
  /** Microseconds, as `ts`: by the clock, and of the thread's own time. */
  dur?: number
  tdur?: number
}

/** The longest task of the main thread of any page, in milliseconds: by the clock, and of the processor's time. */
export interface LongestTask {
  wall: number
  cpu: number
}

/**
 * What the longest task was while `work` went on. On a machine that does other things too, a task takes long by the
 * clock because it had to wait; the time that the thread itself was given tells what the page is to blame for.
 */
export async function longestTask(browser: Browser, work: () => Promise<void>): Promise<LongestTask> {
  await browser.startTracing(undefined, { categories: ['toplevel'] })
  let trace: Buffer
  try {
    await work()
  } finally {
    trace = await browser.stopTracing()
  }
  const { traceEvents } = JSON.parse(String(trace)) as { traceEvents: TraceEvent[] }
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`
  const isMain = ({ name, args }: TraceEvent): boolean => name === 'thread_name' && args['name'] === 'CrRendererMain'
  const mains = new Set(traceEvents.filter(isMain).map(threadOf))
  const longest = { wall: 0, cpu: 0 }
  for (const main of mains) {
    let end = 0
    let task = { wall: 0, cpu: 0 }
    const steps = traceEvents.filter((event) => threadOf(event) === main && STEP.test(event.name))
    for (const { name, ts, dur = 0, tdur = 0 } of steps.toSorted((a, b) => a.ts - b.ts || b.dur! - a.dur!)) {
      // Inside of the one before.
      if (ts + dur <= end) continue
      const { wall, cpu }: LongestTask = name.endsWith('Task') ? { wall: 0, cpu: 0 } : task
      task = { wall: wall + dur / 1_000, cpu: cpu + tdur / 1_000 }
      longest.wall = Math.max(longest.wall, task.wall)
      longest.cpu = Math.max(longest.cpu, task.cpu)
      end = ts + dur
    }
  }
  if (longest.wall === 0) throw new Error('The trace has no tasks: have their names changed?')
  return longest
}
