import type { ChannelReader } from '../../../src/models/events/wire-reader.ts'
import { AiSdkReader } from '../../../src/models/ai-sdk/events.ts'
import { AnthropicReader } from '../../../src/models/anthropic/events.ts'
import { GoogleReader } from '../../../src/models/google/events.ts'
import type { ModelEvent, ResponseFormat } from '../../../src/models/model.ts'
import { OllamaReader } from '../../../src/models/ollama/events.ts'
import { ChatReader } from '../../../src/models/openai/chat-events.ts'
import { ResponsesReader } from '../../../src/models/openai/responses-events.ts'
import type { Choices } from '../../support/property.ts'

/** One call or answer that the model meant. */
export interface Meant {
  kind: 'call' | 'answer'
  name: string
  id: string
  text: string
}

/** What happens to one identity field over a whole stream: nothing, left out, zeroed, or the first thing's for all. */
export type FieldFault = 'kept' | 'dropped' | 'zeroed' | 'repeated'

/** What happens to the identity fields of a stream, and to single pieces of it. */
export interface Faults {
  id: FieldFault
  item: FieldFault
  position: FieldFault
  /** Whether pieces after the first have the id, and the name. */
  idOnPieces: boolean
  nameOnPieces: boolean
  /** Percent of the pieces that lose all fields but one, or all. */
  lost: number
  /** Starts, ends and repetitions, where the wire has them. */
  withEnds: boolean
  withWhole: boolean
}

/** A wire event that belongs to one of the meant things, before the events are put in turns. */
type Make = (facts: { id?: string; item?: string; position?: number; name?: string }, isFirst: boolean) => object

export interface Wire {
  name: string
  reader(format: ResponseFormat | undefined): ChannelReader
  /** The events of one thing, in order. */
  events(thing: Meant, pieces: readonly string[], faults: Faults): Make[]
  end: object[]
  /** Whether answers can interleave on it, and as what. */
  answers: boolean
  /** Whether its answers are distinguished by their position alone. */
  hasOnlyPosition?: true
}

const chat: Wire = {
  name: 'Chat',
  reader: (format) => new ChatReader(format),
  answers: false,
  events: (thing, pieces) =>
    pieces.map((text) => ({ id, position, name }) => ({
      choices: [
        {
          index: 0,
          delta: {
            tool_calls: [
              {
                ...(position !== undefined && { index: position }),
                ...(id !== undefined && { id }),
                type: 'function',
                function: { ...(name !== undefined && { name }), arguments: text },
              },
            ],
          },
        },
      ],
    })),
  end: [{ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }],
}

const choices: Wire = {
  name: 'Chat choices',
  hasOnlyPosition: true,
  reader: (format) => new ChatReader(format),
  answers: true,
  events: (thing, pieces) => [
    ...pieces.map((text): Make => ({ position }) => ({
      choices: [{ ...(position !== undefined && { index: position }), delta: { content: text } }],
    })),
    ({ position }) => ({
      choices: [{ ...(position !== undefined && { index: position }), delta: {}, finish_reason: 'stop' }],
    }),
  ],
  end: [],
}

const responses: Wire = {
  name: 'Responses',
  reader: (format) => new ResponsesReader(format),
  answers: true,
  events: (thing, pieces, faults) => {
    const isCall = thing.kind === 'call'
    const where = ({ item, position }: { item?: string; position?: number }) => ({
      ...(item !== undefined && { item_id: item }),
      ...(position !== undefined && { output_index: position }),
    })
    const item = (facts: { id?: string; item?: string }, rest: object) =>
      isCall
        ? {
            type: 'function_call',
            ...(facts.item !== undefined && { id: facts.item }),
            ...(facts.id !== undefined && { call_id: facts.id }),
            name: thing.name,
            ...rest,
          }
        : { type: 'message', ...(facts.item !== undefined && { id: facts.item }) }
    const delta = isCall ? 'response.function_call_arguments.delta' : 'response.output_text.delta'
    const done = isCall ? 'response.function_call_arguments.done' : 'response.output_text.done'
    const whole = faults.withWhole ? thing.text : ''
    return [
      (facts) => ({ type: 'response.output_item.added', ...where(facts), item: item(facts, { arguments: '' }) }),
      ...pieces.map((text): Make => (facts) => ({ type: delta, ...where(facts), delta: text })),
      ...(faults.withEnds
        ? [
            (facts: Parameters<Make>[0]) => ({
              type: done,
              ...where(facts),
              ...(isCall ? { arguments: whole } : { text: whole }),
            }),
            (facts: Parameters<Make>[0]) => ({
              type: 'response.output_item.done',
              ...where(facts),
              item: item(facts, { arguments: whole }),
            }),
          ]
        : []),
    ]
  },
  end: [{ type: 'response.completed', response: { status: 'completed' } }],
}

const anthropic: Wire = {
  name: 'Anthropic',
  reader: (format) => new AnthropicReader(format),
  answers: true,
  events: (thing, pieces, faults) => {
    const at = ({ position }: { position?: number }) => (position === undefined ? {} : { index: position })
    const isCall = thing.kind === 'call'
    return [
      (facts) => ({
        type: 'content_block_start',
        ...at(facts),
        content_block: isCall
          ? { type: 'tool_use', ...(facts.id !== undefined && { id: facts.id }), name: thing.name, input: {} }
          : { type: 'text', text: '' },
      }),
      ...pieces.map((text): Make => (facts) => ({
        type: 'content_block_delta',
        ...at(facts),
        delta: isCall ? { type: 'input_json_delta', partial_json: text } : { type: 'text_delta', text },
      })),
      ...(faults.withEnds ? [(facts: Parameters<Make>[0]) => ({ type: 'content_block_stop', ...at(facts) })] : []),
    ]
  },
  end: [{ type: 'message_delta', delta: { stop_reason: 'tool_use' } }, { type: 'message_stop' }],
}

const gemini: Wire = {
  name: 'Gemini',
  hasOnlyPosition: true,
  reader: (format) => new GoogleReader(format),
  answers: true,
  events: (thing, pieces) => {
    if (thing.kind === 'answer') {
      return pieces.map((text, index): Make => ({ position }) => ({
        candidates: [
          {
            ...(position !== undefined && { index: position }),
            content: { parts: [{ text }] },
            ...(index === pieces.length - 1 && { finishReason: 'STOP' }),
          },
        ],
      }))
    }
    // Every call has the one argument `v`, a text.
    const value = (JSON.parse(thing.text) as { v: string }).v
    const call = (facts: { id?: string; name?: string }, rest: object) => ({
      candidates: [
        {
          content: {
            parts: [
              {
                functionCall: {
                  ...(facts.id !== undefined && { id: facts.id }),
                  ...(facts.name !== undefined && { name: facts.name }),
                  ...rest,
                },
              },
            ],
          },
        },
      ],
    })
    const half = value.length >> 1
    return [
      (facts) => call({ ...facts, name: thing.name }, { willContinue: true }),
      ...[value.slice(0, half), value.slice(half)].map(
        (text): Make =>
          (facts) =>
            call(facts, {
              partialArgs: [{ jsonPath: '$.v', stringValue: text, willContinue: true }],
              willContinue: true,
            }),
      ),
      (facts) => call(facts, {}),
    ]
  },
  end: [{ candidates: [{ content: { parts: [] }, finishReason: 'STOP' }] }],
}

const ollama: Wire = {
  name: 'Ollama',
  reader: (format) => new OllamaReader(format),
  answers: false,
  events: (thing) => [
    ({ id, position }) => ({
      message: {
        tool_calls: [
          {
            ...(id !== undefined && { id }),
            function: {
              ...(position !== undefined && { index: position }),
              name: thing.name,
              arguments: JSON.parse(thing.text) as object,
            },
          },
        ],
      },
    }),
  ],
  end: [{ done: true, done_reason: 'stop' }],
}

const aiSdk: Wire = {
  name: 'AI SDK',
  reader: (format) => new AiSdkReader(format),
  answers: true,
  events: (thing, pieces, faults) => {
    const isCall = thing.kind === 'call'
    const of = ({ id }: { id?: string }) => (id === undefined ? {} : { id })
    if (!isCall) {
      return [
        (facts) => ({ type: 'text-start', ...of(facts) }),
        ...pieces.map((delta): Make => (facts) => ({ type: 'text-delta', ...of(facts), delta })),
        ...(faults.withEnds ? [(facts: Parameters<Make>[0]) => ({ type: 'text-end', ...of(facts) })] : []),
      ]
    }
    return [
      (facts) => ({ type: 'tool-input-start', ...of(facts), toolName: thing.name }),
      ...pieces.map((delta): Make => (facts) => ({ type: 'tool-input-delta', ...of(facts), delta })),
      ({ id }) => ({
        type: 'tool-call',
        ...(id !== undefined && { toolCallId: id }),
        toolName: thing.name,
        input: thing.text,
      }),
    ]
  },
  end: [{ type: 'finish', finishReason: 'tool-calls', usage: {} }],
}

export const wires: readonly Wire[] = [chat, choices, responses, anthropic, gemini, ollama, aiSdk]

const TOOLS = ['alpha', 'beta']
const ANSWER_TOOL = 'give_answer'

export const toolFormat: ResponseFormat = { mode: 'tool', name: ANSWER_TOOL, schema: { type: 'object' }, strict: true }

/** What the model meant, with arguments that tell the things apart and could be nested into each other. */
export function meantThings(choices: Choices, wire: Wire, isToolMode: boolean): Meant[] {
  const isAnswers = wire.name === 'Chat choices' || (wire.answers && !isToolMode && choices.chance(40))
  return Array.from({ length: 1 + choices.below(4) }, (_, index) => {
    const kind = isAnswers ? ('answer' as const) : ('call' as const)
    const name = isToolMode && choices.chance(50) ? ANSWER_TOOL : choices.pick(TOOLS)
    const value = `${index}`.repeat(1 + choices.below(6))
    const nested = wire.name === 'Gemini' ? value : choices.pick([value, [value], { v: value }, [], Number(value)])
    return { kind, name, id: `id_${index}`, text: JSON.stringify({ v: nested }) }
  })
}

export function faultsOf(choices: Choices, wire: Wire): Faults {
  const fault = (): FieldFault => choices.pick(['kept', 'kept', 'dropped', 'zeroed', 'repeated'] as const)
  return {
    id: fault(),
    item: fault(),
    // Candidates have nothing but their index: without it in all pieces there is only one text.
    position: wire.hasOnlyPosition ? 'kept' : fault(),
    idOnPieces: choices.chance(40),
    nameOnPieces: choices.chance(20),
    lost: choices.pick([0, 0, 10, 40]),
    withEnds: !choices.chance(30),
    withWhole: choices.chance(60),
  }
}

/** The events of the things, each thing's own in order, put in turns. */
export function interleave(choices: Choices, wire: Wire, things: readonly Meant[], faults: Faults): object[] {
  const queues = things.map((thing, index) => {
    const makes = wire.events(thing, cut(choices, thing.text), faults)
    return makes.map((make, at) => {
      const isStart = at === 0
      const isPoor = !isStart && choices.chance(faults.lost)
      const kept = isPoor ? choices.pick(['none', 'id', 'item', 'position', 'zero'] as const) : 'all'
      const has = (field: string) => kept === 'all' || kept === 'zero' || kept === field
      const text = (fault: FieldFault, own: string, first: string): string | undefined =>
        fault === 'dropped' ? undefined : fault === 'zeroed' ? '' : fault === 'repeated' ? first : own
      const position = faults.position === 'dropped' ? undefined : faults.position === 'kept' ? index : 0
      const hasId = (isStart || faults.idOnPieces || wire.name === 'AI SDK') && has('id')
      const id = hasId ? text(faults.id, thing.id, things[0]!.id) : undefined
      const item = has('item') ? text(faults.item, `item_${index}`, 'item_0') : undefined
      // A piece that has nothing but a zeroed position says that it belongs to the first thing.
      const hasOwnId =
        (wire.name === 'Chat' && id === thing.id && faults.id === 'kept') ||
        (wire.name === 'Responses' && faults.item === 'kept')
      const isZeroed = kept === 'zero' && hasOwnId
      return make(
        {
          ...(id !== undefined && { id }),
          ...(item !== undefined && { item }),
          ...(position !== undefined && has('position') && { position: isZeroed ? 0 : position }),
          ...((isStart || faults.nameOnPieces) && { name: thing.name }),
        },
        isStart,
      )
    })
  })
  const events: object[] = []
  const isSequential = choices.chance(30)
  while (queues.some((queue) => queue.length > 0)) {
    const left = queues.filter((queue) => queue.length > 0)
    events.push((isSequential ? left[0]! : choices.pick(left)).shift()!)
  }
  // Candidates end with their last piece.
  const endsAlone = wire.hasOnlyPosition === true && things.every((thing) => thing.kind === 'answer')
  return endsAlone ? events : [...events, ...wire.end]
}

function cut(choices: Choices, text: string): string[] {
  const pieces = choices.chance(30) ? [''] : []
  for (let at = 0; at < text.length;) {
    const end = Math.min(text.length, at + 1 + choices.below(7))
    pieces.push(text.slice(at, end))
    at = end
  }
  return pieces
}

/** What a reader made of the events. */
export interface Outcome {
  text: string
  extras: string[]
  calls: { name: string; text: string }[]
  error: string | undefined
}

export function outcomeOf(reader: ChannelReader, events: readonly object[]): Outcome {
  const got: Outcome = { text: '', extras: [], calls: [], error: undefined }
  const byId = new Map<string, { name: string; text: string }>()
  const take = (list: readonly ModelEvent[]): void => {
    for (const event of list) {
      if (event.type === 'text-delta') got.text += event.text
      if (event.type === 'extra-answer') got.extras.push(event.text)
      if (event.type === 'tool-call-start') {
        const call = { name: event.name, text: '' }
        byId.set(event.id, call)
        got.calls.push(call)
      }
      if (event.type === 'tool-call-delta') byId.get(event.id)!.text += event.text
    }
  }
  for (const event of events) {
    take(reader.read(event))
    if (reader.fault !== undefined) return { ...got, error: reader.fault }
  }
  take(reader.end())
  const isCut = reader.finished ? undefined : 'no finish'
  return { ...got, error: reader.fault ?? isCut }
}
