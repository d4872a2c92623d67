import { LaterCheck } from '../../later-check.ts'
import { isRule } from '../../rules.ts'
import type { Path } from '../../../types.ts'
import { SchemaDocument } from '../document.ts'
import type { Subschema } from '../document.ts'
import { TYPE_OF_KEYWORD, isSchemaObject, own, unsupported } from '../keywords.ts'
import type { JsonSchema } from '../keywords.ts'
import type { PlaceHint } from '../judges.ts'
import { isTextCheck } from '../text-checks.ts'
import { refusal, refusesAll } from './never.ts'
import type { Leftover, NeverShape, SchemaLocation, Shape } from './shape.ts'
import { shapeOf } from './shape-of.ts'

/** Places one schema may have; `anyOf` inside `allOf` inside `anyOf` multiplies them. */
const MAX_PLACES = 100_000

/** References and `allOf` that may follow one another before a keyword comes. */
const MAX_TRAIL = 500

/**
 * A part of a schema node: all of it, or what is left when its references and `allOf` are followed:
 * its own keywords, or the choice it offers.
 */
export interface ApplicableSubschema {
  readonly node: Subschema
  readonly role: 'whole' | 'own' | 'anyOf' | 'oneOf'
}

/**
 * Gives every place of a schema its shape. A place is the set of schema parts that all apply there:
 * a `$ref` adds its target to the set, `allOf` its members, and the set is the identity, so that
 * a cyclic schema has finitely many places and each is worked out once.
 */
export class Places {
  readonly document: SchemaDocument
  readonly root: SchemaLocation
  /** How many places were worked out: the measure of the compiler's work. */
  visits = 0
  readonly #places = new Map<string, SchemaLocation>()
  readonly #names = new Map<Subschema, string>()
  #count = 0

  /**
   * Nothing is taken for granted: without a `type` every type is possible, a list of `prefixItems` may continue,
   * and what shapes cannot say exactly is a leftover. Otherwise, what is not mentioned is not part of the shape.
   */
  readonly isExact: boolean
  /** Exact in the patterns of keys, in counts of keys and in `uniqueItems` too; these are leftovers else. */
  readonly isOwn: boolean

  constructor(schema: JsonSchema, options: { exact?: 'own' | 'structure' } = {}) {
    this.isExact = options.exact !== undefined
    this.isOwn = options.exact === 'own'
    this.document = new SchemaDocument(schema)
    this.root = this.ofNodes([this.document.root])
  }

  /** The place of which all these nodes speak. */
  ofNodes(nodes: readonly Subschema[]): SchemaLocation {
    return this.of(nodes.map((node) => ({ node, role: 'whole' })))
  }

  /** The place of which all these parts speak; `describedBy` are those whose words describe it, by default all. */
  of(parts: readonly ApplicableSubschema[], describedBy: readonly ApplicableSubschema[] = parts): SchemaLocation {
    const flat = this.flatten(parts)
    const texts = describedBy === parts ? flat : this.flatten(describedBy)
    const core = flat.filter((part) => part.role !== 'own' || constrains(part.node))
    const words = texts.filter((part) => part.role === 'own' && describes(part.node)).map((part) => part.node)
    const key = core.map((part) => `${part.node.id}${part.role}`).join(' ')
    // Words that do not come from what makes the place must not make a second copy of it.
    const foreign = words[0] !== undefined && !core.some((part) => part.node === words[0])
    const place = this.#place(
      key,
      (id) => new LazyLocation(id, this, core, foreign ? [] : words, foreign ? hintsOf(core) : []),
    )
    if (!foreign) return place
    return this.#place(`${key} as ${(words[0] as Subschema).id}`, (id) => new LazyAlias(id, place, words))
  }

  /** A place that no schema node speaks of on its own. */
  made(key: string, path: Path, shape: () => Shape, name: string | null = null): SchemaLocation {
    return this.#place(key, (id) => new SyntheticLocation(id, path, name, shape))
  }

  /** Follows `$ref` and joins `allOf`, until only keywords and choices are left, each once, in document order. */
  flatten(parts: readonly ApplicableSubschema[]): ApplicableSubschema[] {
    const flat = new Map<string, ApplicableSubschema>()
    const trail: Subschema[] = []
    const seen = new Set<Subschema>()
    const add = (part: ApplicableSubschema): void => {
      const key = `${part.node.id}${part.role}`
      if (!flat.has(key)) flat.set(key, part)
    }
    const visit = (node: Subschema): void => {
      if (trail.includes(node)) throw unsupported(node.path, 'it refers to itself with nothing in between')
      if (trail.length >= MAX_TRAIL)
        throw unsupported(node.path, `more than ${MAX_TRAIL} references lead to it in a row`)
      if (node.schema === true || seen.has(node)) return
      seen.add(node)
      this.visits++
      const refersOnly = this.#refersOnly(node)
      if (!refersOnly) add({ node, role: 'own' })
      if (node.schema === false) return
      trail.push(node)
      for (const target of this.#targets(node, refersOnly)) visit(target)
      trail.pop()
      if (refersOnly) return
      if (own(node.schema, 'anyOf') !== undefined) add({ node, role: 'anyOf' })
      if (own(node.schema, 'oneOf') !== undefined) add({ node, role: 'oneOf' })
    }
    for (const part of parts) {
      if (part.role === 'whole') visit(part.node)
      else add(part)
    }
    return [...flat.values()]
  }

  /** Why one of these nodes says that nothing fits; `null` when none says so on its own. */
  refusal(nodes: readonly Subschema[]): NeverShape | null {
    const parts = this.flatten(nodes.map((node) => ({ node, role: 'whole' })))
    const refused = parts.find((part) => part.role === 'own' && refusesAll(part.node))
    return refused === undefined ? null : refusal(refused.node)
  }

  /** The schemas in the list at `keyword`; none when it is absent. */
  list(node: Subschema, keyword: string): Subschema[] {
    const list = isSchemaObject(node.schema) ? own(node.schema, keyword) : undefined
    if (list === undefined) return []
    if (!Array.isArray(list)) throw unsupported([...node.path, keyword], 'expected an array of schemas')
    return list.map((schema, index) => this.document.child(node, schema, keyword, index))
  }

  /** The schema at `keyword`; `null` when it is absent. */
  child(node: Subschema, keyword: string): Subschema | null {
    const schema = isSchemaObject(node.schema) ? own(node.schema, keyword) : undefined
    return schema === undefined ? null : this.document.child(node, schema, keyword)
  }

  /** The schemas in the map at `keyword`, by name; none when it is absent. */
  map(node: Subschema, keyword: string): [name: string, node: Subschema][] {
    const map = isSchemaObject(node.schema) ? own(node.schema, keyword) : undefined
    if (map === undefined) return []
    if (!isSchemaObject(map)) throw unsupported([...node.path, keyword], 'expected an object of schemas')
    return Object.keys(map).map((name) => [name, this.document.child(node, own(map, name), keyword, name)])
  }

  #targets(node: Subschema, refersOnly: boolean): Subschema[] {
    const targets: Subschema[] = []
    for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef']) {
      const ref = own(node.schema as { [key: string]: unknown }, keyword)
      if (ref === undefined) continue
      const target = this.document.target(ref, node, keyword)
      if (!this.#names.has(target)) this.#names.set(target, nameFor(target))
      targets.push(target)
    }
    return refersOnly ? targets : [...targets, ...this.list(node, 'allOf')]
  }

  /** Before 2019-09 whatever is next to a `$ref` is ignored. */
  #refersOnly(node: Subschema): boolean {
    return this.document.draft < 2019 && isSchemaObject(node.schema) && own(node.schema, '$ref') !== undefined
  }

  /** What a `$ref` calls the place of these parts. */
  nameOf(parts: readonly ApplicableSubschema[]): string | null {
    const first = parts[0]
    if (first === undefined || parts.some((part) => part.node !== first.node)) return null
    return this.#names.get(first.node) ?? null
  }

  #place(key: string, make: (id: number) => SchemaLocation): SchemaLocation {
    const known = this.#places.get(key)
    if (known !== undefined) return known
    if (this.#count >= MAX_PLACES) {
      throw unsupported([], `it has more than ${MAX_PLACES} places once its unions are multiplied out; make it smaller`)
    }
    const place = make(this.#count++)
    this.#places.set(key, place)
    return place
  }
}

class LazyLocation implements SchemaLocation {
  readonly id: number
  readonly path: Path
  readonly title: string | undefined
  readonly description: string | undefined
  readonly hints: readonly PlaceHint[]
  readonly #places: Places
  readonly #parts: readonly ApplicableSubschema[]
  #worked: { shape: Shape; leftovers: Leftover[] } | null = null
  #isWorking = false

  constructor(
    id: number,
    places: Places,
    parts: readonly ApplicableSubschema[],
    words: readonly Subschema[],
    own: readonly PlaceHint[],
  ) {
    this.id = id
    this.#places = places
    this.#parts = parts
    this.path = parts[0]?.node.path ?? []
    this.title = text(words, 'title')
    this.description = text(words, 'description')
    this.hints = own.length === 0 ? hints(words) : [...new Set([...hints(words), ...own])]
  }

  /** A `$ref` that names it may be found later than the place. */
  get name(): string | null {
    return this.#places.nameOf(this.#parts)
  }

  get leftovers(): readonly Leftover[] {
    return this.#work().leftovers
  }

  get shape(): Shape {
    return this.#work().shape
  }

  #work(): { shape: Shape; leftovers: Leftover[] } {
    if (this.#worked === null) {
      if (this.#isWorking) throw unsupported(this.path, 'it refers to itself with nothing in between')
      this.#isWorking = true
      this.#places.visits++
      const leftovers: Leftover[] = []
      this.#worked = { shape: shapeOf(this.#places, this.#parts, leftovers), leftovers }
    }
    return this.#worked
  }
}

class LazyAlias implements SchemaLocation {
  readonly id: number
  readonly path: Path
  readonly name = null
  readonly title: string | undefined
  readonly description: string | undefined
  readonly hints: readonly PlaceHint[]
  readonly leftovers: readonly Leftover[] = []
  readonly shape: Shape

  constructor(id: number, to: SchemaLocation, words: readonly Subschema[]) {
    this.id = id
    this.path = words[0]?.path ?? to.path
    this.title = text(words, 'title')
    this.description = text(words, 'description')
    this.hints = [...new Set([...hints(words), ...to.hints])]
    this.shape = { kind: 'alias', to }
  }
}

class SyntheticLocation implements SchemaLocation {
  readonly id: number
  readonly path: Path
  readonly name: string | null
  readonly title = undefined
  readonly description = undefined
  readonly hints: readonly PlaceHint[] = []
  readonly leftovers: readonly Leftover[] = []
  readonly #make: () => Shape
  #shape: Shape | null = null

  constructor(id: number, path: Path, name: string | null, make: () => Shape) {
    this.id = id
    this.path = path
    this.name = name
    this.#make = make
  }

  get shape(): Shape {
    this.#shape ??= this.#make()
    return this.#shape
  }
}

const UNTYPED_CONSTRAINTS: ReadonlySet<string> = new Set(['const', 'enum', 'if', 'not', 'type'])

/** Whether a schema's own keywords rule anything out (`default`, `title` and unknown ones do not). */
function constrains(node: Subschema): boolean {
  if (typeof node.schema === 'boolean') return !node.schema
  return Object.keys(node.schema).some((key) => UNTYPED_CONSTRAINTS.has(key) || Object.hasOwn(TYPE_OF_KEYWORD, key))
}

function describes(node: Subschema): boolean {
  return text([node], 'title') !== undefined || text([node], 'description') !== undefined || hints([node]).length > 0
}

/**
 * The streaming hints of the nodes that make a place, from every node that describes it. Where several say what its value
 * is, the checks of one side see another value than what is read here.
 */
function hintsOf(parts: readonly ApplicableSubschema[]): PlaceHint[] {
  const nodes = parts.filter((part) => part.role === 'own').map((part) => part.node)
  const found = hints(nodes)
  return nodes.filter(constrains).length > 1 ? found.filter((hint) => !(hint instanceof LaterCheck)) : found
}

/** The streaming hints that the nodes carry. */
function hints(nodes: readonly Subschema[]): PlaceHint[] {
  return nodes.flatMap(({ schema }) => {
    const hint = isSchemaObject(schema) ? own(schema, 'x-structstream') : undefined
    return [hint].flat().filter((name) => typeof name === 'string' || isRule(name) || isTextCheck(name))
  })
}

function text(nodes: readonly Subschema[], keyword: 'title' | 'description'): string | undefined {
  for (const { schema } of nodes) {
    const value = isSchemaObject(schema) ? own(schema, keyword) : undefined
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}

/** The last key on the way to a definition, made fit for a pointer. */
function nameFor(node: Subschema): string {
  const key = node.path.findLast((part) => typeof part === 'string')
  const name = String(key ?? 'root').replaceAll(/[^A-Za-z0-9_-]+/g, '_')
  // `__proto__` could not be a key of the definitions.
  if (name === '__proto__') return 'proto'
  return /[A-Za-z0-9]/.test(name) ? name : 'node'
}
