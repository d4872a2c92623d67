import { StructStreamError } from '../../../errors.ts'
import { setOwn } from '../../../json/growing-container.ts'
import { typeOfJson } from '../../json-schema/keywords.ts'
import { ENTRY_KEY, ENTRY_VALUE, REST_KEY } from './plan.ts'
import type { ObjectPlan, DecodePlan, PositionsPlan } from './plan.ts'

const MAX_DEPTH = 1000

/**
 * A whole value, from the user's shape to the provider's: the inverse of `decode` for values that fit
 * the schema. What fits nowhere is left unchanged.
 *
 * @throws `limit_exceeded` for values nested deeper than 1,000.
 */
export function encode(value: unknown, plan: DecodePlan | null, depth = 0): unknown {
  if (plan === null) return value
  if (depth > MAX_DEPTH)
    throw new StructStreamError('limit_exceeded', `the value is nested deeper than ${MAX_DEPTH} levels`)
  const inner = (child: unknown, childPlan: DecodePlan | null): unknown => encode(child, childPlan, depth + 1)
  const type = typeOfJson(value)
  switch (plan.op) {
    case 'wrap':
      return { [plan.key]: inner(value, plan.inner) }
    case 'entries':
      return type === 'object' ? entries(value as object, plan.value, inner) : value
    case 'positions':
      return Array.isArray(value) ? positions(value, plan, inner) : value
    case 'object':
      return type === 'object' ? object(value as Record<string, unknown>, plan, inner) : value
    case 'array':
      if (!Array.isArray(value)) return value
      return value.map((element, index) =>
        inner(element, index < plan.prefix.length ? (plan.prefix[index] ?? null) : plan.rest),
      )
    case 'union': {
      // A library may mean a pattern otherwise than it is written (with flags): then the structure must do.
      const branch =
        plan.branches.find((candidate) => candidate.fits(value, true)) ??
        plan.branches.find((candidate) => candidate.fits(value, false))
      if (branch === undefined) return value
      const encoded = inner(value, branch.plan)
      return branch.label === null ? encoded : { [branch.label]: encoded }
    }
    default: {
      const impossible: never = plan
      return impossible
    }
  }
}

type Inner = (value: unknown, plan: DecodePlan | null) => unknown

function entries(value: object, plan: DecodePlan | null, inner: Inner): unknown[] {
  return Object.entries(value).map(([key, child]) => ({ [ENTRY_KEY]: key, [ENTRY_VALUE]: inner(child, plan) }))
}

function positions(value: unknown[], plan: PositionsPlan, inner: Inner): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  for (const [index, item] of plan.items.entries()) {
    if (index < value.length) object[String(index)] = inner(value[index], item.plan)
    else if (item.fillNull) object[String(index)] = null
  }
  if (plan.rest !== undefined) {
    const { rest } = plan
    object[REST_KEY] = value.slice(plan.items.length).map((element) => inner(element, rest))
  }
  return object
}

function object(value: Record<string, unknown>, plan: ObjectPlan, inner: Inner): Record<string, unknown> {
  const encoded: Record<string, unknown> = {}
  const extra: Record<string, unknown> = {}
  for (const [key, field] of plan.fields) {
    if (Object.hasOwn(value, key)) setOwn(encoded, key, inner(value[key], field.plan))
    else if (field.fillNull) setOwn(encoded, key, null)
  }
  for (const [key, child] of Object.entries(value)) {
    if (plan.fields.has(key)) continue
    if (plan.extra === null) setOwn(encoded, key, inner(child, plan.others))
    else setOwn(extra, key, child)
  }
  if (plan.extra !== null) encoded[plan.extra.key] = entries(extra, plan.extra.value, inner)
  return encoded
}
