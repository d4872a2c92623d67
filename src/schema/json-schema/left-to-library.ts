import { KIND_ARRAY, KIND_OBJECT, KIND_STRING, Lazy, SchemaNode, Undetermined, ABSENT, opaque } from '../node.ts'
import type { UnionCore, ValueCheck } from '../node.ts'
import { leftToLibrary } from './node-scalars.ts'
import { textSteps, watchTexts, type TextCheck } from './text-checks.ts'

/** Hidden until the library has judged it. */
export const READ_BY_LIBRARY: SchemaNode = opaque(() => new Undetermined(ABSENT))

/** A node of an object, or a list that the library judges. */
export function orList(node: SchemaNode): SchemaNode {
  const options = [node, READ_BY_LIBRARY.with({ accepts: KIND_ARRAY })].map((option) => new Lazy(() => option))
  const core: UnionCore = { kind: 'union', options, isExclusive: false, whole: leftToLibrary }
  return new SchemaNode(core, { accepts: KIND_OBJECT | KIND_ARRAY, expected: 'object' })
}

/** A string whose text the library changes; what it checks before that is certain. */
export function rewritten(texts: readonly TextCheck[], isAtomic: boolean): SchemaNode {
  const patterns = watchTexts(texts)
  return new SchemaNode(
    { kind: 'leaf', watch: null, options: null, ...(patterns !== undefined && { patterns }) },
    { accepts: KIND_STRING, expected: 'string', isAtomic, steps: textSteps(texts) },
  )
}

/** The last step: an undetermined value that more steps follow would be hidden. */
export function leave(node: SchemaNode, step: ValueCheck, isAtomic: boolean): SchemaNode {
  const steps = node.steps.filter((other) => other !== leftToLibrary)
  return node.with({ steps: [...steps, step], isAtomic: node.isAtomic || isAtomic })
}

/**
 * Whether a key that no object declares may be one all the same, when it begins so: libraries may find members of
 * `Object.prototype` among the declared keys.
 */
export function mayBeInherited(beginning: string): boolean {
  return INHERITED.some((name) => name.startsWith(beginning))
}

const INHERITED: readonly string[] = Object.getOwnPropertyNames(Object.prototype)
