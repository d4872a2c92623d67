import { setOwn } from '../../../json/growing-container.ts'
import { firstOnes } from '../../hints.ts'
import type { At, EmittedSchema, Emitted, Emitter } from './emitter.ts'
import { bounds, emptyArray } from './emit-array.ts'
import { nullable } from './nullable.ts'
import { ENTRY_KEY, ENTRY_VALUE } from '../decode/plan.ts'
import type { FieldPlan } from '../decode/plan.ts'
import type { ObjectShape, PropertyShape, SchemaLocation } from '../../json-schema/shape/shape.ts'

/** An object with declared keys. */
export function emitObject(emitter: Emitter, at: At, shape: ObjectShape, phrases: string[]): EmittedSchema | null {
  const { profile } = emitter
  const facts = emitter.analysis.of(at.place)
  const plan = emitter.plan(at)
  const fields = new Map<string, FieldPlan>()
  const properties: EmittedSchema = {}
  const required: string[] = []
  for (const [key, property] of ordered(shape, facts.first)) {
    const value = emitter.emit(property.place, at)
    if (value === null && property.required) return null
    if (value === null) continue
    const becomesNullable = facts.nullable.has(key)
    const dropNull = becomesNullable && !emitter.analysis.of(property.place).kinds.has('null')
    setOwn(properties, key, dropNull ? nullable(value.schema) : value.schema)
    if (property.required || becomesNullable) required.push(key)
    fields.set(key, { plan: value.plan, dropNull, fillNull: becomesNullable })
  }
  if (plan?.op === 'object') plan.fields = fields
  const extra = shape.extra === null ? null : emitter.emit(shape.extra, at)
  if (profile.record === 'entries' && extra !== null) {
    const key = freeName(properties)
    properties[key] = { ...entries(emitter, at, shape, extra), description: 'Further keys' }
    required.push(key)
    if (plan?.op === 'object') plan.extra = { key, value: extra.plan }
  }
  const schema: EmittedSchema = { type: 'object', properties }
  if (required.length > 0 || profile.optional === 'nullable') schema['required'] = required
  if (profile.propertyOrdering && fields.size > 1) schema['propertyOrdering'] = [...fields.keys()]
  if (profile.record === 'entries') return { ...schema, additionalProperties: false }
  if (extra !== null) {
    if (plan?.op === 'object') plan.others = extra.plan
    if (shape.extraKeys !== null) emitter.leave(shape.extraKeys.path, 'propertyNames', null, phrases)
    return { ...schema, additionalProperties: extra.schema }
  }
  return profile.additionalPropertiesFalse || shape.closed ? { ...schema, additionalProperties: false } : schema
}

/** An object whose keys are data. */
export function emitRecord(emitter: Emitter, at: At, shape: ObjectShape, phrases: string[]): EmittedSchema | null {
  const { profile } = emitter
  const value = shape.extra === null ? null : emitter.emit(shape.extra, at)
  const plan = emitter.plan(at)
  if (profile.record === 'entries') {
    if (value === null) return emptyArray(emitter, at, phrases)
    if (plan?.op === 'entries') plan.value = value.plan
    const { minProperties, maxProperties } = shape
    const words = { least: 'minProperties', most: 'maxProperties', one: 'entry', many: 'entries' }
    return {
      ...entries(emitter, at, shape, value),
      ...bounds(emitter, at, minProperties, maxProperties, phrases, words),
    }
  }
  const schema: EmittedSchema = { type: 'object' }
  if (value === null) return profile.additionalPropertiesFalse ? { ...schema, additionalProperties: false } : schema
  if (plan?.op === 'object') plan.others = value.plan
  if (shape.extraKeys !== null && !isAnyText(emitter, shape))
    emitter.leave(shape.extraKeys.path, 'propertyNames', null, phrases)
  if (shape.minProperties > 0)
    emitter.leave(at.place.path, 'minProperties', `at least ${shape.minProperties} keys`, phrases)
  if (shape.maxProperties < Infinity)
    emitter.leave(at.place.path, 'maxProperties', `at most ${shape.maxProperties} keys`, phrases)
  return { ...schema, additionalProperties: value.schema }
}

function isAnyText(emitter: Emitter, shape: ObjectShape): boolean {
  const keys = shape.extraKeys === null ? null : emitter.analysis.shape(emitter.analysis.target(shape.extraKeys))
  if (keys?.kind !== 'string') return keys === null || keys.kind === 'any'
  return (
    keys.patterns.length === 0 &&
    keys.minLength === undefined &&
    keys.maxLength === undefined &&
    keys.format === undefined
  )
}

function entries(emitter: Emitter, at: At, shape: ObjectShape, value: Emitted): EmittedSchema {
  const key = shape.extraKeys === null || isAnyText(emitter, shape) ? null : emitter.emit(shape.extraKeys, at)
  return {
    type: 'array',
    items: {
      type: 'object',
      properties: { [ENTRY_KEY]: key === null ? { type: 'string' } : key.schema, [ENTRY_VALUE]: value.schema },
      required: [ENTRY_KEY, ENTRY_VALUE],
      additionalProperties: false,
    },
  }
}

/** The declared order, but for keys with the hint, and before them the key that tells a union's branches apart. */
function ordered(shape: ObjectShape, first: string | null): [string, PropertyShape][] {
  const hinted = firstOnes([...shape.properties], ([, { place }]) => comesFirst(place))
  return firstOnes(hinted, ([key]) => key === first)
}

/** Of a key that may be null as well, the other option has the hint. */
function comesFirst({ hints, shape }: SchemaLocation): boolean {
  if (hints.includes('first')) return true
  return shape.kind === 'union' && shape.branches.some((branch) => branch.hints.includes('first'))
}

function freeName(properties: EmittedSchema): string {
  let name = 'additionalProperties'
  while (Object.hasOwn(properties, name)) name += '_'
  return name
}
