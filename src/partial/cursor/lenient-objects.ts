import {
  CheckFailure,
  KIND_NULL,
  KIND_OBJECT,
  type ObjectCore,
  type Property,
  type SchemaNode,
} from '../../schema/node.ts'
import type { HeldValue } from './held-value.ts'
import type { OpenContainer } from './open-container.ts'

/** A value whose key is a declared one in another letter case or with space around it. */
export interface Lookalike {
  name: string
  declared: string
  value: HeldValue
}

/** Per object, its declared keys in lower case and without space around them; null where two are alike. */
const foldedKeys = new WeakMap<ObjectCore, Map<string, string | null>>()

function foldedOf(core: ObjectCore): Map<string, string | null> {
  let keys = foldedKeys.get(core)
  if (keys !== undefined) return keys
  foldedKeys.set(core, (keys = new Map()))
  for (const key of core.properties.keys()) keys.set(fold(key), keys.has(fold(key)) ? null : key)
  return keys
}

function fold(key: string): string {
  return key.trim().toLowerCase()
}

/** The one declared key that `name` seems to mean, where it has not come yet; null: none. */
export function declaredLike(
  { node }: OpenContainer,
  name: string,
  hasSeen: (index: number) => boolean,
): string | null {
  const { core } = node
  if (core.kind !== 'object' || core.properties.has(name)) return null
  // With a schema for other keys, it is one of those.
  if (typeof core.rest === 'object') return null
  const declared = foldedOf(core).get(fold(name)) ?? null
  return declared === null || hasSeen(core.properties.get(declared)!.index) ? null : declared
}

export function isRequired(property: Property): boolean {
  return property.whenAbsent() instanceof CheckFailure
}

/** Whether a missing key can only mean null: it is required, and may be null. */
export function isNullWhenAbsent(property: Property): boolean {
  const { node } = property.node
  return (node.accepts & KIND_NULL) !== 0 && node.core.kind !== 'any' && isRequired(property)
}

/**
 * Whether an object with this key can be an element, where a list is wanted. `unknown`: its keys may be any, so that it
 * can't be distinguished from an envelope of the list by them.
 */
export function declaresKey(node: SchemaNode, key: string): 'yes' | 'no' | 'unknown' {
  if ((node.accepts & KIND_OBJECT) === 0) return 'no'
  const { core } = node
  switch (core.kind) {
    case 'object':
      return core.properties.has(key) || foldedOf(core).has(fold(key)) ? 'yes' : 'no'
    case 'discriminated': {
      if (key === core.discriminator) return 'yes'
      return combined([...core.branches.values()].map((branch) => declaresKey(branch.node, key)))
    }
    case 'union':
      return combined(core.options.map((option) => declaresKey(option.node, key)))
    case 'intersection':
      return combined(core.sides.map((side) => declaresKey(side.node, key)))
    case 'catch':
      return declaresKey(core.inner.node, key)
    default:
      return 'unknown'
  }
}

function combined(verdicts: ('yes' | 'no' | 'unknown')[]): 'yes' | 'no' | 'unknown' {
  return verdicts.includes('yes') ? 'yes' : verdicts.includes('unknown') ? 'unknown' : 'no'
}
