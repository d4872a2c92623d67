import type { JsonSchemaObject, Path } from '../../types.ts'
import { discriminatorOf } from './shape/discriminator.ts'
import { matchesShape } from './shape/matches.ts'
import { Places } from './shape/locations.ts'
import type {
  ArrayShape,
  EnumShape,
  NumberShape,
  ObjectShape,
  SchemaLocation,
  StringShape,
  UnionShape,
} from './shape/shape.ts'
import {
  ABSENT,
  ANY,
  KIND_ARRAY,
  KIND_BOOLEAN,
  KIND_FALSE,
  CheckFailure,
  Lazy,
  NEVER,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OBJECT,
  KIND_STRING,
  SchemaNode,
  KIND_TRUE,
  Undetermined,
  eitherOf,
  ruleStep,
} from '../node.ts'
import type { ObjectCore, Property, RecordKey, ValueCheck } from '../node.ts'
import type { CheckIssue } from './final-check.ts'
import { unsupported } from './keywords.ts'
import { enumNumbers, shapeNumbers, shapePatterns } from './watch-shape.ts'
import { tooBig, tooSmall, wrong } from './node-issues.ts'
import { isJudged, rulesAt } from './judges.ts'
import { leave, mayBeInherited, orList, READ_BY_LIBRARY, rewritten } from './left-to-library.ts'
import { isPossible } from './possible.ts'
import { isTextCheck, textSteps, watchTexts } from './text-checks.ts'
import { LEAST_DIVIDED, leftToLibrary, numberSteps, stringSteps, stringWatch } from './node-scalars.ts'

/** How far a JSON Schema can be believed before the final validation. */
export interface Trust {
  /**
   * It is the validator's own word, and this its verdict on a complete value at one place of the schema;
   * `null`: another library's code has the last word, and what its JSON Schema says of the text inside
   * strings (patterns, formats) may be its code's word only roughly.
   */
  readonly check: ((schemaPath: readonly (string | number)[], value: unknown) => CheckIssue[]) | null
  /** `additionalProperties: false` is meant: some libraries write it and then ignore further keys. */
  readonly closed: boolean
  /** Keys that are not mentioned are dropped; otherwise only the library knows what becomes of them. */
  readonly dropsUndeclared: boolean
  /** Names of keys that are dropped, in addition `__proto__`. */
  readonly droppedKeys?: readonly string[]
  /** Nothing in it is certain: `check` is null, and the library may take, refuse and change anything. */
  readonly isHint?: boolean
}

/** Believed in structure only. */
const STRUCTURE: Trust = { check: null, closed: false, dropsUndeclared: true }

const trees = new WeakMap<JsonSchemaObject, WeakMap<Trust, SchemaNode>>()

/**
 * The node tree of a JSON Schema, any draft from 4 to 2020-12. Sound first: a node refuses only what the
 * schema certainly refuses. What nodes do not model (`not`, `if`, `contains`, `dependentSchemas` …) is judged
 * when the value is complete if `trust` has a check, otherwise at the end. Cached by identity; children are made
 * on first use, so that cyclic references need nothing special.
 *
 * @throws `unsupported_schema` for a broken schema; what is only wrong further inside may be found later.
 */
export function jsonSchemaNode(schema: JsonSchemaObject, trust: Trust = STRUCTURE): SchemaNode {
  let known = trees.get(schema)
  if (known === undefined) trees.set(schema, (known = new WeakMap()))
  let node = known.get(trust)
  if (node === undefined) known.set(trust, (node = new Tree(schema, trust).root))
  return node
}

class Tree {
  readonly root: SchemaNode
  readonly #trust: Trust
  readonly #nodes = new Map<SchemaLocation, SchemaNode>()
  readonly #building = new Set<SchemaLocation>()

  constructor(schema: JsonSchemaObject, trust: Trust) {
    this.#trust = trust
    this.root = this.#node(new Places(schema, { exact: trust.check === null ? 'structure' : 'own' }).root)
  }

  #node(place: SchemaLocation): SchemaNode {
    let node = this.#nodes.get(place)
    if (node === undefined) {
      if (this.#building.has(place)) throw unsupported(place.path, 'it refers to itself with nothing in between')
      this.#building.add(place)
      const isAtomic = place.hints.includes('atomic')
      const built = this.#isImpossible(place) ? NEVER : this.#build(place)
      const rules = rulesAt(place)
      node = this.#judged(place, built.andThen(this.#leftovers(place), isAtomic))
      if (rules.length > 0) node = node.andThen([ruleStep(rules)])
      this.#building.delete(place)
      this.#nodes.set(place, node)
    }
    return node
  }

  /** The validator refuses every value there. */
  #isImpossible(place: SchemaLocation): boolean {
    return this.#trust.check !== null && !isPossible(place)
  }

  /** What the marks of a place leave to the library. */
  #judged(place: SchemaLocation, node: SchemaNode): SchemaNode {
    const { shape } = place
    if (this.#trust.check !== null) return node
    // The other place has its own marks already.
    const hints = shape.kind === 'alias' ? place.hints.filter((hint) => !shape.to.hints.includes(hint)) : place.hints
    if (isJudged(hints, 'library-reads')) return READ_BY_LIBRARY
    const { isHint = false } = this.#trust
    const isRewritten = isJudged(hints, 'library-rewrites')
    if (isRewritten && node.accepts !== KIND_STRING) return READ_BY_LIBRARY
    let judged = isRewritten ? rewritten(hints.filter(isTextCheck), node.isAtomic) : node
    if (isJudged(hints, 'library-changes')) judged = leave(judged, () => new Undetermined(ABSENT), true)
    else if (isHint || isRewritten || isJudged(hints, 'library-checks', 'library-adds'))
      judged = leave(judged, leftToLibrary, false)
    if (isHint) judged = judged.with({ isHint })
    if (isJudged(hints, 'library-lists') && node.accepts === KIND_OBJECT) judged = orList(judged)
    if (!isJudged(hints, 'library-catches')) return judged
    const fallback = (): Undetermined => new Undetermined(ABSENT)
    return new SchemaNode({ kind: 'catch', inner: new Lazy(() => judged), fallback })
  }

  #lazy(place: SchemaLocation): Lazy {
    return new Lazy(() => this.#node(place))
  }

  #build(place: SchemaLocation): SchemaNode {
    const { shape } = place
    switch (shape.kind) {
      case 'any':
        return ANY
      case 'never':
        return NEVER
      case 'alias':
        return this.#node(shape.to)
      case 'null':
        return new SchemaNode(
          { kind: 'leaf', watch: null, options: null },
          { accepts: KIND_NULL, expected: 'null', isAtomic: true },
        )
      case 'boolean':
        return new SchemaNode(
          { kind: 'leaf', watch: null, options: null },
          { accepts: KIND_BOOLEAN, expected: 'boolean', isAtomic: true },
        )
      case 'string':
        return this.#string(shape, place)
      case 'number':
        return number(shape, this.#trust.check !== null)
      case 'enum':
        return options(shape)
      case 'array':
        return this.#array(shape)
      case 'object':
        return this.#object(shape, isJudged(place.hints, 'library-keeps'))
      case 'union':
        return this.#union(shape, place.path)
      default: {
        const impossible: never = shape
        return impossible
      }
    }
  }

  /** What shapes do not model, for a complete value: the validator's verdict on the whole schema that says it. */
  #leftovers(place: SchemaLocation): ValueCheck[] {
    const steps = new Map<string, ValueCheck>()
    for (const leftover of place.leftovers) {
      const path = leftover.path.slice(0, -1)
      const step = this.#judge(path)
      const isContextual = leftover.keyword.startsWith('unevaluated') && path.length > 0
      steps.set(path.join('\n'), isContextual ? orUnsure(step) : step)
    }
    return [...steps.values()]
  }

  #judge(path: readonly (string | number)[]): ValueCheck {
    const { check } = this.#trust
    if (check === null) return leftToLibrary
    return (value) => {
      const issues = check(path, value)
      return issues.length === 0 ? value : new CheckFailure(issues)
    }
  }

  #string(shape: StringShape, { hints }: SchemaLocation): SchemaNode {
    const isOwn = this.#trust.check !== null
    // Patterns of another library's JSON Schema may leave out flags: it says itself what it checks.
    const texts = isOwn ? [] : hints.filter(isTextCheck)
    const patterns = isOwn ? shapePatterns(shape) : watchTexts(texts, shape.maxLength)
    return new SchemaNode(
      { kind: 'leaf', watch: stringWatch(shape), options: null, ...(patterns !== undefined && { patterns }) },
      {
        accepts: KIND_STRING,
        expected: 'string',
        // A part of a date or an address means nothing.
        isAtomic: shape.format !== undefined,
        steps: [...textSteps(texts), ...stringSteps(shape, isOwn, texts.length > 0)],
      },
    )
  }

  #array(shape: ArrayShape): SchemaNode {
    const { prefix, rest, minItems, maxItems, unique } = shape
    const enough: ValueCheck = (value) => {
      const { length } = value as unknown[]
      return length < minItems ? tooSmall('array', `at least ${minItems} elements`, `${length} elements`) : value
    }
    const steps = minItems > 0 ? [enough] : []
    if (prefix.length === 0) {
      const element = rest === null ? new Lazy(() => NEVER) : this.#lazy(rest)
      return new SchemaNode(
        { kind: 'array', element, maximum: maxItems, isUnique: unique },
        { accepts: KIND_ARRAY, expected: 'array', steps },
      )
    }
    return new SchemaNode(
      {
        kind: 'tuple',
        slots: prefix.map((slot) => this.#lazy(slot)),
        rest: rest === null ? null : this.#lazy(rest),
        maximum: maxItems,
        isUnique: unique,
        tail: () => [],
      },
      { accepts: KIND_ARRAY, expected: 'array', steps },
    )
  }

  #object(shape: ObjectShape, keepsUndeclared: boolean): SchemaNode {
    const isOwn = this.#trust.check !== null
    if (!isOwn && shape.properties.size === 0 && shape.extra !== null) return this.#record(shape, shape.extra)
    const { minProperties, maxProperties } = shape
    const properties = new Map<string, Property>()
    let holding = 0
    for (const [key, { place: value, required }] of shape.properties) {
      const isHolding = value.hints.includes('required')
      if (isHolding) holding++
      const whenAbsent = this.#whenAbsent(key, value, required)
      const node = isOwn && !this.#fitsKey(shape, key) ? new Lazy(() => NEVER) : this.#lazy(value)
      properties.set(key, { index: properties.size, node, isHolding, whenAbsent })
    }
    const maximum = isOwn ? maxProperties : Infinity
    return new SchemaNode(
      {
        kind: 'object',
        properties,
        rest: this.#rest(shape, keepsUndeclared),
        ...(!isOwn && this.#refusesUndeclared(shape) && { mayBeKey: mayBeInherited }),
        maximum,
        holding,
      },
      { accepts: KIND_OBJECT, expected: 'object', steps: isOwn && minProperties > 0 ? [countKeys(shape)] : [] },
    )
  }

  #whenAbsent(key: string, { hints }: SchemaLocation, required: boolean): () => unknown {
    const isCertain =
      this.#trust.check !== null ||
      (!isJudged(hints, 'library-reads', 'library-catches', 'library-fills') &&
        (required ||
          isJudged(hints, 'library-skips') ||
          !isJudged(hints, 'library-checks', 'library-adds', 'library-changes')) &&
        // Libraries read such a key from the prototype.
        !(key in Object.prototype))
    if (!isCertain) return () => new Undetermined(ABSENT)
    return required ? () => new CheckFailure([missingKey(key)]) : () => ABSENT
  }

  #refusesUndeclared({ extra, closed }: ObjectShape): boolean {
    return extra === null && closed && this.#trust.closed
  }

  /** In JSON Schema itself, keys that are not mentioned are part of the value; libraries may drop them. */
  #rest(shape: ObjectShape, keepsUndeclared: boolean): ObjectCore['rest'] {
    const { extra, extraOf, closed } = shape
    if (this.#trust.check === null) {
      const refuse = (name: string) => (name in Object.prototype ? new Lazy(() => READ_BY_LIBRARY) : unknownKey(name))
      if (this.#refusesUndeclared(shape)) return refuse
      const kept = extra !== null ? this.#lazy(extra) : keepsUndeclared ? new Lazy(() => ANY) : null
      if (kept !== null) return (name) => (this.#drops(name) ? null : kept)
      return this.#trust.dropsUndeclared ? 'strip' : new Lazy(() => READ_BY_LIBRARY)
    }
    if (extra === null && closed) return 'strict'
    if (extra !== null && extraOf === null && this.#isImpossible(extra)) return 'strict'
    const others = extra === null ? new Lazy(() => ANY) : this.#lazy(extra)
    return (name) => {
      if (!this.#fitsKey(shape, name)) return wrongKey(name)
      const place = extraOf === null ? null : extraOf(name)
      if (place !== null) return this.#lazy(place)
      return extraOf === null ? others : unknownKey(name)
    }
  }

  #record(shape: ObjectShape, value: SchemaLocation): SchemaNode {
    const { minProperties, maxProperties } = shape
    const isBounded = minProperties > 0 || maxProperties < Infinity
    // A pattern next to `additionalProperties: false`, or `propertyNames`.
    const key = (name: string): RecordKey | CheckFailure => {
      if (this.#drops(name)) return { name: ABSENT, isChecked: false }
      return this.#fitsKey(shape, name) ? { name, isChecked: true } : wrongKey(name)
    }
    return new SchemaNode(
      { kind: 'record', key, value: this.#lazy(value), missing: () => [] },
      { accepts: KIND_OBJECT, expected: 'object', steps: isBounded ? [countKeys(shape)] : [] },
    )
  }

  #drops(name: string): boolean {
    return this.#trust.check === null && (name === '__proto__' || this.#trust.droppedKeys?.includes(name) === true)
  }

  /** Whether a key is of the form that all keys must have; another library's patterns may be meant otherwise. */
  #fitsKey({ extraKeys }: ObjectShape, name: string): boolean {
    return extraKeys === null || matchesShape(extraKeys, name, { patterns: this.#trust.check !== null })
  }

  #union(shape: UnionShape, path: Path): SchemaNode {
    const possible = shape.branches.filter((branch) => !this.#isImpossible(branch))
    const branches = possible.map((branch) => this.#lazy(branch))
    const accepts = branches.reduce((bits, branch) => bits | branch.node.accepts, 0)
    const expected = eitherOf(branches.map((branch) => branch.node.expected))
    const discriminated = this.#discriminated(possible)
    if (discriminated !== null) return discriminated
    const node = this.#open(shape, branches, accepts, expected)
    const kinds = branches.reduce((sum, branch) => sum + branch.node.accepts, 0)
    if (!shape.exclusive || kinds === accepts) return node
    // That no second branch fits is known only of complete values, and only by the validator.
    return node.andThen([this.#judge(shape.path ?? path)])
  }

  #open(shape: UnionShape, options: readonly Lazy[], accepts: number, expected: string): SchemaNode {
    const whole: ValueCheck = (value) =>
      shape.branches.some((branch) =>
        matchesShape(branch, value, { undeclared: this.#trust.closed ? 'as-said' : 'ignored' }),
      )
        ? new Undetermined(value)
        : new CheckFailure([wrong('invalid_union', `Invalid input: expected ${expected}`, expected)])
    return new SchemaNode(
      { kind: 'union', options, isExclusive: false, whole },
      { accepts, expected, code: 'invalid_union' },
    )
  }

  #discriminated(locations: SchemaLocation[]): SchemaNode | null {
    const found = discriminatorOf(locations)
    if (found === null) return null
    const branches = new Map<unknown, Lazy>()
    for (const [index, values] of found.values.entries()) {
      for (const value of values) branches.set(value, this.#lazy(locations[index] as SchemaLocation))
    }
    const tag = options({ kind: 'enum', values: found.values.flat(), integer: false }, 'invalid_union')
    return new SchemaNode(
      { kind: 'discriminated', discriminator: found.key, tag, branches },
      { accepts: KIND_OBJECT, expected: 'object' },
    )
  }
}

function number(shape: NumberShape, isTrusted: boolean): SchemaNode {
  const { minimum = -Infinity, exclusiveMinimum: above = -Infinity } = shape
  const { maximum = Infinity, exclusiveMaximum: below = Infinity } = shape
  // Tiny numbers are multiples of anything in some libraries.
  const isFarFrom0 = Math.max(minimum, above) >= LEAST_DIVIDED || Math.min(maximum, below) <= -LEAST_DIVIDED
  const numbers = shapeNumbers(isTrusted || isFarFrom0 ? shape : { ...shape, multipleOf: [] })
  return new SchemaNode(
    { kind: 'leaf', watch: null, options: null, ...(numbers !== undefined && { numbers }) },
    {
      accepts: KIND_NUMBER,
      expected: shape.integer ? 'integer' : 'number',
      isAtomic: true,
      steps: numberSteps(shape, isTrusted),
    },
  )
}

function options(shape: EnumShape, code = 'invalid_value'): SchemaNode {
  const { values } = shape
  const strings = values.filter((value) => typeof value === 'string')
  const has = (bits: number, isThere: boolean): number => (isThere ? bits : 0)
  const accepts =
    has(KIND_STRING, strings.length > 0) |
    has(
      KIND_NUMBER,
      values.some((value) => typeof value === 'number'),
    ) |
    has(KIND_TRUE, values.includes(true)) |
    has(KIND_FALSE, values.includes(false)) |
    has(KIND_NULL, values.includes(null))
  const expected = values.map((value) => JSON.stringify(value)).join('|')
  const none = new CheckFailure([wrong(code, `Invalid option: expected one of ${expected}`, expected)])
  const known = new Set<unknown>(values)
  const numbers = enumNumbers(shape, expected)
  const longest = Math.max(0, ...strings.map((value) => value.length))
  return new SchemaNode(
    {
      kind: 'leaf',
      watch: (soFar) => (soFar.length <= longest && strings.some((option) => option.startsWith(soFar)) ? null : none),
      options: strings,
      ...(numbers !== undefined && { numbers }),
    },
    { accepts, expected, code, isAtomic: true, steps: [(value) => (known.has(value) ? value : none)] },
  )
}

/** What is unevaluated may have been evaluated by schemas around this one: only the whole can tell. */
function orUnsure(step: ValueCheck): ValueCheck {
  return (value) => (step(value) instanceof CheckFailure ? new Undetermined(value) : value)
}

function countKeys({ minProperties, maxProperties }: ObjectShape): ValueCheck {
  return (record) => {
    const count = Object.keys(record as object).length
    if (count < minProperties) return tooSmall('object', `at least ${minProperties} keys`, `${count} keys`)
    return count > maxProperties ? tooBig('object', `at most ${maxProperties} keys`, `${count} keys`) : record
  }
}

function wrongKey(name: string): CheckFailure {
  const message = `Invalid key: ${JSON.stringify(name)}`
  return new CheckFailure([{ path: [name], code: 'invalid_key', message, received: name }])
}

function unknownKey(name: string): CheckFailure {
  const message = `Unrecognized key: ${JSON.stringify(name)}`
  return new CheckFailure([
    { path: [], code: 'unrecognized_keys', message, expected: 'only declared keys', received: name },
  ])
}

function missingKey(key: string) {
  return {
    ...wrong('invalid_type', `Invalid input: the key ${JSON.stringify(key)} is missing`, 'nonoptional'),
    received: 'undefined',
  }
}
