import { ValueBuilder } from '../../../json/sinks/value-builder.ts'
import type { TokenSink } from '../../../json/token-sink.ts'
import { DecodingSink } from './decoding-sink.ts'
import type { DecodePlan } from './plan.ts'

/**
 * A whole value, from the provider's shape to the user's: the same code as while streaming.
 * Without a plan the value itself is returned, otherwise a new one. No recursion, so any depth will do.
 */
export function decode(value: unknown, plan: DecodePlan | null): unknown {
  if (plan === null) return value
  const target = new ValueBuilder()
  walk(value, new DecodingSink(target, plan))
  return target.value
}

/** Calls `sink` as if the value's JSON text had been read. */
function walk(root: unknown, sink: TokenSink): void {
  const open: Iterator<() => void>[] = []
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      sink.beginString()
      if (value !== '') sink.growString(value, value)
      sink.endString(value)
    } else if (typeof value === 'number') {
      sink.beginNumber()
      sink.endNumber(value)
    } else if (typeof value === 'boolean' || value === null || value === undefined) {
      sink.beginLiteral(value ?? null)
      sink.endLiteral(value ?? null)
    } else if (Array.isArray(value)) open.push(elements(value, sink, visit))
    else open.push(members(value, sink, visit))
  }
  visit(root)
  for (let steps = open.at(-1); steps !== undefined; steps = open.at(-1)) {
    const step = steps.next()
    if (step.done === true) open.pop()
    else step.value()
  }
}

function* elements(array: unknown[], sink: TokenSink, visit: (value: unknown) => void): Generator<() => void> {
  sink.beginArray()
  for (const element of array) yield () => visit(element)
  sink.endArray()
}

function* members(object: object, sink: TokenSink, visit: (value: unknown) => void): Generator<() => void> {
  sink.beginObject()
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue
    sink.key(key)
    yield () => visit(value)
  }
  sink.endObject()
}
