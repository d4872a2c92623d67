import {
  KIND_ARRAY,
  KIND_BOOLEAN,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OBJECT,
  KIND_STRING,
  type SchemaNode,
} from '../../schema/node.ts'

/** What a string in quotes means where the schema wants a number, a boolean or null, or an option in other letters. */
export interface Coercion {
  kind: 'quoted-number' | 'quoted-boolean' | 'quoted-null' | 'letter-case'
  value: string | number | boolean | null
}

const NUMBER_TEXT = /^[ ]*[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?[ ]*$/
const NUMBER_BEGINNING = /^[ ]*[+-]?[0-9.eE+-]*[ ]*$/
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false }
const LONGEST = 400

/** Whether a string may stand where the node wants something else. */
function mayBeQuoted(node: SchemaNode): boolean {
  return node.core.kind === 'leaf' && (node.accepts & (KIND_NUMBER | KIND_BOOLEAN)) !== 0
}

/** Whether a string may hold, as text, what the node wants instead. */
export function mayHoldValue(node: SchemaNode): boolean {
  return mayBeQuoted(node) || ((node.accepts & (KIND_OBJECT | KIND_ARRAY)) !== 0 && (node.accepts & KIND_STRING) === 0)
}

/** Whether a string is read as the one element of a list. */
function mayBeElement({ core }: SchemaNode): boolean {
  if (core.kind !== 'array') return false
  const element = core.element.node
  return (element.accepts & KIND_STRING) !== 0 || mayBeQuoted(element)
}

/**
 * What a string means where an object or a list is wanted: JSON text of that (`stringified`), the one element of the list
 * (`wrapped`), or nothing that is certain. A text that is itself JSON isn't an element: it may be the list, or stand for none.
 */
export function containerIn(node: SchemaNode, text: string): 'stringified' | 'wrapped' | null {
  const trimmed = text.trim()
  const kind = trimmed[0] === '{' ? KIND_OBJECT : trimmed[0] === '[' ? KIND_ARRAY : 0
  if (kind !== 0) return (node.accepts & kind) !== 0 && isJson(trimmed) ? 'stringified' : null
  const { core } = node
  if (core.kind !== 'array' || trimmed === '' || !mayBeElement(node)) return null
  if (!isJson(trimmed)) return 'wrapped'
  const element = core.element.node
  return (element.accepts & KIND_STRING) === 0 && trimmed !== 'null' && coerceQuoted(element, text) !== null
    ? 'wrapped'
    : null
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** What `text` in quotes means at `node`; null when it means nothing there. */
export function coerceQuoted(node: SchemaNode, text: string): Coercion | null {
  const { accepts } = node
  if ((accepts & KIND_NUMBER) !== 0 && NUMBER_TEXT.test(text)) return { kind: 'quoted-number', value: Number(text) }
  const word = text.trim().toLowerCase()
  if ((accepts & KIND_BOOLEAN) !== 0 && Object.hasOwn(BOOLEANS, word))
    return { kind: 'quoted-boolean', value: BOOLEANS[word]! }
  if ((accepts & KIND_NULL) !== 0 && word === 'null') return { kind: 'quoted-null', value: null }
  return null
}

/** Whether a string that continues from `text` may still mean something at `node`. */
export function mayUnquote(node: SchemaNode, text: string): boolean {
  const { accepts } = node
  if ((accepts & (KIND_OBJECT | KIND_ARRAY)) !== 0) {
    const first = text.trimStart()[0]
    if (first === undefined || mayBeElement(node)) return true
    if ((first === '{' && (accepts & KIND_OBJECT) !== 0) || (first === '[' && (accepts & KIND_ARRAY) !== 0)) return true
  }
  if (text.length > LONGEST || !mayBeQuoted(node)) return false
  if ((node.accepts & KIND_NUMBER) !== 0 && NUMBER_BEGINNING.test(text)) return true
  const word = text.trim().toLowerCase()
  return ['true', 'false', 'null'].some((whole) => whole.startsWith(word))
}

/** The one option that equals `text` but for letter case and surrounding space; null when there is none or more than one. */
export function foldCase(options: readonly string[], text: string): string | null {
  const wanted = fold(text)
  const found = options.filter((option) => fold(option) === wanted)
  return found.length === 1 ? found[0]! : null
}

/** Whether a string that continues from `text` may still be an option in another letter case. */
export function mayFoldCase(options: readonly string[], text: string): boolean {
  const beginning = text.trimStart().toLowerCase()
  return options.some((option) => option.toLowerCase().startsWith(beginning.trimEnd()))
}

function fold(text: string): string {
  return text.trim().toLowerCase()
}
