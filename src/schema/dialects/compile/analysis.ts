import { typeOfJson, unsupported } from '../../json-schema/keywords.ts'
import type { JsonType } from '../../json-schema/keywords.ts'
import type { Places } from '../../json-schema/shape/locations.ts'
import type { Profile } from '../profiles/profile.ts'
import { discriminatorOf } from '../../json-schema/shape/discriminator.ts'
import { unionTags } from './union-tags.ts'
import type { Discrimination } from './union-tags.ts'
import type { NeverShape, ObjectShape, SchemaLocation, Shape, UnionShape } from '../../json-schema/shape/shape.ts'

/** Places inside one another; deeper schemas are refused rather than allowed to exhaust the stack. */
const MAX_DEPTH = 400

/** How often a cycle is repeated for providers without recursion. */
export const UNROLLED_LEVELS = 5

/** What the whole schema says of one place. */
export interface PlaceFacts {
  place: SchemaLocation
  /** How many places lead here. */
  uses: number
  /** Places that lead to one another have the same number. */
  group: number
  /** It leads to itself. */
  cyclic: boolean
  /** Every cycle through its group passes one of these. */
  loopHead: boolean
  /** The group must be unrolled, for this provider. */
  unrolled: boolean
  /** Some value of it exists. */
  inhabited: boolean
  /** Something at or below it differs between the provider's shape and the user's. */
  changed: boolean
  /** Optional keys that are sent as nullable ones. */
  nullable: ReadonlySet<string>
  /** The key that tells the branches of a union apart: it comes first. */
  first: string | null
  /** How the branches of a union are distinguished; `null` when they need not be. */
  apart: Discrimination | null
  /** What its values are in the provider's shape. */
  kinds: ReadonlySet<JsonType>
}

interface Edge {
  to: SchemaLocation
  /** The value at both ends is the same one. */
  direct: boolean
  /** Through a key that may be left out. */
  optional: boolean
}

/** Everything that compiling one place needs to know of the others; O(size of the schema). */
export class Analysis {
  readonly #facts = new Map<SchemaLocation, PlaceFacts>()
  readonly #edges = new Map<SchemaLocation, Edge[]>()
  readonly #profile: Profile
  readonly #anything: SchemaLocation

  constructor(places: Places, profile: Profile) {
    this.#profile = profile
    this.#anything = anyTree(places)
    this.#explore(places.root)
    for (const facts of this.#facts.values()) this.#findKinds(facts.place)
    this.#group()
    this.#decideNullable()
    this.#inhabit()
    this.#change()
    const labelled = new Set<SchemaLocation>()
    for (const facts of this.#facts.values()) this.#tellApart(facts.place, labelled)
    this.#discriminate()
  }

  of(place: SchemaLocation): PlaceFacts {
    return this.#facts.get(place) as PlaceFacts
  }

  /** The shape as this provider sees it. */
  shape(place: SchemaLocation): Shape {
    const { shape } = place
    return shape.kind === 'any' && this.#profile.any === 'tree' ? { kind: 'alias', to: this.#anything } : shape
  }

  /** Why nothing fits here, and where in the schema that is. */
  whyNever(place: SchemaLocation, seen = new Set<SchemaLocation>()): NeverShape {
    const shape = this.shape(place)
    if (shape.kind === 'never') return shape
    seen.add(place)
    const next = this.#edgesOf(place).find(
      (edge) => !this.of(edge.to).inhabited && !edge.optional && !seen.has(edge.to),
    )
    if (next !== undefined) return this.whyNever(next.to, seen)
    return { kind: 'never', path: place.path, reason: 'every value of it holds another one of the same, without end' }
  }

  isRecord(shape: ObjectShape): boolean {
    return shape.properties.size === 0 && shape.extra !== null
  }

  #edgesOf(place: SchemaLocation): Edge[] {
    return this.#edges.get(place) as Edge[]
  }

  /** Finds all places, depth first, and those that a cycle leads back to. */
  #explore(root: SchemaLocation): void {
    const trail = new Set<SchemaLocation>()
    let directTrail: SchemaLocation[] = []
    const visit = (place: SchemaLocation): PlaceFacts => {
      if (trail.size > MAX_DEPTH) throw unsupported(place.path, `it is nested deeper than ${MAX_DEPTH} levels`)
      if (directTrail.includes(place)) throw unsupported(place.path, 'it refers to itself with nothing in between')
      const known = this.#facts.get(place)
      if (known !== undefined) {
        known.uses++
        if (trail.has(place)) known.loopHead = true
        return known
      }
      const facts: PlaceFacts = {
        place,
        uses: 1,
        group: 0,
        cyclic: false,
        loopHead: false,
        unrolled: false,
        inhabited: false,
        changed: false,
        nullable: new Set(),
        first: null,
        apart: null,
        kinds: new Set(),
      }
      this.#facts.set(place, facts)
      const edges = edgesOf(this.shape(place))
      this.#edges.set(place, edges)
      trail.add(place)
      const outer = directTrail
      const direct = [...outer, place]
      for (const edge of edges) {
        directTrail = edge.direct ? direct : []
        visit(edge.to)
      }
      directTrail = outer
      trail.delete(place)
      return facts
    }
    visit(root)
  }

  #findKinds(place: SchemaLocation): ReadonlySet<JsonType> {
    const facts = this.of(place)
    if (facts.kinds.size === 0) facts.kinds = this.#kinds(place)
    return facts.kinds
  }

  #kinds(place: SchemaLocation): Set<JsonType> {
    const shape = this.shape(place)
    switch (shape.kind) {
      case 'any':
        return new Set(['null', 'boolean', 'number', 'string', 'array', 'object'])
      case 'never':
        return new Set()
      case 'enum':
        return new Set(shape.values.map(typeOfJson))
      case 'string':
      case 'number':
      case 'boolean':
      case 'null':
        return new Set([shape.kind])
      case 'array':
        return new Set([shape.prefix.length > 0 && this.sendsPositions(shape) ? 'object' : 'array'])
      case 'object':
        return new Set([this.#profile.record === 'entries' && this.isRecord(shape) ? 'array' : 'object'])
      case 'alias':
        return new Set(this.#findKinds(shape.to))
      case 'union':
        return new Set(shape.branches.flatMap((branch) => [...this.#findKinds(branch)]))
      default: {
        const impossible: never = shape
        return impossible
      }
    }
  }

  /** Unions inside out: a branch that gets a label is an object from then on. */
  #tellApart(place: SchemaLocation, done: Set<SchemaLocation>): void {
    if (done.has(place)) return
    done.add(place)
    const shape = this.shape(place)
    if (shape.kind !== 'alias' && shape.kind !== 'union') return
    for (const { to } of this.#edgesOf(place)) this.#tellApart(to, done)
    const facts = this.of(place)
    if (shape.kind === 'alias') {
      facts.kinds = this.of(shape.to).kinds
      return
    }
    const leaves = this.leaves(shape)
    if (facts.changed) facts.apart = unionTags(this, this.#profile, leaves)
    facts.kinds = new Set(
      leaves.flatMap((leaf) =>
        facts.apart?.labels.has(leaf) === true ? (['object'] as const) : [...this.of(leaf).kinds],
      ),
    )
  }

  /** Whether a tuple is sent as an object. */
  sendsPositions(shape: Extract<Shape, { kind: 'array' }>): boolean {
    switch (this.#profile.tuple) {
      case 'positions':
        return true
      case 'prefixItems':
        return false
      case 'bare':
        return shape.rest !== null || shape.minItems !== shape.prefix.length
      default: {
        const impossible: never = this.#profile.tuple
        return impossible
      }
    }
  }

  /** Which optional keys are sent as nullable: all, or those beyond what the provider takes, in document order. */
  #decideNullable(): void {
    const { optional } = this.#profile
    if (optional === 'kept') return
    let left = optional === 'nullable' ? 0 : optional
    for (const facts of this.#facts.values()) {
      const shape = this.shape(facts.place)
      if (shape.kind !== 'object') continue
      const nullable = new Set<string>()
      const copies = facts.unrolled ? UNROLLED_LEVELS : 1
      for (const [key, property] of shape.properties) {
        if (property.required) continue
        if (copies <= left) left -= copies
        else nullable.add(key)
      }
      facts.nullable = nullable
    }
  }

  /** Tarjan's strongly connected components; and again without optional keys, for providers that ask. */
  #group(): void {
    const groups = components([...this.#facts.keys()], (place) => this.#edgesOf(place).map((edge) => edge.to))
    for (const [number, group] of groups.entries()) {
      for (const place of group) {
        const facts = this.of(place)
        facts.group = number
        facts.cyclic = group.length > 1 || this.#edgesOf(place).some((edge) => edge.to === place)
      }
    }
    const unrolled = new Set<number>()
    for (const facts of this.#facts.values()) {
      if (facts.cyclic && this.#profile.recursion === 'unroll') unrolled.add(facts.group)
    }
    if (this.#profile.recursion === 'optional') {
      const rigid = (place: SchemaLocation): SchemaLocation[] =>
        this.#edgesOf(place)
          .filter((edge) => !edge.optional)
          .map((edge) => edge.to)
      for (const group of components([...this.#facts.keys()], rigid)) {
        const [place] = group
        if (place !== undefined && (group.length > 1 || rigid(place).includes(place)))
          unrolled.add(this.of(place).group)
      }
    }
    for (const facts of this.#facts.values()) facts.unrolled = facts.cyclic && unrolled.has(facts.group)
  }

  /** The least fixed point: what has a value once its parts have. Children come first, so that few rounds do. */
  #inhabit(): void {
    const order = [...this.#facts.values()].reverse()
    for (let changed = true; changed;) {
      changed = false
      for (const facts of order) {
        if (facts.inhabited || !this.#hasValue(this.shape(facts.place))) continue
        facts.inhabited = true
        changed = true
      }
    }
  }

  #hasValue(shape: Shape): boolean {
    const has = (place: SchemaLocation): boolean => this.of(place).inhabited
    switch (shape.kind) {
      case 'never':
        return false
      case 'alias':
        return has(shape.to)
      case 'union':
        return shape.branches.some(has)
      case 'object': {
        const needed = [...shape.properties.values()].filter((property) => property.required)
        return needed.every((property) => has(property.place))
      }
      case 'array': {
        if (!shape.prefix.slice(0, shape.minItems).every(has)) return false
        return shape.minItems <= shape.prefix.length || (shape.rest !== null && has(shape.rest))
      }
      default:
        return true
    }
  }

  #discriminate(): void {
    for (const facts of this.#facts.values()) {
      const shape = this.shape(facts.place)
      if (shape.kind !== 'union') continue
      const objects = this.leaves(shape).filter((leaf) => this.target(leaf).shape.kind === 'object')
      const discriminator = discriminatorOf(objects)
      if (discriminator === null) continue
      for (const leaf of objects) this.of(this.target(leaf)).first ??= discriminator.key
    }
  }

  /** A union's branches, with the branches of unnamed unions inside it in their place. */
  leaves(union: UnionShape): SchemaLocation[] {
    return union.branches.flatMap((branch) => {
      const shape = this.shape(branch)
      // Where a cycle begins it is written as a definition, or its levels are counted: no head may be passed by. What
      // several places share would be written several times.
      const { loopHead, uses } = this.of(branch)
      const isNamed = branch.description !== undefined || branch.name !== null
      const plain = !loopHead && uses < 2 && !isNamed && branch.leftovers.length === 0
      return plain && shape.kind === 'union' && shape.exclusive === union.exclusive ? this.leaves(shape) : [branch]
    })
  }

  /** The place that all aliases lead to. */
  target(place: SchemaLocation): SchemaLocation {
    let target = place
    for (let shape = this.shape(target); shape.kind === 'alias'; shape = this.shape(target)) target = shape.to
    return target
  }

  #change(): void {
    const parents = new Map<SchemaLocation, SchemaLocation[]>()
    const open: SchemaLocation[] = []
    for (const place of this.#facts.keys()) {
      if (this.#changesHere(place)) open.push(place)
      for (const { to } of this.#edgesOf(place)) {
        const known = parents.get(to)
        if (known === undefined) parents.set(to, [place])
        else known.push(place)
      }
    }
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const facts = this.of(place)
      if (facts.changed) continue
      facts.changed = true
      open.push(...(parents.get(place) ?? []))
    }
  }

  #changesHere(place: SchemaLocation): boolean {
    const shape = this.shape(place)
    if (shape.kind === 'array') return shape.prefix.length > 0 && this.sendsPositions(shape)
    if (shape.kind !== 'object') return false
    if (this.#profile.record === 'entries' && shape.extra !== null) return true
    return this.of(place).nullable.size > 0
  }
}

/** Any JSON value, spelled out. */
function anyTree(places: Places): SchemaLocation {
  const scalar = (kind: 'string' | 'number' | 'boolean' | 'null'): SchemaLocation =>
    places.made(`any ${kind}`, [], () => {
      if (kind === 'string') return { kind, patterns: [] }
      if (kind === 'number') return { kind, integer: false, multipleOf: [] }
      return { kind }
    })
  const tree: SchemaLocation = places.made(
    'any',
    [],
    () => {
      const array = places.made('any array', [], () => {
        return { kind: 'array', prefix: [], rest: tree, minItems: 0, maxItems: Infinity, unique: false }
      })
      const object = places.made('any object', [], () => {
        const bounds = { minProperties: 0, maxProperties: Infinity }
        return {
          kind: 'object',
          properties: new Map(),
          extra: tree,
          extraOf: null,
          extraKeys: null,
          closed: false,
          ...bounds,
        }
      })
      const branches = [scalar('string'), scalar('number'), scalar('boolean'), scalar('null'), array, object]
      return { kind: 'union', branches, exclusive: false }
    },
    'json',
  )
  return tree
}

function edgesOf(shape: Shape): Edge[] {
  switch (shape.kind) {
    case 'alias':
      return [{ to: shape.to, direct: true, optional: false }]
    case 'union':
      return shape.branches.map((to) => ({ to, direct: true, optional: false }))
    case 'array': {
      const parts = shape.rest === null ? shape.prefix : [...shape.prefix, shape.rest]
      return parts.map((to) => ({ to, direct: false, optional: false }))
    }
    case 'object': {
      const edges = [...shape.properties.values()].map((property) => {
        return { to: property.place, direct: false, optional: !property.required }
      })
      if (shape.extra !== null) edges.push({ to: shape.extra, direct: false, optional: false })
      if (shape.extraKeys !== null) edges.push({ to: shape.extraKeys, direct: false, optional: false })
      return edges
    }
    default:
      return []
  }
}

function components(
  places: readonly SchemaLocation[],
  next: (place: SchemaLocation) => SchemaLocation[],
): SchemaLocation[][] {
  const index = new Map<SchemaLocation, number>()
  const low = new Map<SchemaLocation, number>()
  const stack: SchemaLocation[] = []
  const onStack = new Set<SchemaLocation>()
  const found: SchemaLocation[][] = []
  const visit = (place: SchemaLocation): void => {
    index.set(place, index.size)
    low.set(place, index.size - 1)
    stack.push(place)
    onStack.add(place)
    for (const child of next(place)) {
      if (!index.has(child)) visit(child)
      if (onStack.has(child)) low.set(place, Math.min(low.get(place) as number, low.get(child) as number))
    }
    if (low.get(place) !== index.get(place)) return
    const group: SchemaLocation[] = []
    for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
      onStack.delete(member)
      group.push(member)
      if (member === place) break
    }
    found.push(group)
  }
  for (const place of places) if (!index.has(place)) visit(place)
  return found
}
