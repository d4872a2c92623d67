import type { Subschema } from '../document.ts'
import { isSchemaObject, own, unsupported } from '../keywords.ts'
import { never } from './never.ts'
import type { Leftover, NeverShape, NumberShape, StringShape } from './shape.ts'

/** What the nodes' keywords for strings say together. */
export function shapeOfString(
  nodes: readonly Subschema[],
  leftovers: Leftover[],
  isExact = false,
): StringShape | NeverShape {
  const shape: StringShape = { kind: 'string', patterns: [] }
  for (const node of nodes) {
    raise(shape, 'minLength', count(node, 'minLength'))
    lower(shape, 'maxLength', count(node, 'maxLength'))
    const pattern = text(node, 'pattern')
    if (pattern !== undefined && !shape.patterns.includes(pattern)) shape.patterns.push(pattern)
    const format = text(node, 'format')
    // Which formats are asserted, and how, is the validator's business.
    if (isExact && format !== undefined)
      leftovers.push({ path: [...node.path, 'format'], keyword: 'format', phrase: null })
    if (format === undefined || format === shape.format) continue
    if (shape.format === undefined) shape.format = format
    else if (!isExact)
      leftovers.push({ path: [...node.path, 'format'], keyword: 'format', phrase: `also a valid ${format}` })
  }
  if ((shape.minLength ?? 0) > (shape.maxLength ?? Infinity)) {
    return never(nodes[0] as Subschema, `minLength ${shape.minLength} is greater than maxLength ${shape.maxLength}`)
  }
  return shape
}

/** What the nodes' keywords for numbers say together. */
export function shapeOfNumber(nodes: readonly Subschema[], integer: boolean): NumberShape | NeverShape {
  const shape: NumberShape = { kind: 'number', integer, multipleOf: [] }
  for (const node of nodes) {
    // In draft 4 the exclusive keywords are booleans next to the inclusive ones.
    const above = flag(node, 'exclusiveMinimum')
    const below = flag(node, 'exclusiveMaximum')
    raise(shape, above ? 'exclusiveMinimum' : 'minimum', number(node, 'minimum'))
    lower(shape, below ? 'exclusiveMaximum' : 'maximum', number(node, 'maximum'))
    if (!above) raise(shape, 'exclusiveMinimum', number(node, 'exclusiveMinimum'))
    if (!below) lower(shape, 'exclusiveMaximum', number(node, 'exclusiveMaximum'))
    const step = number(node, 'multipleOf')
    if (step !== undefined && step <= 0)
      throw unsupported([...node.path, 'multipleOf'], `expected a number above 0, but got ${step}`)
    if (step !== undefined && !shape.multipleOf.includes(step)) shape.multipleOf.push(step)
  }
  dropWeaker(shape)
  const low = shape.minimum ?? shape.exclusiveMinimum ?? -Infinity
  const high = shape.maximum ?? shape.exclusiveMaximum ?? Infinity
  const open = shape.exclusiveMinimum !== undefined || shape.exclusiveMaximum !== undefined
  if (low > high || (low === high && open)) {
    return never(
      nodes[0] as Subschema,
      `no number is at once ${open ? 'above' : 'at least'} ${low} and at most ${high}`,
    )
  }
  return shape
}

/** Of an inclusive and an exclusive bound on one side only the tighter one is kept. */
function dropWeaker(shape: NumberShape): void {
  if (shape.minimum !== undefined && shape.exclusiveMinimum !== undefined) {
    if (shape.exclusiveMinimum >= shape.minimum) delete shape.minimum
    else delete shape.exclusiveMinimum
  }
  if (shape.maximum !== undefined && shape.exclusiveMaximum !== undefined) {
    if (shape.exclusiveMaximum <= shape.maximum) delete shape.maximum
    else delete shape.exclusiveMaximum
  }
}

function raise<K extends string>(shape: { [key in K]?: number }, key: K, value: number | undefined): void {
  if (value !== undefined && value > (shape[key] ?? -Infinity)) shape[key] = value
}

function lower<K extends string>(shape: { [key in K]?: number }, key: K, value: number | undefined): void {
  if (value !== undefined && value < (shape[key] ?? Infinity)) shape[key] = value
}

/** A keyword's value when it is a number; draft 4's booleans are not this function's business. */
function number(node: Subschema, keyword: string): number | undefined {
  const value = isSchemaObject(node.schema) ? own(node.schema, keyword) : undefined
  if (value === undefined || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return value
  throw unsupported([...node.path, keyword], `expected a number, but got ${JSON.stringify(value)}`)
}

/** A keyword's value when it is a count: a whole number from 0. */
export function count(node: Subschema, keyword: string): number | undefined {
  const value = number(node, keyword)
  if (value === undefined || (Number.isInteger(value) && value >= 0)) return value
  throw unsupported([...node.path, keyword], `expected a whole number from 0, but got ${value}`)
}

/** A keyword's value when it is a string. */
function text(node: Subschema, keyword: string): string | undefined {
  const value = isSchemaObject(node.schema) ? own(node.schema, keyword) : undefined
  if (value === undefined || typeof value === 'string') return value
  throw unsupported([...node.path, keyword], `expected a string, but got ${JSON.stringify(value)}`)
}

function flag(node: Subschema, keyword: string): boolean {
  return isSchemaObject(node.schema) && own(node.schema, keyword) === true
}
