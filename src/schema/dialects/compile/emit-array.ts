import type { At, EmittedSchema, Emitter } from './emitter.ts'
import { nullable } from './nullable.ts'
import { REST_KEY } from '../decode/plan.ts'
import type { FieldPlan, DecodePlan } from '../decode/plan.ts'
import type { ArrayShape } from '../../json-schema/shape/shape.ts'

/** A list. */
export function emitArray(emitter: Emitter, at: At, shape: ArrayShape, phrases: string[]): EmittedSchema | null {
  const element = shape.rest === null ? null : emitter.emit(shape.rest, at)
  if (element === null) return shape.minItems > 0 ? null : emptyArray(emitter, at, phrases)
  const plan = emitter.plan(at)
  if (plan?.op === 'array') plan.rest = element.plan
  return { type: 'array', items: element.schema, ...bounds(emitter, at, shape.minItems, shape.maxItems, phrases) }
}

/** A list that cannot hold anything; `items` must be there and hold something all the same. */
export function emptyArray(emitter: Emitter, at: At, phrases: string[]): EmittedSchema {
  if (emitter.profile.maxItems) return { type: 'array', items: { type: 'null' }, maxItems: 0 }
  emitter.leave(at.place.path, 'maxItems', 'always empty', phrases)
  return { type: 'array', items: { type: 'null' } }
}

/** The bounds the provider takes; the others become phrases. */
export function bounds(
  emitter: Emitter,
  at: At,
  minItems: number,
  maxItems: number,
  phrases: string[],
  words: { least: string; most: string; one: string; many: string } = ELEMENTS,
): EmittedSchema {
  const { profile } = emitter
  const schema: EmittedSchema = {}
  const amount = (count: number): string => `${count} ${count === 1 ? words.one : words.many}`
  if (minItems > 0) {
    if (minItems <= profile.minItems) schema['minItems'] = minItems
    else {
      if (profile.minItems > 0) schema['minItems'] = profile.minItems
      emitter.leave(at.place.path, words.least, `at least ${amount(minItems)}`, phrases)
    }
  }
  if (maxItems === Infinity) return schema
  if (profile.maxItems) schema['maxItems'] = maxItems
  else emitter.leave(at.place.path, words.most, `at most ${amount(maxItems)}`, phrases)
  return schema
}

const ELEMENTS = { least: 'minItems', most: 'maxItems', one: 'element', many: 'elements' }

/** A list whose first elements are each something else. */
export function emitTuple(emitter: Emitter, at: At, shape: ArrayShape, phrases: string[]): EmittedSchema | null {
  return emitter.analysis.sendsPositions(shape)
    ? emitPositions(emitter, at, shape, phrases)
    : emitPrefix(emitter, at, shape, phrases)
}

function emitPrefix(emitter: Emitter, at: At, shape: ArrayShape, phrases: string[]): EmittedSchema | null {
  const prefix: EmittedSchema[] = []
  const plans: (DecodePlan | null)[] = []
  const plan = emitter.plan(at)
  let { maxItems, rest } = shape
  for (const place of shape.prefix) {
    const slot = emitter.emit(place, at)
    if (slot === null) {
      // Nothing fits here, so the tuple ends before it.
      maxItems = prefix.length
      rest = null
      break
    }
    prefix.push(slot.schema)
    plans.push(slot.plan)
  }
  const element = rest === null ? null : emitter.emit(rest, at)
  if (element === null) maxItems = Math.min(maxItems, prefix.length)
  if (shape.minItems > maxItems) return null
  if (prefix.length === 0) return emptyArray(emitter, at, phrases)
  // A place that is written more than once fills the same plan each time.
  if (plan?.op === 'array') {
    plan.prefix = plans
    plan.rest = element === null ? null : element.plan
  }
  const schema: EmittedSchema = { type: 'array', prefixItems: prefix }
  if (element !== null) schema['items'] = element.schema
  return { ...schema, ...bounds(emitter, at, shape.minItems, maxItems, phrases) }
}

function emitPositions(emitter: Emitter, at: At, shape: ArrayShape, phrases: string[]): EmittedSchema | null {
  const properties: EmittedSchema = {}
  const items: FieldPlan[] = []
  const plan = emitter.plan(at)
  let { rest } = shape
  let length = 0
  for (const [index, place] of shape.prefix.entries()) {
    const slot = emitter.emit(place, at)
    if (slot === null) {
      rest = null
      break
    }
    const isOptional = index >= shape.minItems
    const dropNull = isOptional && !emitter.analysis.of(place).kinds.has('null')
    properties[String(index)] = dropNull ? nullable(slot.schema) : slot.schema
    items.push({ plan: slot.plan, dropNull, fillNull: isOptional })
    length++
  }
  const element = rest === null ? null : emitter.emit(rest, at)
  if (shape.minItems > length && element === null) return null
  if (plan?.op === 'positions') plan.items = items
  if (element !== null) {
    const words: string[] = []
    const limits = bounds(emitter, at, Math.max(0, shape.minItems - length), shape.maxItems - length, words)
    const description = words.length === 0 ? {} : { description: words.join('; ') }
    properties[REST_KEY] = { type: 'array', items: element.schema, ...limits, ...description }
    if (plan?.op === 'positions') plan.rest = element.plan
  } else if (shape.rest !== null && shape.maxItems === Infinity) phrases.push('nothing after these')
  const mayEndAt = items.filter((item) => item.dropNull).length + (element === null ? 0 : 1)
  if (mayEndAt > 1 && items.some((item) => item.dropNull)) {
    emitter.warn(at.place.path, 'that nothing follows a missing element is only checked at the end')
  }
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}
