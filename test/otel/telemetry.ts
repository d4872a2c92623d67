import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { openTelemetry } from '../../src/otel/index.ts'

/** An observer whose spans and measurements stay in memory. */
export function inMemory(options: { recordContent?: boolean } = {}) {
  const spans = new InMemorySpanExporter()
  let started = 0
  const counting = { onStart: () => void (started += 1), onEnd() {}, forceFlush: done, shutdown: done }
  const traces = new BasicTracerProvider({ spanProcessors: [counting, new SimpleSpanProcessor(spans)] })
  const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 2 ** 31 - 1 })
  const meters = new MeterProvider({ readers: [reader] })
  const tracer = traces.getTracer('test')
  return {
    tracer,
    traces,
    observe: openTelemetry({ tracer, meter: meters.getMeter('test'), ...options }),
    get started() {
      return started
    },
    spans: (): ReadableSpan[] => spans.getFinishedSpans(),
    named: (name: string): ReadableSpan[] => spans.getFinishedSpans().filter((span) => span.name.startsWith(name)),
    async metrics() {
      await reader.forceFlush()
      const all =
        measured
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? []
      await reader.shutdown()
      return new Map(all.map((metric) => [metric.descriptor.name, metric]))
    },
  }
}

async function done(): Promise<void> {}

/** What `@opentelemetry/context-async-hooks` does, as far as a test needs it. */
export class AsyncContexts implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>()

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    given: Context,
    call: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(given, () => Reflect.apply(call, self, args))
  }

  bind<T>(_given: Context, target: T): T {
    return target
  }

  enable(): this {
    return this
  }

  disable(): this {
    return this
  }
}
