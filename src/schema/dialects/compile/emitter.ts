import { pointerOf } from '../../../pointer.ts'
import { unsupported } from '../../json-schema/keywords.ts'
import type { Warning } from '../../types.ts'
import type { JsonSchemaObject, Path } from '../../../types.ts'
import { UNROLLED_LEVELS } from './analysis.ts'
import type { Analysis, PlaceFacts } from './analysis.ts'
import { emitArray, emitTuple } from './emit-array.ts'
import { emitObject, emitRecord } from './emit-object.ts'
import { emitBoolean, emitEnum, emitNumber, emitString } from './emit-scalar.ts'
import { emitUnion } from './emit-union.ts'
import type { DecodePlan } from '../decode/plan.ts'
import type { Profile } from '../profiles/profile.ts'
import type { SchemaLocation } from '../../json-schema/shape/shape.ts'

/** A schema under construction. */
export type EmittedSchema = Record<string, unknown>

/** What one place is in the provider's shape. */
export interface Emitted {
  schema: EmittedSchema
  /** `null` when the provider's shape is the user's. */
  plan: DecodePlan | null
}

/** A place, and how often its cycle has been gone through (for providers without recursion). */
export interface At {
  place: SchemaLocation
  level: number
}

/** Schemas emitted for one schema; unions multiply. */
const MAX_EMITTED = 100_000

/** Writes places in a provider's subset of JSON Schema, each once, and their plans. */
export class Emitter {
  readonly analysis: Analysis
  readonly profile: Profile
  readonly warnings: Warning[] = []
  /** Runs when every plan is filled in. */
  readonly afterwards: (() => void)[] = []
  enumValues = 0
  readonly #defs = new Map<string, { name: string; schema: EmittedSchema | null | undefined }>()
  readonly #names = new Set<string>()
  readonly #plans = new Map<string, DecodePlan>()
  readonly #warned = new Set<string>()
  #emitted = 0
  #rootIsTarget: string | null = null

  constructor(analysis: Analysis, profile: Profile) {
    this.analysis = analysis
    this.profile = profile
  }

  /** The whole schema's root, never a `$ref`; `null` when nothing fits. `refersToRoot`: cycles may lead to `#`. */
  emitRoot(root: SchemaLocation, refersToRoot: boolean): Emitted | null {
    const target = this.analysis.target(root)
    const at = { place: target, level: 0 }
    const facts = this.analysis.of(target)
    if (refersToRoot && facts.loopHead && !facts.unrolled) this.#rootIsTarget = keyOf(at)
    const isDefinition = !refersToRoot && this.#isDefinition(facts) && facts.loopHead && !facts.unrolled
    const emitted = isDefinition ? this.#define(at) : this.#emitHere(at)
    if (emitted === null || target === root) return emitted
    return { ...emitted, schema: described(emitted.schema, root, this.#leftovers(root)) }
  }

  /** What `to` is, seen from `from`; `null` when nothing fits there. */
  emit(to: SchemaLocation, from: At): Emitted | null {
    const at = this.enter(to, from)
    if (at === null) return null
    const shape = this.analysis.shape(to)
    if (shape.kind === 'alias') {
      const target = this.emit(shape.to, at)
      if (target === null) return null
      // What any value may be is spelled out elsewhere; the rest of its description goes here.
      return { plan: target.plan, schema: described(target.schema, to, this.#leftovers(to)) }
    }
    if (this.#rootIsTarget === keyOf(at)) return { schema: { $ref: '#' }, plan: this.plan(at) }
    return this.#isDefinition(this.analysis.of(to)) ? this.#define(at) : this.#emitHere(at)
  }

  /** The level at `to`; `null` when its cycle has been unrolled often enough. */
  enter(to: SchemaLocation, from: At): At | null {
    const facts = this.analysis.of(to)
    if (!facts.unrolled) return { place: to, level: 0 }
    const outside = this.analysis.of(from.place).group !== facts.group
    const level = outside ? 0 : from.level + (facts.loopHead ? 1 : 0)
    if (level < UNROLLED_LEVELS) return { place: to, level }
    this.warn(
      facts.place.path,
      `${this.profile.provider} takes no recursive schemas, so at most ${UNROLLED_LEVELS} levels of it are asked for`,
    )
    return null
  }

  /** The plan of a place, made on first use and filled in when the place is emitted. */
  plan(at: At): DecodePlan | null {
    const facts = this.analysis.of(at.place)
    if (!facts.changed) return null
    const shape = this.analysis.shape(at.place)
    if (shape.kind === 'alias') {
      const to = this.enter(shape.to, at)
      return to === null ? null : this.plan(to)
    }
    const key = keyOf(at)
    const known = this.#plans.get(key)
    if (known !== undefined) return known
    const plan = this.#emptyPlan(at.place)
    if (plan !== null) this.#plans.set(key, plan)
    return plan
  }

  /** The schema's definitions, or nothing when there are none. */
  definitions(): JsonSchemaObject {
    const defs: EmittedSchema = {}
    for (const { name, schema } of this.#defs.values()) if (schema) defs[name] = schema
    return Object.keys(defs).length === 0 ? {} : { $defs: defs }
  }

  warn(path: Path, message: string): void {
    const key = `${pointerOf(path) || '/'} ${message}`
    if (this.#warned.has(key)) return
    this.#warned.add(key)
    this.warnings.push({ path: [...path], message: `${pointerOf(path) || '/'}: ${message}` })
  }

  /** A check the provider does not take: it goes into the description where a phrase says it. */
  leave(path: Path, keyword: string, phrase: string | null, phrases: string[]): void {
    if (phrase !== null) phrases.push(phrase)
    const how = phrase === null ? 'is only checked' : 'is given in the description and checked'
    this.warn([...path, keyword], `${this.profile.provider} takes no such "${keyword}"; it ${how} at the end`)
  }

  #define(at: At): Emitted | null {
    const key = keyOf(at)
    const known = this.#defs.get(key)
    if (known !== undefined) {
      return known.schema === null ? null : { schema: { $ref: `#/$defs/${known.name}` }, plan: this.plan(at) }
    }
    const def: { name: string; schema: EmittedSchema | null | undefined } = { name: this.#name(at), schema: undefined }
    this.#defs.set(key, def)
    def.schema = this.#emitHere(at)?.schema ?? null
    if (def.schema === null) return null
    return { schema: { $ref: `#/$defs/${def.name}` }, plan: this.plan(at) }
  }

  #emitHere(at: At): Emitted | null {
    if (++this.#emitted > MAX_EMITTED) {
      throw unsupported([], `it has more than ${MAX_EMITTED} places for ${this.profile.provider}; make it smaller`)
    }
    const { place } = at
    if (!this.analysis.of(place).inhabited) return null
    const phrases = this.#leftovers(place)
    const schema = this.#write(at, phrases)
    if (schema === null) return null
    return { schema: described(schema, place, phrases), plan: this.plan(at) }
  }

  /** Warns of the checks that no shape models; gives those that a description can say. */
  #leftovers({ leftovers }: SchemaLocation): string[] {
    for (const { path, keyword, phrase, note } of leftovers) {
      const how = phrase === null ? 'is only checked at the end' : 'is given in the description and checked at the end'
      this.warn(path, note ?? `"${keyword}" ${how}`)
    }
    return leftovers.flatMap(({ phrase }) => phrase ?? [])
  }

  #write(at: At, phrases: string[]): EmittedSchema | null {
    const shape = this.analysis.shape(at.place)
    switch (shape.kind) {
      case 'any':
        return {}
      case 'never':
        return null
      case 'alias': {
        const target = this.emit(shape.to, at)
        return target === null ? null : target.schema
      }
      case 'null':
        return { type: 'null' }
      case 'boolean':
        return emitBoolean()
      case 'string':
        return emitString(this, at.place, shape, phrases)
      case 'number':
        return emitNumber(this, at.place, shape, phrases)
      case 'enum':
        return emitEnum(this, at.place, shape, phrases)
      case 'array':
        return shape.prefix.length > 0 ? emitTuple(this, at, shape, phrases) : emitArray(this, at, shape, phrases)
      case 'object':
        return this.analysis.isRecord(shape)
          ? emitRecord(this, at, shape, phrases)
          : emitObject(this, at, shape, phrases)
      case 'union':
        return emitUnion(this, at, shape)
      default: {
        const impossible: never = shape
        return impossible
      }
    }
  }

  #emptyPlan(place: SchemaLocation): DecodePlan | null {
    const shape = this.analysis.shape(place)
    switch (shape.kind) {
      case 'array':
        if (shape.prefix.length > 0 && this.analysis.sendsPositions(shape)) return { op: 'positions', items: [] }
        return { op: 'array', prefix: [], rest: null }
      case 'object':
        if (this.profile.record === 'entries' && this.analysis.isRecord(shape)) return { op: 'entries', value: null }
        return { op: 'object', fields: new Map(), extra: null, others: null }
      case 'union':
        return {
          op: 'union',
          array: null,
          object: { labels: new Map(), discriminator: null, otherwise: null },
          branches: [],
        }
      default:
        return null
    }
  }

  /** Places that several others share, and those that cycles lead back to, are written once. */
  #isDefinition(facts: PlaceFacts): boolean {
    if (facts.uses < 2) return false
    const { kind } = this.analysis.shape(facts.place)
    if (facts.loopHead) return true
    return kind === 'object' || kind === 'array' || kind === 'union' || kind === 'enum'
  }

  #name(at: At): string {
    const base = at.place.name ?? 'shared'
    const wanted = at.level === 0 ? base : `${base}_${at.level}`
    let name = wanted
    for (let count = 2; this.#names.has(name); count++) name = `${wanted}_${count}`
    this.#names.add(name)
    return name
  }
}

function keyOf(at: At): string {
  return `${at.place.id}@${at.level}`
}

/** Puts a place's words and those of its checks on its schema, which may have a description already. */
function described(schema: EmittedSchema, place: SchemaLocation, phrases: readonly string[]): EmittedSchema {
  const { title, description } = place
  const note = phrases.join('; ')
  const own =
    description !== undefined && note !== ''
      ? `${description} (${note})`
      : (description ?? (note === '' ? undefined : note.charAt(0).toUpperCase() + note.slice(1)))
  if (title === undefined && own === undefined) return schema
  // Nothing may stand next to a `$ref`, so that one is put in an `anyOf` of one.
  const inner = Object.hasOwn(schema, '$ref') ? { anyOf: [schema] } : { ...schema }
  const words: EmittedSchema = {}
  const text = joinWords(own, schema['description'])
  if (title !== undefined) words['title'] = title
  if (text !== undefined) words['description'] = text
  return { ...inner, ...words }
}

/** An outer description replaces an inner one, but never what the inner one says of checks. */
function joinWords(outer: string | undefined, inner: unknown): string | undefined {
  if (typeof inner !== 'string') return outer
  if (outer === undefined) return inner
  return outer.includes(inner) ? outer : `${outer} (${inner})`
}
