import { ANY_OPENING, SCALAR_WORD, type Opening } from '../../json/find-document.ts'
import {
  KIND_ANY,
  KIND_ARRAY,
  KIND_BOOLEAN,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OBJECT,
  KIND_STRING,
} from '../../json/value-kinds.ts'
import type { SchemaNode } from '../../schema/node.ts'

const SCALARS = KIND_STRING | KIND_NUMBER | KIND_BOOLEAN | KIND_NULL

/** The same for a provider's shape, which is only roughly known. */
export function openingFor(node: SchemaNode, decoding: { readonly wrapper?: string | undefined } | null): Opening {
  if (decoding === null) return openingOf(node)
  const isWrapped = decoding.wrapper !== undefined && (node.accepts & (KIND_OBJECT | KIND_ARRAY)) === 0
  return { ...ANY_OPENING, isWrapped }
}

/** Returns the kinds of value that documents of the schema begin with, tolerated forms included. */
function openingOf(node: SchemaNode): Opening {
  const element = withQuoted(elementKinds(node))
  const hasLines = node.core.kind === 'array' && (element & SCALARS) !== 0
  return { root: node.accepts, element, hasLines }
}

/** Returns whether a word without quotes may be any text, or be meant as one: `None` where a string is wanted. */
export function mayBeText(word: string, node: SchemaNode): boolean {
  const isLiteral = node.core.kind === 'any' ? SCALAR_WORD.test(word) : /^(?:true|false|null)$/.test(word)
  return !isLiteral && takesAnyText(node)
}

/** Returns whether any text may be a value of the schema, so that prose can't be distinguished from one. */
function takesAnyText({ accepts, core }: SchemaNode, depth = 0): boolean {
  if ((accepts & KIND_STRING) === 0) return false
  if (core.kind === 'leaf') return core.options === null
  if (core.kind !== 'union' || depth > 8) return true
  return core.options.some(({ node }) => takesAnyText(node, depth + 1))
}

function elementKinds({ core }: SchemaNode, seen = new Set<SchemaNode>()): number {
  if (core.kind !== 'array') return KIND_ANY
  const element = core.element.node
  // A list may be its own element.
  if (element.core.kind !== 'array' || seen.has(element)) return element.accepts
  return element.accepts | elementKinds(element, seen.add(element))
}

function withQuoted(kinds: number): number {
  return (kinds & (KIND_NUMBER | KIND_BOOLEAN)) === 0 ? kinds : kinds | KIND_STRING
}
