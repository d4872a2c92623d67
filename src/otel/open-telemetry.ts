import { metrics, type Meter, trace, type Tracer, type TracerProvider } from '@opentelemetry/api'
import { anything, checkFactoryOptions, flag, type OptionChecks } from '../factory-options.ts'
import { type TelemetryObserver, TELEMETRY, type ObservedRun, type RunObserver } from '../stream/observers.ts'
import { Instruments } from './instruments.ts'
import { RunSpans, type Telemetry } from './run-spans.ts'

/** Where spans and measurements go, and what they hold. */
export interface OpenTelemetryOptions {
  /** @defaultValue the global provider's, under the name `structstream` */
  tracer?: Tracer | undefined
  /** @defaultValue the global provider's, under the name `structstream` */
  meter?: Meter | undefined
  /** Put messages, answers, tool inputs and tool results into the spans. @defaultValue false */
  recordContent?: boolean | undefined
}

const CHECKS: OptionChecks<OpenTelemetryOptions> = { tracer: anything, meter: anything, recordContent: flag }

/**
 * Spans and metrics of every run that it observes, by the semantic conventions for generative AI: one `structstream.run`
 * span for each run, and in it one `chat {model}` span for each model call and one `execute_tool {name}` span for each
 * tool call. `error.type` is the error's code.
 *
 * @example
 * configure({ observe: openTelemetry() })
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): RunObserver {
  checkFactoryOptions('openTelemetry()', options, CHECKS)
  const runs = new WeakMap<ObservedRun, RunSpans>()
  /** The run that was heard of last, and its spans: deltas of one run come in a row. */
  let newest: ObservedRun | undefined
  let spansOfNewest: RunSpans | undefined
  let telemetry: Telemetry | undefined
  // Global providers are often registered after this call, and a meter taken before that measures nothing.
  const begin = (): Telemetry => ({
    tracer: options.tracer ?? trace.getTracer('structstream'),
    instruments: new Instruments(options.meter ?? metrics.getMeter('structstream')),
    recordContent: options.recordContent ?? false,
  })
  const observer: TelemetryObserver = {
    start(run) {
      runs.set(run, new RunSpans((telemetry ??= begin()), run))
    },
    event(event, run) {
      if (run !== newest) {
        newest = run
        spansOfNewest = runs.get(run)
      }
      spansOfNewest?.event(event)
    },
    end(outcome, run) {
      runs.get(run)?.end(outcome)
      runs.delete(run)
      newest = spansOfNewest = undefined
    },
    [TELEMETRY]: {
      around: (attempt, run, call) => {
        const spans = runs.get(run)
        return spans === undefined ? call() : spans.around(attempt, call)
      },
      traced: (attempt, run) => {
        if (isRegistered()) runs.get(run)?.traced(attempt)
      },
      summary: (summary, run) => runs.get(run)?.summary(summary),
    },
  }
  return observer
}

/** Spans that SDKs make go to the global provider; without one they go nowhere. */
function isRegistered(): boolean {
  const provider: TracerProvider & { getDelegateTracer?: (name: string) => unknown } = trace.getTracerProvider()
  return provider.getDelegateTracer === undefined || provider.getDelegateTracer('structstream') !== undefined
}
