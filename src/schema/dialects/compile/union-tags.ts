import type { Analysis } from './analysis.ts'
import { discriminatorOf } from '../../json-schema/shape/discriminator.ts'
import type { Profile } from '../profiles/profile.ts'
import type { ArrayShape, SchemaLocation } from '../../json-schema/shape/shape.ts'

/** How the branches of a union, in the provider's shape, are distinguished by what comes first. */
export interface Discrimination {
  /** Branches that are wrapped in an object with one key. */
  labels: Map<SchemaLocation, string>
  /** The objects that `discriminator` tells apart. */
  objects: SchemaLocation[]
  discriminator: { key: string; values: unknown[][] } | null
}

/** What must be the same for two branches to share one plan for a key. */
interface Field {
  /** Names the plan. */
  plan: string
  dropNull: boolean
  mayBeNull: boolean
}

/**
 * Finds out which branches need different decoding and could be mistaken for one another: arrays by
 * what their elements need, objects by what their keys need. Those get a discriminator or, if there is
 * none, a label.
 */
export function unionTags(analysis: Analysis, profile: Profile, leaves: readonly SchemaLocation[]): Discrimination {
  const labels = new Map<SchemaLocation, string>()
  const of = (kind: 'array' | 'object'): SchemaLocation[] => leaves.filter((leaf) => analysis.of(leaf).kinds.has(kind))
  for (const leaf of differingArrays(analysis, of('array'))) labels.set(leaf, '')
  const objects = of('object').filter((leaf) => !labels.has(leaf))
  const differing = differingObjects(analysis, profile, objects)
  const discriminator = differing.length > 0 ? discriminatorOf(objects) : null
  if (discriminator === null) for (const leaf of differing) labels.set(leaf, '')
  const taken = new Set(objects.filter((leaf) => !labels.has(leaf)).flatMap((leaf) => keysOf(analysis, leaf)))
  for (const leaf of labels.keys()) labels.set(leaf, freeLabel(wantedLabel(analysis, leaf), taken))
  return { labels, objects, discriminator }
}

/** All but those that share the plan of the plainest. */
function differingArrays(analysis: Analysis, leaves: readonly SchemaLocation[]): SchemaLocation[] {
  const plans = leaves.map((leaf) => arrayPlan(analysis, leaf))
  const unchanged = leaves.findIndex((leaf) => !analysis.of(leaf).changed)
  const list = leaves.findIndex((leaf) => analysis.target(leaf).shape.kind === 'array')
  const kept = plans[unchanged >= 0 ? unchanged : Math.max(list, 0)]
  return leaves.filter((_, index) => plans[index] !== kept)
}

function arrayPlan(analysis: Analysis, leaf: SchemaLocation): string {
  if (!analysis.of(leaf).changed) return 'none'
  const target = analysis.target(leaf)
  const shape = analysis.shape(target)
  switch (shape.kind) {
    case 'object':
      return `entries ${shape.extra === null ? '' : planOf(analysis, shape.extra)}`
    case 'array':
      return `list ${shape.rest === null ? '' : planOf(analysis, shape.rest)} ${prefixPlan(analysis, shape)}`
    default:
      return `union ${target.id}`
  }
}

function prefixPlan(analysis: Analysis, shape: ArrayShape): string {
  return shape.prefix.map((place) => planOf(analysis, place)).join(' ')
}

function planOf(analysis: Analysis, place: SchemaLocation): string {
  return analysis.of(place).changed ? String(analysis.target(place).id) : 'none'
}

/** Those that want something else of a key than one before them. */
function differingObjects(analysis: Analysis, profile: Profile, leaves: readonly SchemaLocation[]): SchemaLocation[] {
  if (leaves.length < 2 || leaves.every((leaf) => !analysis.of(leaf).changed)) return []
  const views = leaves.map((leaf) => fieldsOf(analysis, profile, leaf))
  const joined = new Map<string, Field>()
  const joinedAll: boolean[] = []
  for (const fields of views) {
    if (fields === null) {
      joinedAll.push(false)
      continue
    }
    const agrees = [...fields].every(([key, field]) => agree(joined.get(key), field))
    joinedAll.push(agrees)
    if (!agrees) continue
    for (const [key, field] of fields) {
      const known = joined.get(key)
      const both =
        known === undefined
          ? field
          : { ...field, dropNull: known.dropNull || field.dropNull, mayBeNull: known.mayBeNull || field.mayBeNull }
      joined.set(key, both)
    }
  }
  return leaves.filter((_, index) => joinedAll[index] !== true)
}

function agree(known: Field | undefined, field: Field): boolean {
  if (known === undefined) return true
  if (known.plan !== field.plan) return false
  // A `null` that one drops and the other means would be lost.
  return !(known.dropNull && field.mayBeNull) && !(field.dropNull && known.mayBeNull)
}

/** What each key of an object wants; `null` for what isn't a plain object with known keys. */
function fieldsOf(analysis: Analysis, profile: Profile, leaf: SchemaLocation): Map<string, Field> | null {
  const target = analysis.target(leaf)
  const shape = analysis.shape(target)
  if (shape.kind !== 'object') return null
  const fields = new Map<string, Field>()
  const { nullable } = analysis.of(target)
  for (const [key, property] of shape.properties) {
    const mayBeNull = analysis.of(property.place).kinds.has('null')
    fields.set(key, { plan: planOf(analysis, property.place), dropNull: nullable.has(key) && !mayBeNull, mayBeNull })
  }
  if (shape.extra !== null) {
    // Where they are kept unchanged, undeclared keys may be any key.
    if (profile.record === 'kept') return null
    fields.set('additionalProperties', {
      plan: `extra ${planOf(analysis, shape.extra)}`,
      dropNull: false,
      mayBeNull: false,
    })
  }
  return fields
}

function keysOf(analysis: Analysis, leaf: SchemaLocation): string[] {
  const shape = analysis.shape(analysis.target(leaf))
  if (shape.kind === 'object') return [...shape.properties.keys()]
  if (shape.kind === 'array') return ['rest']
  return []
}

function wantedLabel(analysis: Analysis, leaf: SchemaLocation): string {
  const target = analysis.target(leaf)
  const words = leaf.title ?? target.title ?? target.name
  if (words !== undefined && words !== null && /^[A-Za-z][\w-]{0,30}$/.test(words)) return words
  const shape = analysis.shape(target)
  if (shape.kind === 'array') return shape.prefix.length > 0 ? 'tuple' : 'list'
  if (shape.kind === 'object') return analysis.isRecord(shape) ? 'record' : 'object'
  return 'option'
}

function freeLabel(wanted: string, taken: Set<string>): string {
  let label = wanted
  for (let count = 2; taken.has(label); count++) label = `${wanted}_${count}`
  taken.add(label)
  return label
}
