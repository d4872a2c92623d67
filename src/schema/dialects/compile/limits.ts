import { isSchemaObject, own, unsupported } from '../../json-schema/keywords.ts'
import type { JsonSchemaObject } from '../../../types.ts'
import type { Profile } from '../profiles/profile.ts'

/**
 * Refuses a schema that holds more than its provider takes: all keys, all names, levels along every
 * reference that does not lead back.
 */
export function checkLimits(schema: JsonSchemaObject, profile: Profile): void {
  const { limits, provider } = profile
  const sums = { properties: 0, characters: 0 }
  const open: unknown[] = [schema]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!isSchemaObject(node)) continue
    for (const keyword of ['properties', '$defs']) {
      const map = own(node, keyword)
      if (!isSchemaObject(map)) continue
      const names = Object.keys(map)
      if (keyword === 'properties') sums.properties += names.length
      sums.characters += characters(names)
      open.push(...Object.values(map))
    }
    sums.characters += characters([...((node['enum'] as unknown[] | undefined) ?? []), node['const']])
    open.push(...((node['anyOf'] as unknown[] | undefined) ?? []), node['items'] ?? null)
  }
  if (sums.properties > limits.properties) {
    throw unsupported(
      [],
      `${provider} takes at most ${limits.properties} keys in all, but it has ${sums.properties}; split it`,
    )
  }
  if (sums.characters > limits.characters) {
    throw unsupported(
      [],
      `${provider} takes at most ${limits.characters} characters of names and values, but it has ${sums.characters}; split it`,
    )
  }
  if (limits.levels === Infinity) return
  const levels = levelsOf(schema)
  if (levels > limits.levels) {
    throw unsupported(
      [],
      `${provider} takes at most ${limits.levels} objects and arrays inside one another, but it has ${levels}; make it flatter`,
    )
  }
}

function characters(values: readonly unknown[]): number {
  return values.reduce(
    (sum: number, value) =>
      sum + (value === undefined ? 0 : JSON.stringify(value).length - (typeof value === 'string' ? 2 : 0)),
    0,
  )
}

/** Objects and arrays inside one another, through `$ref`s, but not around their cycles. */
function levelsOf(root: JsonSchemaObject): number {
  const defs = own(root, '$defs') as Record<string, unknown> | undefined
  const known = new Map<string, number>()
  const open = new Set<string>()
  const measure = (node: unknown): number => {
    if (!isSchemaObject(node)) return 0
    const ref = own(node, '$ref')
    if (typeof ref === 'string') {
      const name = ref.slice('#/$defs/'.length)
      if (ref === '#' || open.has(ref)) return 0
      const levels = known.get(ref)
      if (levels !== undefined) return levels
      open.add(ref)
      const measured = measure(defs?.[name])
      open.delete(ref)
      known.set(ref, measured)
      return measured
    }
    const branches = ((node['anyOf'] as unknown[] | undefined) ?? []).map(measure)
    const properties = isSchemaObject(node['properties']) ? Object.values(node['properties']).map(measure) : []
    const inner = Math.max(0, ...properties, measure(node['items']))
    const own1 = [node['type']].flat()
    const isContainer = own1.includes('object') || own1.includes('array')
    return Math.max(isContainer ? inner + 1 : inner, ...branches)
  }
  return measure(root)
}
