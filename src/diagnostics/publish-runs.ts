import type { RunObserver } from '../stream/observers.ts'

interface DiagnosticsChannel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
}
interface Host {
  process?: {
    getBuiltinModule?: (name: string) => { channel?: (name: string) => DiagnosticsChannel } | undefined
  }
}

/**
 * Publishes every run that it observes on Node's `diagnostics_channel`, for tools without OpenTelemetry:
 * `structstream:run:start` gets `{ run }`, `structstream:run:event` gets `{ run, event }`, and `structstream:run:end` gets
 * `{ run, outcome }`. Where a runtime has no such channels (browsers, Node before 20.16) nothing is published.
 *
 * @example
 * configure({ observe: publishRuns() })
 */
export function publishRuns(): RunObserver {
  const { process } = globalThis as Host
  // Looked up at run time, so that no bundle for a page names a module of Node.
  const make = process?.getBuiltinModule?.('node:diagnostics_channel')?.channel
  if (make === undefined) return { start() {}, end() {} }
  const [started, happened, ended] = ['start', 'event', 'end'].map((name) => make(`structstream:run:${name}`))
  return {
    start: (run) => publish(started, () => ({ run })),
    event: (event, run) => publish(happened, () => ({ run, event })),
    end: (outcome, run) => publish(ended, () => ({ run, outcome })),
  }
}

function publish(channel: DiagnosticsChannel | undefined, message: () => object): void {
  if (channel?.hasSubscribers === true) channel.publish(message())
}
