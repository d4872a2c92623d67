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

interface TraceEvent {
  name: string
  pid: number
  tid: number
  args: Record<string, unknown>
  /** Microseconds by the clock, and of the thread's own time. */
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
  const tasks = traceEvents.filter((event) => event.name.endsWith('::RunTask') && mains.has(threadOf(event)))
  if (tasks.length === 0) throw new Error('The trace has no tasks: has their name changed?')
  const most = (times: (number | undefined)[]): number =>
    times.reduce<number>((most, time = 0) => Math.max(most, time), 0) / 1_000
  return { wall: most(tasks.map(({ dur }) => dur)), cpu: most(tasks.map(({ tdur }) => tdur)) }
}
