import type { Subschema } from '../document.ts'
import { isSchemaObject, own, unsupported } from '../keywords.ts'
import { toRegExp } from '../pattern.ts'
import { noteUnmodelled } from './unmodelled.ts'
import type { Places } from './locations.ts'
import { count } from './scalar-shapes.ts'
import { never } from './never.ts'
import type { Leftover, NeverShape, ObjectShape, SchemaLocation, PropertyShape } from './shape.ts'

/** One node's view of an object. */
interface View {
  node: Subschema
  properties: Map<string, Subschema>
  patterns: { source: string; test: RegExp; node: Subschema }[]
  /** What speaks of keys that neither of them names. */
  additional: Subschema | null
}

/** What the nodes' keywords for objects say together. */
export function shapeOfObject(
  places: Places,
  nodes: readonly Subschema[],
  leftovers: Leftover[],
): ObjectShape | NeverShape {
  const views = nodes.map((node) => viewOf(places, node))
  const required = new Set(nodes.flatMap(requiredKeys))
  const names = nodes.flatMap((node) => places.child(node, 'propertyNames') ?? [])
  const namePlace = names.length === 0 ? null : places.ofNodes(names)
  const keys = new Set(views.flatMap((view) => [...view.properties.keys()]))
  const listed = listedNames(namePlace)
  for (const key of [...(listed ?? []), ...required]) keys.add(key)

  const properties = new Map<string, PropertyShape>()
  for (const key of keys) {
    const speakers = views.flatMap((view) => speakersOf(view, key))
    const isListed = listed?.has(key) !== false
    const refusal = places.refusal(speakers)
    // What is never there is left out, unless every key has to be accounted for.
    if (isListed && (refusal === null || places.isExact))
      properties.set(key, { place: places.ofNodes(speakers), required: required.has(key) })
    else if (required.has(key)) {
      return refusal ?? never(nodes[0] as Subschema, `the key "${key}" is required, but not one of its propertyNames`)
    }
  }
  const byKey = places.isOwn && listed === null && views.some((view) => view.patterns.length > 0)
  const extra = listed !== null ? null : byKey ? places.ofNodes([]) : extraPlace(places, views, leftovers)
  const extraOf = byKey ? valuesByKey(places, views) : null
  const bounds = boundsOf(nodes)
  if (bounds.minProperties > bounds.maxProperties || required.size > bounds.maxProperties) {
    return never(nodes[0] as Subschema, `it can hold at most ${bounds.maxProperties} keys, but needs more`)
  }
  for (const node of nodes) {
    noteUnmodelled(node, leftovers, ['dependentRequired', 'dependentSchemas', 'dependencies'])
    if (places.isExact) noteUnmodelled(node, leftovers, ['unevaluatedProperties'])
    if (!places.isOwn && (extra === null || properties.size > 0))
      noteUnmodelled(node, leftovers, ['minProperties', 'maxProperties'])
  }
  const closed = listed !== null || views.some(({ additional }) => additional?.schema === false)
  const extraKeys = extra === null || byKey ? namePlace : keyPlace(places, views, names)
  const isKeyChecked =
    (places.isOwn || (extra !== null && properties.size === 0)) &&
    namePlace?.shape.kind === 'string' &&
    namePlace.leftovers.length === 0
  if (places.isExact && listed === null && names.length > 0 && !isKeyChecked) {
    for (const node of nodes) noteUnmodelled(node, leftovers, ['propertyNames'])
  }
  return { kind: 'object', properties, extra, extraOf, extraKeys, closed, ...bounds }
}

/** Exactly what speaks of an undeclared key: the patterns that match it, otherwise the others. */
function valuesByKey(places: Places, views: readonly View[]): (key: string) => SchemaLocation | null {
  return (key) => {
    const speakers = views.flatMap((view) => speakersOf(view, key))
    return places.refusal(speakers) === null ? places.ofNodes(speakers) : null
  }
}

function viewOf(places: Places, node: Subschema): View {
  const patterns = places.map(node, 'patternProperties').map(([source, child]) => {
    return { source, test: toRegExp(source, [...node.path, 'patternProperties', source]), node: child }
  })
  const unevaluated = places.isExact ? null : places.child(node, 'unevaluatedProperties')
  const additional = places.child(node, 'additionalProperties') ?? unevaluated
  return { node, properties: new Map(places.map(node, 'properties')), patterns, additional }
}

function speakersOf(view: View, key: string): Subschema[] {
  const declared = view.properties.get(key)
  const speakers = view.patterns.filter((pattern) => pattern.test.test(key)).map((pattern) => pattern.node)
  if (declared !== undefined) speakers.unshift(declared)
  if (speakers.length > 0 || view.additional === null) return speakers
  // `unevaluatedProperties` sees what the other schemas declare, so it doesn't forbid their keys.
  return isSchemaObject(view.node.schema) && own(view.node.schema, 'additionalProperties') === undefined
    ? []
    : [view.additional]
}

/** What undeclared keys hold; `null`: there are none. */
function extraPlace(places: Places, views: readonly View[], leftovers: Leftover[]): SchemaLocation | null {
  const patterned = views
    .flatMap((view) => view.patterns)
    .filter((pattern) => places.isExact || places.refusal([pattern.node]) === null)
  const others = views.flatMap((view) => view.additional ?? [])
  const closed = others.some((node) => node.schema === false)
  const open = others.filter((node) => node.schema !== false)
  if (patterned.length === 0) {
    // An object that says nothing of its keys holds any; one that declares them, even none, holds those.
    const declares = views.some(
      ({ node }) => isSchemaObject(node.schema) && own(node.schema, 'properties') !== undefined,
    )
    if (closed || (others.length === 0 && declares)) return null
    return places.isExact || places.refusal(open) === null ? places.ofNodes(open) : null
  }
  if (!isSaidByOne(places, views)) {
    for (const { node } of views) noteUnmodelled(node, leftovers, ['patternProperties', 'additionalProperties'])
    return places.ofNodes([])
  }
  const values = [...new Set(patterned.map((pattern) => places.ofNodes([pattern.node])))]
  if (!closed && open.length > 0) values.push(places.ofNodes(open))
  if (values.length > 1) {
    const [view] = views.filter((candidate) => candidate.patterns.length > 0)
    const path = [...(view as View).node.path, 'patternProperties']
    leftovers.push({
      path,
      keyword: 'patternProperties',
      phrase: null,
      note: 'which key takes which value is checked at the end',
    })
  }
  const [only] = values
  if (values.length === 1 && only !== undefined) return only
  const key = `any of ${values.map((place) => place.id).join(' ')}`
  return places.made(key, (only as SchemaLocation).path, () => ({ kind: 'union', branches: values, exclusive: false }))
}

/** Exactly, patterns can be said of keys only where one of them speaks of all undeclared ones. */
function isSaidByOne(places: Places, views: readonly View[]): boolean {
  if (!places.isExact) return true
  const [view] = views
  return views.length === 1 && view?.patterns.length === 1 && view.additional?.schema === false
}

/** What undeclared keys look like, as far as one string schema can say it. */
function keyPlace(places: Places, views: readonly View[], names: readonly Subschema[]): SchemaLocation | null {
  const patterned = views.flatMap((view) => view.patterns)
  if (names.length > 0) return places.ofNodes(names)
  const [pattern] = patterned
  const mixed = views.some(
    (view) => view.patterns.length > 0 && view.additional !== null && view.additional.schema !== false,
  )
  if (pattern === undefined || patterned.length > 1 || mixed || !isSaidByOne(places, views)) return null
  return places.made(`key ${pattern.source}`, pattern.node.path, () => ({ kind: 'string', patterns: [pattern.source] }))
}

/** The keys that `propertyNames` lists, if it is a list. */
function listedNames(place: SchemaLocation | null): Set<string> | null {
  let shape = place?.shape
  while (shape?.kind === 'alias') shape = shape.to.shape
  if (shape?.kind === 'never') return new Set()
  if (shape?.kind !== 'enum') return null
  return new Set(shape.values.filter((value) => typeof value === 'string'))
}

function requiredKeys(node: Subschema): string[] {
  const required = isSchemaObject(node.schema) ? own(node.schema, 'required') : undefined
  // Draft 3 wrote `required: true` into the property itself; later drafts ignore it.
  if (required === undefined || typeof required === 'boolean') return []
  if (Array.isArray(required) && required.every((key) => typeof key === 'string')) return required
  throw unsupported([...node.path, 'required'], `expected an array of keys, but got ${JSON.stringify(required)}`)
}

function boundsOf(nodes: readonly Subschema[]): { minProperties: number; maxProperties: number } {
  const least = nodes.map((node) => count(node, 'minProperties') ?? 0)
  const most = nodes.map((node) => count(node, 'maxProperties') ?? Infinity)
  return { minProperties: Math.max(0, ...least), maxProperties: Math.min(Infinity, ...most) }
}
