import { show } from '../suggestions.ts'
import type { RecordedLine } from './recording.ts'
import type { ModelEvent } from '../models/model.ts'

/** What a field must be, and a test for it. */
type Rule = readonly [expected: string, test: (value: unknown) => boolean]
type Rules = Readonly<Record<string, Rule>>

const text: Rule = ['a string', (value) => typeof value === 'string']
const time: Rule = ['milliseconds', (value) => typeof value === 'number' && value >= 0]
const list: Rule = ['a list', Array.isArray]
const object: Rule = ['an object', isRecord]
const texts: Rule = ['a list of strings', (value) => Array.isArray(value) && value.every((one) => text[1](one))]

const oneOf = (...words: string[]): Rule => [`one of ${words.join(', ')}`, (value) => words.includes(value as string)]
const optional = ([expected, test]: Rule): Rule => [expected, (value) => value === undefined || test(value)]

const MODEL: Rules = { provider: text, id: text, modes: texts, dialect: text }
const REQUEST: Rules = { messages: list, settings: object, tools: optional(list), format: optional(object) }
const FILE: Rules = { mediaType: text, data: ['bytes', (value) => value instanceof Uint8Array] }

/** Fields without which an event can't be replayed. */
const EVENTS: Readonly<Record<ModelEvent['type'], Rules>> = {
  'text-delta': { text },
  'reasoning-delta': { text },
  'refusal-delta': { text },
  'tool-call-start': { id: text, name: text },
  'tool-call-delta': { id: text, text },
  'tool-call-end': { id: text },
  file: { file: object },
  usage: { usage: object },
  'extra-answer': { text },
  metadata: {},
  finish: { reason: text },
}

/**
 * Returns what is wrong with a line of a recording, as the end of a sentence that begins with the line's number;
 * `undefined` when nothing is.
 */
export function faultOf(line: RecordedLine, version: number): string | undefined {
  if (isTextDelta(line)) return undefined
  switch (line.type) {
    case 'call':
      if (line.version !== version) return `has version ${show(line.version)}; this library reads ${version}`
      return (
        misfit(line, { call: text, model: object, request: object, startedAt: text }) ??
        misfit(line.model, MODEL, 'model.') ??
        misfit(line.request, REQUEST, 'request.')
      )
    case 'event':
      return misfit(line, { call: text, at: time, event: object }) ?? faultOfEvent(line.event)
    case 'end':
      return (
        misfit(line, { call: text, at: time, how: oneOf('finished', 'threw', 'stopped'), error: optional(object) }) ??
        (line.error === undefined ? undefined : misfit(line.error, { message: text, code: optional(text) }, 'error.'))
      )
    default:
      return `has \`type\` ${show((line as { type: unknown }).type)}, expected call, event or end`
  }
}

/** Nearly all lines are. */
function isTextDelta(line: RecordedLine): boolean {
  if (line.type !== 'event' || typeof line.call !== 'string' || !(typeof line.at === 'number' && line.at >= 0))
    return false
  const event = line.event as ModelEvent | undefined
  return event?.type === 'text-delta' && typeof event.text === 'string'
}

function faultOfEvent(event: ModelEvent): string | undefined {
  const { type } = event
  if (!Object.hasOwn(EVENTS, type)) return `has an event of the unknown type ${show(type)}`
  return (
    misfit(event, EVENTS[type], 'event.') ?? (type === 'file' ? misfit(event.file, FILE, 'event.file.') : undefined)
  )
}

function misfit(value: object, rules: Rules, prefix = ''): string | undefined {
  for (const name in rules) {
    const [expected, test] = rules[name]!
    const field: unknown = (value as Record<string, unknown>)[name]
    if (!test(field)) return `has no valid \`${prefix}${name}\`: expected ${expected}, got ${show(field)}`
  }
  return undefined
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
