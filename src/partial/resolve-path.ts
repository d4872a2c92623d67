import { StructStreamError } from '../errors.ts'
import { EVERY, showPath, type Path, type PathPattern } from '../path.ts'
import { CheckFailure, KIND_ARRAY, KIND_STRING, type Core, type SchemaNode } from '../schema/node.ts'
import { nearest } from '../suggestions.ts'

/** What is read at a path: the value, the elements of the array, or the text of the string that is there. */
export type PathUse = 'value' | 'elements' | 'field'

/** Where a key leads to. */
interface Step {
  readonly key: string | number
  /** `'*'` means every element or value, unless it is declared as a key. */
  readonly isStar: boolean
  /** What may be there. */
  readonly nodes: SchemaNode[]
  /** Anything may be there: no schema says what. */
  isOpen: boolean
  /** The key was found in an object, as an index of a list, or for every member. */
  isName: boolean
  isIndex: boolean
  isEvery: boolean
  /** Keys that would have been right. */
  readonly names: Set<string>
  readonly seen: Set<SchemaNode>
}

/**
 * Returns the path with each key as it is in the value, and `'*'` as `EVERY`.
 *
 * @throws `bad_options` with a suggestion, where the schema can't have such a path, an array or a string there
 */
export function resolvePath(root: SchemaNode, path: Path, use: PathUse): PathPattern {
  let nodes: readonly SchemaNode[] = [root]
  const pattern: (string | number | typeof EVERY)[] = []
  for (const [depth, key] of path.entries()) {
    const step: Step = {
      key,
      isStar: key === '*' && use === 'elements',
      nodes: [],
      isOpen: false,
      isName: false,
      isIndex: false,
      isEvery: false,
      names: new Set(),
      seen: new Set(),
    }
    for (const node of nodes) enter(node, step)
    const isDeclared = step.isName && step.isStar
    if (step.nodes.length === 0 && !step.isOpen) throw impossible(path, missing(path.slice(0, depth), nodes, step))
    pattern.push(step.isEvery && !isDeclared ? EVERY : step.isName && !step.isIndex ? String(key) : key)
    // Where no schema says what is there, everything below may be there.
    if (step.isOpen) return [...pattern, ...path.slice(depth + 1).map((rest) => (isStar(rest, use) ? EVERY : rest))]
    nodes = step.nodes
  }
  const kind = use === 'elements' ? KIND_ARRAY : use === 'field' ? KIND_STRING : 0
  if (kind !== 0 && !nodes.some((node) => mayBe(node, kind, new Set()))) {
    const what = use === 'elements' ? 'an array' : 'a string'
    const expected = [...new Set(nodes.map((node) => node.expected))].join(' | ')
    throw impossible(path, `the value there is never ${what}, but ${expected}.`)
  }
  return pattern
}

function isStar(key: string | number, use: PathUse): boolean {
  return key === '*' && use === 'elements'
}

function enter(node: SchemaNode, step: Step): void {
  if (step.seen.has(node)) return
  step.seen.add(node)
  const { core } = node
  // What code makes of the whole value is known to no schema.
  if (node.isAtomic && node.steps.length > 0 && core.kind !== 'leaf') step.isOpen = true
  const { key } = step
  const index = typeof key === 'number' && key >= 0 ? key : -1
  switch (core.kind) {
    case 'any':
      if (node.accepts !== 0) [step.isOpen, step.isEvery] = [true, step.isStar]
      break
    case 'leaf':
      break
    case 'object':
      return enterObject(core, step)
    case 'record':
      // A key may be stored under another name, so each may be right.
      step.nodes.push(core.value.node)
      if (step.isStar) step.isEvery = true
      else step.isName = true
      return
    case 'array':
      if (step.isStar) step.isEvery = true
      else if (index >= 0 && index < core.maximum) step.isIndex = true
      else return
      step.nodes.push(core.element.node)
      return
    case 'tuple': {
      const { slots, rest, maximum } = core
      if (step.isStar) {
        step.isEvery = true
        step.nodes.push(...slots.map((slot) => slot.node), ...(rest === null ? [] : [rest.node]))
        return
      }
      const place = index >= 0 && index < maximum ? (slots[index] ?? rest) : null
      if (place === null) return
      step.isIndex = true
      step.nodes.push(place.node)
      return
    }
    default:
      for (const { node: reading } of readings(core)) enter(reading, step)
  }
}

function enterObject(core: Extract<Core, { kind: 'object' }>, step: Step): void {
  const name = String(step.key)
  const property = core.properties.get(name)
  if (property !== undefined) {
    step.isName = true
    step.nodes.push(property.node.node)
    return
  }
  for (const known of core.properties.keys()) step.names.add(known)
  if (typeof core.rest === 'string') return
  const rest = typeof core.rest === 'function' ? core.rest(name) : core.rest
  if (rest === null || rest instanceof CheckFailure) return
  if (step.isStar) {
    step.isEvery = true
    step.nodes.push(...[...core.properties.values()].map(({ node }) => node.node))
  } else step.isName = true
  step.nodes.push(rest.node)
}

type Several = Extract<Core, { kind: 'union' | 'discriminated' | 'intersection' | 'catch' }>

/** The ways to read a value that has several, or one around another. */
function readings(core: Several): Iterable<{ readonly node: SchemaNode }> {
  switch (core.kind) {
    case 'union':
      return core.options
    case 'discriminated':
      return core.branches.values()
    case 'intersection':
      return core.sides
    case 'catch':
      return [core.inner]
    default: {
      const never: never = core
      return never
    }
  }
}

/** Whether a value of a kind may be there. */
function mayBe(node: SchemaNode, kind: number, seen: Set<SchemaNode>): boolean {
  if (seen.has(node)) return false
  seen.add(node)
  const { core } = node
  if (core.kind !== 'catch') return (node.accepts & kind) !== 0
  return mayBe(core.inner.node, kind, seen)
}

/** Why a key leads nowhere. */
function missing(above: Path, nodes: readonly SchemaNode[], { key, isStar: hasStar, names }: Step): string {
  const where = above.length === 0 ? '' : ` in ${showPath(above)}`
  const near = nearest(String(key), [...names])
  if (near !== undefined) return `no key \`${key}\`${where}; did you mean \`${near}\`?`
  if (names.size > 0) return `no key \`${key}\`${where}. Known: ${[...names].join(', ')}.`
  if (nodes.some((node) => mayBe(node, KIND_ARRAY, new Set()))) {
    if (key === '*' && !hasStar) return `'*'${where} is for streamElements() only.`
    return `no index \`${key}\`${where}: it is a list, and indexes are whole numbers from 0 within its bounds.`
  }
  const expected = [...new Set(nodes.map((node) => node.expected))].join(' | ')
  return `no key \`${key}\`${where}: the value there is ${expected}.`
}

/** The error for a path that can't exist. */
function impossible(path: Path, why: string): StructStreamError {
  return new StructStreamError('bad_options', `The path ${showPath(path)} is impossible: ${why}`, { path: [...path] })
}
