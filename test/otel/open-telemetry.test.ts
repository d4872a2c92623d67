import { context, trace } from '@opentelemetry/api'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { tool } from '../../src/index.ts'
import type { Model } from '../../src/models/model.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { ATTRIBUTE, OWN } from '../../src/otel/conventions.ts'
import { openTelemetry } from '../../src/otel/index.ts'
import { parseStream } from '../../src/parse-stream.ts'
import { runStream } from '../../src/run-stream.ts'
import { attributes, metrics } from './registry.ts'
import { AsyncContexts, inMemory } from './telemetry.ts'

const Film = z.object({ title: z.string(), year: z.int() })
const alien = '{"title":"Alien","year":1979}'
const usage = { inputTokens: 10, outputTokens: 6, cachedInputTokens: 4, cacheWriteTokens: 2, reasoningTokens: 1 }

const weather = tool({
  name: 'weather',
  description: 'The weather in a city',
  input: z.object({ city: z.string() }),
  execute: () => 'rain',
})

/** A model that answers just this, call by call. */
function scripted(...responses: unknown[]): Model {
  const model = simulate({ responses })
  return {
    ...model,
    async *stream(request, signal) {
      for await (const event of model.stream(request, signal))
        yield event.type === 'usage' ? { ...event, usage } : event
    },
  }
}

async function agent(telemetry: ReturnType<typeof inMemory>): Promise<void> {
  const calls = [{ name: 'weather', arguments: { city: 'Paris' } }]
  const model = scripted({ toolCalls: calls }, alien)
  const settings = { temperature: 0.5, maxOutputTokens: 100, stop: ['END'], seed: 7 }
  const { observe } = telemetry
  await runStream('secret question', Film, {
    model,
    observe,
    tools: [weather],
    system: 'secret rule',
    ...settings,
  }).getData()
}

afterEach(() => {
  trace.disable()
  context.disable()
})

test('every attribute, metric and unit is one of the conventions, or in the own namespace', async () => {
  const telemetry = inMemory({ recordContent: true })
  await agent(telemetry)
  await runStream('x', Film, { model: scripted('{"title":1}'), observe: telemetry.observe })
    .getData()
    .catch(() => {})
  const used = telemetry.spans().flatMap((span) => [span.attributes, ...span.events.map((event) => event.attributes)])
  const names = [...new Set(used.flatMap((one) => Object.keys(one ?? {})))]
  expect(names.filter((name) => !name.startsWith('structstream.') && !(name in attributes))).toEqual([])
  expect(Object.values(ATTRIBUTE).filter((name) => !(name in attributes))).toEqual([])
  const measured = await telemetry.metrics()
  for (const [name, [instrument, unit]] of Object.entries(metrics)) {
    expect([name, measured.get(name)?.descriptor]).toMatchObject([name, { type: instrument, unit }])
  }
  const others = [...measured.keys()].filter((name) => !(name in metrics))
  expect(others.filter((name) => !name.startsWith('structstream.'))).toEqual([])
})

test('a run is one span with one span for each model call and each tool call in it', async () => {
  const telemetry = inMemory()
  await agent(telemetry)
  const [run] = telemetry.named('structstream.run')
  const inner = telemetry.spans().filter((span) => span !== run)
  expect(inner.map(({ name }) => name).toSorted()).toEqual(['chat simulate', 'chat simulate', 'execute_tool weather'])
  expect(new Set(inner.map(({ parentSpanContext }) => parentSpanContext?.spanId))).toEqual(
    new Set([run?.spanContext().spanId]),
  )
  expect(telemetry.started).toBe(telemetry.spans().length)
  expect(telemetry.named('chat').at(-1)?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'simulate',
    'gen_ai.request.model': 'simulate',
    'gen_ai.request.temperature': 0.5,
    'gen_ai.request.max_tokens': 100,
    'gen_ai.request.stop_sequences': ['END'],
    'gen_ai.request.seed': 7,
    'gen_ai.output.type': 'json',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 10,
    'gen_ai.usage.cache_read.input_tokens': 4,
    'gen_ai.usage.cache_write.input_tokens': 2,
    'gen_ai.usage.reasoning.output_tokens': 1,
  })
})

test('content is in the spans only where it is asked for', async () => {
  const without = inMemory()
  await agent(without)
  const text = JSON.stringify(without.spans().map(({ attributes: own, events, status }) => [own, events, status]))
  expect(text).not.toMatch(/secret|Paris|rain|Alien/)
  const withContent = inMemory({ recordContent: true })
  await agent(withContent)
  const all = JSON.stringify(withContent.spans().map(({ attributes: own }) => own))
  for (const word of ['secret question', 'secret rule', 'Paris', 'rain', 'Alien']) expect(all).toContain(word)
})

test('an evaluation event says whether an answer fitted', async () => {
  const telemetry = inMemory()
  const model = scripted('{"title":"Alien","year":"soon"}', alien)
  await runStream('x', Film, { model, observe: telemetry.observe, onInvalid: 'restart', maxAttempts: 2 }).getData()
  const results = telemetry.named('chat').flatMap(({ events }) => events)
  expect(results).toMatchObject([
    {
      name: 'gen_ai.evaluation.result',
      attributes: { 'gen_ai.evaluation.score.label': 'fail', 'gen_ai.evaluation.explanation': 'invalid_type: 1' },
    },
    { name: 'gen_ai.evaluation.result', attributes: { 'gen_ai.evaluation.score.label': 'pass' } },
  ])
  const [run] = telemetry.named('structstream.run')
  expect(run?.attributes).toMatchObject({ 'structstream.run.restarts': 1, 'structstream.run.attempts': 2 })
  expect(run?.attributes).not.toHaveProperty('error.type')
})

test.each([
  ['a valid answer', alien, ['title', 'year']],
  ['an answer that breaks off', '{"title":"Alien","year":19', ['title']],
])('the complete fields of %s have their time', async (_, text, names) => {
  const telemetry = inMemory()
  await runStream('x', Film, { model: scripted(text), observe: telemetry.observe, repair: false })
    .getData()
    .catch(() => {})
  const [run] = telemetry.named('structstream.run')
  const fields = run!.events.map(({ attributes }) => attributes!)
  expect(fields.map((one) => one[OWN.field])).toEqual(names)
  for (const one of fields) expect(one).toMatchObject({ [OWN.attempt]: 1, [OWN.fieldTime]: expect.any(Number) })
})

test('repairs are counted', async () => {
  const telemetry = inMemory()
  const stream = runStream('x', Film, {
    model: scripted(`Here: ${alien.replace('}', ',}')}`),
    observe: telemetry.observe,
  })
  await stream.getData()
  const [run] = telemetry.named('structstream.run')
  expect(run?.attributes).toMatchObject({ 'structstream.run.repairs': 2 })
})

test('a run that fails in its options has its span and its `error.type`', async () => {
  const telemetry = inMemory()
  await runStream('x', Film, { observe: telemetry.observe, maxSteps: -1 })
    .getData()
    .catch(() => {})
  expect(telemetry.spans()).toMatchObject([
    { name: 'structstream.run', attributes: { 'error.type': 'bad_options' }, status: { code: 2 } },
  ])
})

test('a text that no model is asked for is not inference', async () => {
  const telemetry = inMemory()
  await parseStream(alien, Film, { observe: telemetry.observe }).getData()
  expect(telemetry.spans().map(({ name }) => name)).toEqual(['structstream.run'])
})

test('spans that an SDK makes are inside those of the attempt, and tokens are counted once', async () => {
  const telemetry = inMemory()
  context.setGlobalContextManager(new AsyncContexts())
  trace.setGlobalTracerProvider(telemetry.traces)
  const model: Model = {
    ...simulate({ response: alien }),
    async *stream(request) {
      request.onTraced?.()
      await Promise.resolve()
      const span = trace.getTracer('sdk').startSpan('sdk', { attributes: { 'gen_ai.usage.input_tokens': 10 } })
      yield { type: 'text-delta', text: alien }
      span.end()
      yield { type: 'usage', usage }
      yield { type: 'finish', reason: 'stop' }
    },
  }
  await runStream('x', Film, { model, observe: telemetry.observe }).getData()
  const [chat] = telemetry.named('chat')
  expect(telemetry.named('sdk').map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
    chat?.spanContext().spanId,
  ])
  const counted = telemetry.spans().filter(({ attributes: own }) => 'gen_ai.usage.input_tokens' in own)
  expect(counted.map(({ name }) => name)).toEqual(['sdk'])
  const tokens = (await telemetry.metrics()).get('gen_ai.client.inference.usage.input_tokens')
  expect(tokens?.dataPoints.map(({ value }) => value)).toEqual([10])
})

test('a wrong option is reported at the call', () => {
  expect(() => openTelemetry({ recordContents: true } as never)).toThrow(/Unknown option `recordContents`/)
})
