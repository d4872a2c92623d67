import type { NumberShape, StringShape } from './shape/shape.ts'
import { CheckFailure, Undetermined } from '../node.ts'
import type { ValueCheck, StringWatch } from '../node.ts'
import { codePoints } from './code-points.ts'
import { toRegExp } from './pattern.ts'
import { tooBig, tooSmall, wrong } from './node-issues.ts'

/** Only the library of the schema can tell; until then the value may be shown. */
export const leftToLibrary: ValueCheck = (value) => new Undetermined(value)

/** What makes an open string certainly wrong: JSON Schema counts code points, which only grow. */
export function stringWatch(shape: StringShape): StringWatch | null {
  const { maxLength } = shape
  if (maxLength === undefined) return null
  return (soFar) => {
    if (soFar.length <= maxLength || (soFar.length <= 2 * maxLength && codePoints(soFar) <= maxLength)) return null
    return tooBig('string', `at most ${maxLength} characters`, `${soFar.length} characters or more`)
  }
}

/**
 * Lengths and patterns of a complete string. `isTrusted`: they are the validator's own. Otherwise patterns may leave out
 * flags and the like, formats may be meant otherwise, and lengths may count UTF-16 units: then only the library can tell.
 * `areTextsChecked`: what it says of patterns and formats is checked by its own definitions.
 */
export function stringSteps(shape: StringShape, isTrusted: boolean, areTextsChecked: boolean): ValueCheck[] {
  const { minLength = 0, maxLength = Infinity } = shape
  if (!isTrusted) return stringStepsOfLibrary(shape, areTextsChecked)
  const steps: ValueCheck[] = []
  if (minLength > 0 || maxLength < Infinity) {
    steps.push((value) => {
      const length = codePoints(value as string)
      if (length < minLength) return tooSmall('string', `at least ${minLength} characters`, `${length} characters`)
      return length > maxLength ? tooBig('string', `at most ${maxLength} characters`, `${length} characters`) : value
    })
  }
  for (const pattern of shape.patterns) {
    const test = toRegExp(pattern, [])
    const issue = wrong(
      'invalid_format',
      `Invalid string: must match pattern ${pattern}`,
      `a string matching ${pattern}`,
    )
    steps.push((value) => (test.test(value as string) ? value : new CheckFailure([issue])))
  }
  return steps
}

function stringStepsOfLibrary(shape: StringShape, areTextsChecked: boolean): ValueCheck[] {
  const { minLength = 0, maxLength = Infinity } = shape
  const isVague = !areTextsChecked && (shape.patterns.length > 0 || shape.format !== undefined)
  if (!isVague && minLength === 0 && maxLength === Infinity) return []
  return [
    (value) => {
      const units = (value as string).length
      const points = codePoints(value as string)
      if (units < minLength) return tooSmall('string', `at least ${minLength} characters`, `${units} characters`)
      if (points > maxLength) return tooBig('string', `at most ${maxLength} characters`, `${points} characters`)
      return isVague || points < minLength || units > maxLength ? new Undetermined(value) : value
    },
  ]
}

/** Bounds of a complete number. Not `isTrusted`: another library may divide in binary, and round. */
export function numberSteps(shape: NumberShape, isTrusted: boolean): ValueCheck[] {
  const steps: ValueCheck[] = []
  const demand = (holds: (value: number) => boolean, code: string, expected: string): void => {
    const message = `Invalid number: expected ${expected}`
    steps.push((value) => {
      if (holds(value as number)) return value
      return new CheckFailure([{ ...wrong(code, message, expected), received: String(value) }])
    })
  }
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = shape
  if (shape.integer) demand(Number.isInteger, 'invalid_type', 'an integer')
  if (minimum !== undefined) demand((value) => value >= minimum, 'too_small', `at least ${minimum}`)
  if (above !== undefined) demand((value) => value > above, 'too_small', `more than ${above}`)
  if (maximum !== undefined) demand((value) => value <= maximum, 'too_big', `at most ${maximum}`)
  if (below !== undefined) demand((value) => value < below, 'too_big', `less than ${below}`)
  for (const step of shape.multipleOf) {
    const fits = isTrusted ? isMultiple : mayBeMultiple
    demand((value) => fits(value, step), 'not_multiple_of', `a multiple of ${step}`)
  }
  if (!isTrusted && shape.multipleOf.length > 0) {
    const areWhole = shape.multipleOf.every(Number.isSafeInteger)
    steps.push((value) => (areWhole && Number.isSafeInteger(value) ? value : new Undetermined(value)))
  }
  return steps
}

/**
 * Exact, in decimal: 0.3 is a multiple of 0.1, which binary fractions deny. Both are written as whole numbers
 * of the same power of ten.
 */
function isMultiple(value: number, step: number): boolean {
  if (!Number.isFinite(value)) return false
  const [left, leftExponent] = decimal(value)
  const [right, rightExponent] = decimal(step)
  const shift = leftExponent - rightExponent
  if (Math.abs(shift) > MAX_SHIFT) return shift > 0
  return shift >= 0 ? (left * 10n ** BigInt(shift)) % right === 0n : left % (right * 10n ** BigInt(-shift)) === 0n
}

/** Whether some way of dividing, in binary or decimal, rounded or not, may find no remainder. */
function mayBeMultiple(value: number, step: number): boolean {
  // Exact in all of them.
  if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) return value % step === 0
  if (Math.abs(value) < LEAST_DIVIDED) return true
  const quotient = Math.abs(value / step)
  return (
    !Number.isFinite(quotient) || Math.abs(quotient - Math.round(quotient)) <= Math.max(1, quotient) * QUOTIENT_SLACK
  )
}

/** Smaller numbers are written with an exponent, which Zod 3 overlooks: it takes them for 0. */
export const LEAST_DIVIDED = 1e-6

/** Quotients of doubles are rounded, and libraries allow for that in their own ways. */
const QUOTIENT_SLACK = 1e-9

/** The exponents of doubles are at most 308 + 324 + 17 apart. */
const MAX_SHIFT = 700

function decimal(value: number): [digits: bigint, exponent: number] {
  const [coefficient = '0', exponent = '0'] = Math.abs(value).toString().split('e')
  const [whole = '0', fraction = ''] = coefficient.split('.')
  return [BigInt(whole + fraction), Number(exponent) - fraction.length]
}
