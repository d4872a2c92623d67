import { getEventListeners } from 'node:events'
import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { run, StructStreamError, tool, type Message, type Model, type ModelEvent } from '../../src/index.ts'
import { Choices, runSize } from '../support/property.ts'
import { VirtualTime } from '../support/virtual-time.ts'

/** The first run loads modules, which takes real time. */
async function loadModules(): Promise<void> {
  const line: Timeline = { calls: [], events: [], ending: 'whole', end: 0 }
  const call = { id: 'a', isEager: true, isAllowed: true, approve: 0, execute: 0, endsLate: false, complete: 0 }
  const text = JSON.stringify({ id: 'a', wanted: { of: [], size: 1 } })
  line.calls.push(call)
  line.events.push({ type: 'tool-call-start', id: 'a', name: 'lookUp' }, { type: 'tool-call-delta', id: 'a', text })
  line.events.push({ type: 'tool-call-end', id: 'a' }, { type: 'finish', reason: 'tool-calls' })
  const time = new VirtualTime()
  const played = play(line, time)
  await time.run()
  await played
}

let all: Awaited<ReturnType<typeof played>>
beforeAll(async () => {
  await loadModules()
  all = await played()
})

const Input = z.object({ id: z.string(), wanted: z.object({ of: z.array(z.string()), size: z.number() }) })

/** How the turn that makes the calls ends. */
type Ending = 'whole' | 'throws' | 'no finish' | 'length' | 'content-filter' | 'refusal' | 'aborted'

interface PlannedCall {
  id: string
  isEager: boolean
  isAllowed: boolean
  /** Milliseconds that approval and the tool take. */
  approve: number
  execute: number
  /** The end of the call is known only when the turn ends; the arguments show it before. */
  endsLate: boolean
  /** When its arguments were complete. */
  complete: number
}

interface Timeline {
  calls: PlannedCall[]
  events: (ModelEvent | number | 'throw' | 'hang')[]
  ending: Ending
  end: number
}

/** A turn with one to five calls, one after the other or in turns, and how it continues after them. */
function timeline(choices: Choices): Timeline {
  const calls = Array.from({ length: 1 + choices.below(5) }, (_, index): PlannedCall => {
    const isEager = !choices.chance(30)
    return {
      id: `call_${index}`,
      isEager,
      isAllowed: !choices.chance(10),
      approve: choices.chance(30) ? choices.below(200) : 0,
      execute: choices.below(600),
      endsLate: choices.chance(50),
      complete: 0,
    }
  })
  const events: Timeline['events'] = []
  let now = 0
  const wait = (): void => {
    const ms = choices.below(80)
    now += ms
    events.push(ms)
  }
  const open = calls.map((call) => {
    const text = JSON.stringify({ id: call.id, wanted: { of: ['}', '{'], size: choices.below(100) } })
    return { call, text, at: 0 }
  })
  const isInterleaved = choices.chance(40)
  while (open.length > 0) {
    const next = open[isInterleaved ? choices.below(open.length) : 0]!
    const { call, text } = next
    wait()
    if (next.at === 0) events.push({ type: 'tool-call-start', id: call.id, name: call.isEager ? 'lookUp' : 'book' })
    const to = Math.min(text.length, next.at + 1 + choices.below(text.length))
    events.push({ type: 'tool-call-delta', id: call.id, text: text.slice(next.at, to) })
    next.at = to
    if (to < text.length) continue
    call.complete = now
    if (!call.endsLate) events.push({ type: 'tool-call-end', id: call.id })
    open.splice(open.indexOf(next), 1)
  }
  wait()
  const ending = choices.pick<Ending>([
    'whole',
    'whole',
    'whole',
    'throws',
    'no finish',
    'length',
    'content-filter',
    'refusal',
    'aborted',
  ])
  if (ending === 'throws') events.push('throw')
  else if (ending === 'aborted') events.push('hang')
  else if (ending !== 'no finish') {
    for (const { id, endsLate } of calls) if (endsLate) events.push({ type: 'tool-call-end', id })
    if (ending === 'refusal') events.push({ type: 'refusal-delta', text: 'No.' })
    const reason = ending === 'whole' ? 'tool-calls' : ending === 'refusal' ? 'stop' : ending
    events.push({ type: 'finish', reason })
  }
  return { calls, events, ending, end: now }
}

interface Seen {
  begun: Map<string, { ends: number; signal: AbortSignal }[]>
  /** When the model was asked again. */
  askedAgain: number | undefined
  results: readonly Message[]
  error: unknown
  listeners: number
}

async function play({ calls, events, ending, end }: Timeline, time: VirtualTime): Promise<Seen> {
  const seen: Seen = { begun: new Map(), askedAgain: undefined, results: [], error: undefined, listeners: 0 }
  const planned = new Map(calls.map((call) => [call.id, call]))
  const definition = {
    input: Input,
    async approve({ input }: { input: { id: string } }) {
      const call = planned.get(input.id)!
      await time.rest(call.approve)
      return call.isAllowed
    },
    async execute({ id }: { id: string }, { signal }: { signal: AbortSignal }) {
      const { execute } = planned.get(id)!
      seen.begun.set(id, [...(seen.begun.get(id) ?? []), { ends: time.now + execute, signal }])
      await time.rest(execute)
      return `result of ${id}`
    },
  }
  const model: Model = {
    provider: 'timed',
    id: 'timed-1',
    modes: ['json-schema'],
    dialect: 'json-schema',
    async *stream(request) {
      if (request.messages.length > 1) {
        seen.askedAgain = time.now
        seen.results = request.messages.filter(({ role }) => role === 'tool')
        yield { type: 'text-delta', text: 'Done.' }
        yield { type: 'finish', reason: 'stop' }
        return
      }
      for (const event of events) {
        if (typeof event === 'number') await time.rest(event)
        else if (event === 'throw') throw new StructStreamError('connection_lost', 'Cut.')
        else if (event === 'hang') await new Promise(() => {})
        else yield event
      }
    },
  }
  const controller = new AbortController()
  if (ending === 'aborted') void time.rest(end).then(() => controller.abort())
  try {
    await run('?', undefined, {
      model,
      tools: [tool({ name: 'lookUp', eager: true, ...definition }), tool({ name: 'book', ...definition })],
      signal: controller.signal,
    })
  } catch (error) {
    seen.error = error
  }
  seen.listeners = getEventListeners(controller.signal, 'abort').length
  return seen
}

/** Plays timelines together on the virtual clock. */
async function played(): Promise<{ timeline: Timeline; seen: Seen }[]> {
  const { cases, seed } = runSize('LAWS', 200)
  const time = new VirtualTime()
  const pending = Array.from({ length: cases }, (_, index) => {
    let state = seed * 65_537 + index
    const choices = new Choices(() => {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5
      return ((state ^ (state >>> 12)) >>> 0) % 65_536
    })
    const planned = timeline(choices)
    return play(planned, time).then((seen) => ({ timeline: planned, seen }))
  })
  await time.run()
  return await Promise.all(pending)
}

test('A turn with eager tools takes as long as its stream, or as its slowest call from where its arguments were complete.', () => {
  const whole = all.filter(({ timeline: { ending } }) => ending === 'whole')
  expect(whole.length).toBeGreaterThan(all.length / 5)
  for (const { timeline: line, seen } of whole) {
    const ends = line.calls.map(({ isEager, isAllowed, approve, execute, complete }) => {
      const begin = isEager ? complete : line.end
      return begin + approve + (isAllowed ? execute : 0)
    })
    const ideal = Math.max(line.end, ...ends)
    expect(seen.error).toBeUndefined()
    expect(seen.askedAgain).toBeGreaterThanOrEqual(ideal)
    expect(seen.askedAgain).toBeLessThanOrEqual(ideal + 5)
    const results = line.calls.map(({ id, isAllowed }) => ({
      role: 'tool',
      toolCallId: id,
      content: isAllowed ? `result of ${id}` : JSON.stringify({ error: 'The user did not allow this call.' }),
      ...(!isAllowed && { isError: true }),
    }))
    // In the order in which the model began them.
    const order = line.events.flatMap((event) =>
      typeof event === 'object' && event.type === 'tool-call-start' ? [event.id] : [],
    )
    results.sort((a, b) => order.indexOf(a.toolCallId) - order.indexOf(b.toolCallId))
    expect(seen.results).toEqual(results)
    for (const { id, isAllowed } of line.calls) expect(seen.begun.get(id)?.length ?? 0).toBe(isAllowed ? 1 : 0)
  }
})

test('On a turn that is cut, refused or stopped only eager tools have started, each once and with approval, and all are canceled.', () => {
  const cut = all.filter(({ timeline: { ending } }) => ending !== 'whole')
  const started = cut.flatMap(({ seen }) => [...seen.begun.values()])
  expect(started.length).toBeGreaterThan(cut.length / 2)
  for (const { timeline: line, seen } of cut) {
    expect(seen.error).toBeInstanceOf(StructStreamError)
    expect(seen.askedAgain).toBeUndefined()
    expect(seen.listeners).toBe(0)
    const mayRun = line.calls.filter(
      ({ isEager, isAllowed, complete, approve }) => isEager && isAllowed && complete + approve < line.end,
    )
    const ran = [...seen.begun.keys()]
    // A call that is approved at the very end of the stream may begin or not.
    expect(ran).toEqual(expect.arrayContaining(mayRun.map(({ id }) => id)))
    for (const id of ran) {
      const call = line.calls.find((one) => one.id === id)!
      expect([call.isEager, call.isAllowed]).toEqual([true, true])
      expect(seen.begun.get(id)).toHaveLength(1)
    }
    const open = [...seen.begun.values()].flat().filter(({ ends }) => ends > line.end)
    expect(open.every(({ signal }) => signal.aborted)).toBe(true)
  }
})
