import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Ending, DeliveryPlan } from './faults.ts'
import type { Latency } from './reply.ts'

/** How a plan is paced. */
export interface Pace {
  latency: Latency
  dripMs: number
  /** A keep-alive in the wire's form, and the silence in ms or the number of events after which it is sent. */
  ping?: { text: string; everyMs?: number; everyEvents?: number }
}

/** Where a plan is written. */
export interface ResponseLine {
  response: ServerResponse
  /** Aborts when the connection is gone. */
  closed: AbortSignal
  countSent: (bytes: number) => void
}

/**
 * Writes a plan to its response, no faster than the client reads. Between two writes the event loop turns
 * once, so that a client in the same process sees each delta on its own and can stop the next.
 *
 * Ends early and quietly when the connection closes.
 */
export async function deliver(line: ResponseLine, plan: DeliveryPlan, pace: Pace): Promise<void> {
  try {
    const start = performance.now() + (pace.latency.firstDeltaMs ?? 0)
    const perDelta = 1000 / (pace.latency.tokensPerSecond ?? Infinity)
    let deltas = 0
    let events = 0
    let isBetweenEvents = true
    for (const write of plan.writes) {
      if (write.isDelta) {
        // Against the clock, not against the last delta: timers are late, and lateness must not add up.
        await pause(line, start + perDelta * deltas - performance.now(), pace, isBetweenEvents)
        deltas++
      }
      if (pace.dripMs > 0) await pause(line, pace.dripMs, pace, isBetweenEvents)
      await send(line, write.bytes)
      isBetweenEvents = write.endsEvent
      if (write.endsEvent && isDue(++events, pace.ping?.everyEvents)) {
        await send(line, Buffer.from(pace.ping!.text))
      }
    }
    await end(line, plan.ending, pace, isBetweenEvents)
  } catch (error) {
    if (!line.closed.aborted) throw error
  }
}

function isDue(events: number, everyEvents: number | undefined): boolean {
  return everyEvents !== undefined && events % everyEvents === 0
}

async function send({ response, closed, countSent }: ResponseLine, bytes: Uint8Array): Promise<void> {
  closed.throwIfAborted()
  countSent(bytes.length)
  if (!response.write(bytes)) {
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        closed.removeEventListener('abort', onClosed)
        response.off('drain', onDrain)
      }
      const onDrain = (): void => {
        stop()
        resolve()
      }
      const onClosed = (): void => {
        stop()
        reject(new Error('The client has closed the connection.'))
      }
      response.once('drain', onDrain)
      closed.addEventListener('abort', onClosed, { once: true })
    })
  }
  await nextTurn()
}

/** Waits, pinging where that is wanted and an event has just ended. */
async function pause(line: ResponseLine, ms: number, pace: Pace, isBetweenEvents: boolean): Promise<void> {
  const every = isBetweenEvents ? pace.ping?.everyMs : undefined
  let left = ms
  while (every !== undefined && left > every) {
    await sleep(every, undefined, { signal: line.closed })
    await send(line, Buffer.from(pace.ping!.text))
    left -= every
  }
  if (left > 0) await sleep(Math.min(left, 2_147_483_647), undefined, { signal: line.closed })
}

async function end(line: ResponseLine, ending: Ending, pace: Pace, isBetweenEvents: boolean): Promise<void> {
  const { response } = line
  switch (ending) {
    case 'end':
    case 'cut':
      response.end()
      return
    case 'drop':
    case 'reset':
      // Data and reset that arrive together look like a plain end to libuv: the client must read first.
      await sleep(10, undefined, { signal: line.closed })
      closeAbruptly(response, ending)
      return
    case 'stall':
      if (!response.headersSent) response.flushHeaders()
      await pause(line, Infinity, pace, isBetweenEvents)
      return
    default: {
      const never: never = ending
      throw new TypeError(`no such ending: ${String(never)}`)
    }
  }
}

/** Closes the socket without an end of the body: plainly, or with a reset. */
export function closeAbruptly(response: ServerResponse, how: 'drop' | 'reset'): void {
  if (how === 'reset') response.socket?.resetAndDestroy()
  else response.socket?.destroy()
}
