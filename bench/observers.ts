/**
 * CPU of observing: 1,000 streams over the OpenAI SDK and a socket, with no observer, with one that hears nothing of the
 * text, and with OpenTelemetry and its SDK on. The provider is a separate process and doesn't count. The variants take
 * turns in every round, so that what else the machine does hits all of them; the figure is the median of the rounds'
 * ratios.
 *
 *   npm run bench:observers -- [streams] [rounds]
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  InMemoryMetricExporter,
  AggregationTemporality,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor, InMemorySpanExporter } from '@opentelemetry/sdk-trace-base'
import { runStream, type RunObserver } from '../src/index.ts'
import { openai } from '../src/models/openai/index.ts'
import { openTelemetry } from '../src/otel/index.ts'
import { modelFor } from './peers/provider.ts'
import { workloadOf } from './workloads.ts'

const streams = Number(process.argv[2] ?? 1_000)
const rounds = Number(process.argv[3] ?? 5)
/** Streams that are open at once. */
const OPEN = 50
const SIZE = 4_000

const provider = fork(new URL('provider.ts', import.meta.url), { execArgv: ['--import', 'tsx'] })
const [url] = (await once(provider, 'message')) as [string]
const { schema } = workloadOf('records').documents(SIZE)[0]!
const model = openai(modelFor(SIZE), { api: 'chat', apiKey: 'none', baseURL: `${url}/v1` })

const spans = new InMemorySpanExporter()
const tracer = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(spans)] }).getTracer('bench')
const reader = new PeriodicExportingMetricReader({
  exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
})
const meter = new MeterProvider({ readers: [reader] }).getMeter('bench')

let ended = 0
const variants: Record<string, RunObserver[]> = {
  none: [],
  'end only': [{ end: () => void ended++ }],
  OpenTelemetry: [openTelemetry({ tracer, meter })],
}

async function one(observe: RunObserver[]): Promise<void> {
  await using stream = runStream('records', schema, { model, observe })
  for await (const _ of stream.streamPartial()) {
    // Reading is what is measured.
  }
  await stream.getData()
}

/** Milliseconds of CPU for all streams. */
async function measure(observe: RunObserver[]): Promise<number> {
  const before = process.cpuUsage()
  let left = streams
  const worker = async (): Promise<void> => {
    while (left-- > 0) await one(observe)
  }
  await Promise.all(Array.from({ length: OPEN }, worker))
  spans.reset()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const names = Object.keys(variants)
for (const name of names) await measure(variants[name]!)
const ratios: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]))
for (let round = 0; round < rounds; round++) {
  const taken: Record<string, number> = {}
  // Each round begins with another variant: what the first pays must not stay with one of them.
  for (let step = 0; step < names.length; step++) {
    const name = names[(step + round) % names.length]!
    taken[name] = await measure(variants[name]!)
  }
  for (const name of names) ratios[name]!.push(taken[name]! / taken['none']!)
  console.log(names.map((name) => `${name} ${taken[name]!.toFixed(0)} ms`).join(', '))
}
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
for (const name of names) console.log(`${name}: ${((median(ratios[name]!) - 1) * 100).toFixed(1)} % more CPU than none`)
provider.kill()
await reader.shutdown()
process.exit(ended > 0 ? 0 : 1)
