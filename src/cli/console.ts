import type { Readable } from 'node:stream'

/** Where output goes: a terminal, a pipe or a file. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  /** Width and height of a terminal, in cells. */
  readonly columns?: number
  readonly rows?: number
  on?(event: 'resize', listener: () => void): unknown
  off?(event: 'resize', listener: () => void): unknown
}

/** Everything of the outside world that a command touches. */
export interface Console {
  stdout: Output
  stderr: Output
  stdin: Readable
  env: Record<string, string | undefined>
  cwd: string
}

/** A terminal that can move its cursor. */
export function isLive({ stdout, env }: Console): boolean {
  return stdout.isTTY === true && env['TERM'] !== 'dumb'
}

/** https://no-color.org: set to anything but nothing. */
export function hasColors(console: Console): boolean {
  return isLive(console) && !console.env['NO_COLOR']
}

/**
 * Runs `work` with a signal that aborts on Ctrl-C, SIGTERM and SIGHUP, whose reason is the signal's name.
 * A second Ctrl-C ends the process in Node's own way.
 */
export async function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const stop = (name: NodeJS.Signals): void => {
    unlisten()
    controller.abort(new Error(`stopped by ${name}`))
  }
  const unlisten = (): void => names.forEach((name) => process.off(name, stop))
  for (const name of names) process.on(name, stop)
  try {
    return await work(controller.signal)
  } finally {
    unlisten()
  }
}
