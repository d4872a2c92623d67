import { holePath, type PatchHole } from '../../../partial/patch/plan.ts'
import { nodeAt } from '../../../partial/patch/node-at.ts'
import { isSamePath, startsWith, valueAt } from '../../../path.ts'
import type { JsonSchema } from '../../../schema/json-schema/keywords.ts'
import { locate, type Subschemas } from '../../../schema/json-schema/subschemas.ts'
import type { SchemaNode } from '../../../schema/node.ts'
import type { Issue, Path } from '../../../types.ts'

/** A place to ask for, with its schema and what is wrong there. */
export interface PatchTarget extends PatchHole {
  readonly schema: JsonSchema
  readonly issues: readonly Issue[]
}

/** What has to be done to an answer so that it can become valid. */
export interface PatchRequest {
  places: PatchTarget[]
  /** Keys that the schema does not allow: they are removed, and no model is asked. */
  dropped: (string | number)[][]
}

/** Characters of a place's name; some providers take 64. */
const LONGEST_NAME = 48

/**
 * The smallest places whose values can fix all issues, in document order; null when only a whole new answer can.
 *
 * @param raw the answer as plain data
 * @param inVain places that were asked for before; inside a union, another option may have been meant
 */
export function choosePatchTargets(
  issues: readonly Issue[],
  raw: unknown,
  parts: Subschemas,
  root: SchemaNode,
  inVain: readonly Path[] = [],
): PatchRequest | null {
  if (typeof raw !== 'object' || raw === null) return null
  const dropped: (string | number)[][] = []
  const found: Found[] = []
  for (const issue of issues) {
    const unknown = undeclared(issue, raw)
    if (unknown !== null) {
      dropped.push(unknown)
      continue
    }
    // A bad key of a record can be fixed only by asking for the record.
    const target = issue.code === 'invalid_key' ? issue.path.slice(0, -1) : issue.path
    let { path, schema, isOptional, union } = locate(parts, raw, target)
    if (union >= 0 && inVain.some((place) => isSamePath(place, path))) {
      ;({ path, schema, isOptional, union } = locate(parts, raw, path.slice(0, union)))
    }
    const array = valueAt(raw, path)
    const least = Array.isArray(array) && path.length === issue.path.length ? parts.leastItems(schema, array) : 0
    if (Array.isArray(array) && array.length < least) {
      const from = array.length
      const rest = parts.restOfArray(schema, array, from)
      if (rest !== null) {
        found.push({ path, from, schema: rest, isOptional: false, issue })
        continue
      }
    }
    if (path.length === 0) return null
    found.push({ path, from: null, schema, isOptional, issue })
  }
  const places = merged(found, raw)
  const names = new Set<string>()
  return {
    dropped,
    places: places.map(({ path, from, schema, isOptional, issues: wrong }) => {
      const node = nodeAt(root, raw, path, from)
      return { path, from, schema, isOptional, issues: wrong, node, name: nameOf(path, from, names) }
    }),
  }
}

/** The place of a key that a strict object does not allow. */
function undeclared({ code, path, received }: Issue, raw: unknown): (string | number)[] | null {
  if (code === 'unrecognized_keys' && received !== undefined) {
    const container = valueAt(raw, path)
    const isThere = typeof container === 'object' && container !== null && Object.hasOwn(container, received)
    return isThere ? [...path, received] : null
  }
  // What the validator of plain JSON Schema says.
  return code === 'additionalProperties' && valueAt(raw, path) !== undefined && path.length > 0 ? path : null
}

type Found = { path: Path; from: number | null; schema: JsonSchema; isOptional: boolean; issue: Issue }

/** One place where several issues are in it; none inside another. */
function merged(found: readonly Found[], raw: unknown): (Omit<Found, 'issue'> & { issues: Issue[] })[] {
  const outermost = [...found].sort((a, b) => holePath(asPlace(a)).length - holePath(asPlace(b)).length)
  const places: (Found & { issues: Issue[] })[] = []
  for (const one of outermost) {
    const at = holePath(asPlace(one))
    const around = places.find((place) => startsWith(at, holePath(asPlace(place))))
    if (around === undefined) places.push({ ...one, issues: [one.issue] })
    else around.issues.push(one.issue)
  }
  return places.sort((a, b) => inOrder(holePath(asPlace(a)), holePath(asPlace(b)), raw))
}

function asPlace({ path, from }: Pick<Found, 'path' | 'from'>): PatchHole {
  return { path, from, name: '', node: null, isOptional: false }
}

/** Document order; keys that are missing come last. */
function inOrder(a: Path, b: Path, raw: unknown): number {
  const depth = a.findIndex((key, index) => key !== b[index])
  if (depth < 0) return a.length - b.length
  const rank = (key: string | number | undefined): number => {
    if (typeof key === 'number') return key
    const container = valueAt(raw, a.slice(0, depth))
    const at = Object.keys(container as object).indexOf(String(key))
    return at < 0 ? Infinity : at
  }
  const [left, right] = [rank(a[depth]), rank(b[depth])]
  return left === right ? 0 : left - right
}

/** Readable, and a valid key for every provider: letters, digits, `_` and `-`, at most 64. */
export function nameOf(path: Path, from: number | null, taken: Set<string>): string {
  const words = [...path, ...(from === null ? [] : ['more'])].map((key) => String(key).replace(/[^A-Za-z0-9_-]+/g, '_'))
  const plain = words.join('_').slice(-LONGEST_NAME)
  const base = /^[A-Za-z]/.test(plain) ? plain : `at_${plain}`
  let name = base
  for (let count = 2; taken.has(name); count++) name = `${base}_${count}`
  taken.add(name)
  return name
}
