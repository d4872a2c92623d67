import type { Analysis } from './analysis.ts'
import type { At, EmittedSchema, Emitter } from './emitter.ts'
import { discriminatorOf } from '../../json-schema/shape/discriminator.ts'
import { matchesShape } from '../../json-schema/shape/matches.ts'
import type { FieldPlan, ObjectPlan, DecodePlan, UnionPlan } from '../decode/plan.ts'
import type { SchemaLocation, UnionShape } from '../../json-schema/shape/shape.ts'
import type { Discrimination } from './union-tags.ts'

/** One of several, each in the form that lets the answer tell which it is. */
export function emitUnion(emitter: Emitter, at: At, shape: UnionShape): EmittedSchema | null {
  const { analysis } = emitter
  const leaves = analysis.leaves(shape)
  const plan = emitter.plan(at)
  const { apart } = analysis.of(at.place)
  const branches: EmittedSchema[] = []
  const plans: { leaf: SchemaLocation; plan: DecodePlan | null; label: string | null }[] = []
  for (const leaf of leaves) {
    const emitted = emitter.emit(leaf, at)
    if (emitted === null) continue
    const label = apart?.labels.get(leaf) ?? null
    branches.push(label === null ? emitted.schema : labelled(label, emitted.schema))
    plans.push({ leaf, plan: emitted.plan, label })
  }
  if (shape.exclusive && !areDisjoint(analysis, leaves)) {
    emitter.warn([...at.place.path, 'oneOf'], 'that not more than one branch fits is only checked at the end')
  }
  if (plan?.op === 'union' && apart !== null) {
    plan.branches = plans.map(({ leaf, plan: inner, label }) => ({
      fits: (value, patterns) => matchesShape(leaf, value, { patterns }),
      label,
      plan: inner,
    }))
    for (const { label, plan: inner } of plans) if (label !== null) plan.object.labels.set(label, inner)
    emitter.afterwards.push(() => connect(analysis, plan, plans, apart))
  }
  const distinct = unique(branches)
  const [only] = distinct
  if (only === undefined) return null
  if (distinct.length === 1) return only
  return distinct.every(isBareScalar) ? { type: distinct.map((branch) => branch['type']) } : { anyOf: distinct }
}

function isBareScalar(schema: EmittedSchema): boolean {
  const { type } = schema
  return Object.keys(schema).length === 1 && typeof type === 'string' && type !== 'object' && type !== 'array'
}

function labelled(label: string, schema: EmittedSchema): EmittedSchema {
  return { type: 'object', properties: { [label]: schema }, required: [label], additionalProperties: false }
}

function unique(branches: readonly EmittedSchema[]): EmittedSchema[] {
  const seen = new Map<string, EmittedSchema>()
  for (const branch of branches) {
    const key = JSON.stringify(branch)
    if (!seen.has(key)) seen.set(key, branch)
  }
  return [...seen.values()]
}

/** Says which plan is in force for arrays and for objects, once the branches' own plans are complete. */
function connect(
  analysis: Analysis,
  plan: UnionPlan,
  branches: readonly { leaf: SchemaLocation; plan: DecodePlan | null; label: string | null }[],
  apart: Discrimination,
): void {
  const open = branches.filter((branch) => branch.label === null)
  const arrays = open.filter(({ leaf }) => analysis.of(leaf).kinds.has('array'))
  const objects = open.filter(({ leaf }) => analysis.of(leaf).kinds.has('object'))
  plan.array = arrays.find((branch) => branch.plan !== null)?.plan ?? null
  if (apart.discriminator !== null) {
    const { key, values } = apart.discriminator
    const cases = new Map<unknown, DecodePlan | null>()
    for (const [index, leaf] of apart.objects.entries()) {
      const inner = objects.find((branch) => branch.leaf === leaf)?.plan ?? null
      for (const value of values[index] ?? []) cases.set(value, inner)
    }
    plan.object.discriminator = { key, cases }
    return
  }
  const changed = objects.filter((branch) => branch.plan !== null)
  const [only] = changed
  plan.object.otherwise =
    changed.length === 1 && only !== undefined ? only.plan : merge(changed.map((branch) => branch.plan))
}

/** One plan for objects of several kinds, whose keys never want different things. */
function merge(plans: readonly (DecodePlan | null)[]): ObjectPlan | null {
  const objects = plans.filter((plan) => plan?.op === 'object')
  if (objects.length === 0) return null
  const fields = new Map<string, FieldPlan>()
  let extra: ObjectPlan['extra'] = null
  let others: DecodePlan | null = null
  for (const plan of objects) {
    for (const [key, field] of plan.fields) {
      const known = fields.get(key)
      fields.set(key, {
        plan: known?.plan ?? field.plan,
        dropNull: known?.dropNull === true || field.dropNull,
        fillNull: known?.fillNull === true || field.fillNull,
      })
    }
    extra ??= plan.extra
    others ??= plan.others
  }
  return { op: 'object', fields, extra, others }
}

/** Whether no value can fit two of them. */
function areDisjoint(analysis: Analysis, leaves: readonly SchemaLocation[]): boolean {
  const groups = new Map<string, SchemaLocation[]>()
  for (const leaf of leaves) {
    if (!analysis.of(leaf).inhabited) continue
    const kinds = userKinds(analysis, leaf)
    if (kinds === null) return false
    for (const kind of kinds) groups.set(kind, [...(groups.get(kind) ?? []), leaf])
  }
  return [...groups].every(([kind, group]) => {
    if (group.length < 2) return true
    if (kind === 'object') return discriminatorOf(group) !== null
    const shapes = group.map((leaf) => analysis.shape(analysis.target(leaf)))
    const values = shapes.flatMap((shape) => (shape.kind === 'enum' ? shape.values : []))
    return shapes.every((shape) => shape.kind === 'enum') && new Set(values).size === values.length
  })
}

/** The JSON types of a branch in the user's shape; `null` when it is its own union. */
function userKinds(analysis: Analysis, leaf: SchemaLocation): string[] | null {
  const shape = analysis.shape(analysis.target(leaf))
  switch (shape.kind) {
    case 'any':
    case 'union':
    case 'alias':
    case 'never':
      return null
    case 'enum':
      return [...new Set(shape.values.map((value) => (value === null ? 'null' : typeof value)))]
    default:
      return [shape.kind]
  }
}
