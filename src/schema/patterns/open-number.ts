import { CheckFailure, type NumberWatch } from '../node.ts'

/** What a number has to be. */
export interface NumberRules {
  readonly isInteger: boolean
  readonly minimum: number
  readonly maximum: number
  readonly multipleOf: readonly number[]
  /** One of these, where that is all that it may be. */
  readonly options?: readonly number[]
}

/** Values that are tried one by one. */
const MAX_CANDIDATES = 256
/** Doubles are rounded: what is this close to a bound may be on it. */
const TOLERANCE = 1e-9

/** Finds an open number that can't turn out right any more; `undefined` where that is known at its end only. */
export function watchNumber(rules: NumberRules, expected: string): NumberWatch | undefined {
  const mayBe = openNumber(rules)
  if (mayBe === null) return undefined
  const isTooBig = openNumber({ ...rules, maximum: Infinity })
  return (soFar) => {
    if (mayBe(soFar)) return null
    const isOption = rules.options !== undefined
    const code = isOption ? 'invalid_value' : isTooBig?.(soFar) !== false ? 'too_big' : 'too_small'
    const message = `Invalid number: expected ${expected}, received one that begins with ${soFar}`
    return new CheckFailure([{ path: [], code, message, expected, received: `${soFar}…` }])
  }
}

/**
 * Whether a number whose text begins like this can still turn out right; `null` where every beginning can.
 *
 * A number is known at its end only: an exponent may follow, so `7` may become 0.7 or 700, and with an exponent that is
 * small enough it is 0. So rules that allow 0 refuse nothing before; bounds that are on one side of it refuse the other
 * sign, and digits that begin no value between them.
 */
function openNumber(rules: NumberRules): ((soFar: string) => boolean) | null {
  const { minimum, maximum, options } = rules
  if (options === undefined ? minimum <= 0 && maximum >= 0 : options.some((option) => option === 0)) return null
  const candidates = options ?? candidatesOf(rules)
  if (candidates !== null) {
    const signs = [1, -1].map((sign) =>
      candidates.filter((value) => Math.sign(value) === sign).map((value) => leading(Math.abs(value))),
    )
    return (soFar) => {
      const isNegative = soFar.startsWith('-')
      const digits = digitsOf(soFar)
      const possible = signs[isNegative ? 1 : 0]!
      return possible.length > 0 && (digits === null || possible.some((value) => mayBecome(digits, value, value)))
    }
  }
  const isNegative = maximum < 0
  const low = isNegative ? -maximum : minimum
  const high = isNegative ? -minimum : maximum
  // The values between them begin with all digits.
  const isWide = high / low >= 10
  return (soFar) => {
    if (soFar.startsWith('-') !== isNegative) return false
    const digits = digitsOf(soFar)
    if (digits === null || isWide) return true
    return mayBecome(digits, leading(low), leading(low) * (high / low))
  }
}

/** All values that the rules allow, where these are few. */
function candidatesOf({ isInteger, minimum, maximum, multipleOf }: NumberRules): number[] | null {
  const step = multipleOf.find((value) => !isInteger || value >= 1) ?? (isInteger ? 1 : 0)
  if (step === 0 || !((maximum - minimum) / step <= MAX_CANDIDATES)) return null
  const first = Math.floor(minimum / step) - 1
  const last = Math.ceil(maximum / step) + 1
  const values: number[] = []
  for (let count = first; count <= last; count++) {
    const value = count * step
    const slack = Math.abs(value) * TOLERANCE
    if (value !== 0 && value >= minimum - slack && value <= maximum + slack) values.push(value)
  }
  return values
}

/** The digits that have come, from the first that isn't 0; `null`: none, or an exponent has begun. */
function digitsOf(soFar: string): string | null {
  if (!/^-?\d*\.?\d*$/.test(soFar)) return null
  const digits = soFar.replace(/^-?[0.]*/, '').replace('.', '')
  return digits === '' ? null : digits.slice(0, 15)
}

/** `value` as a number from 1 to 10, times a power of ten that doesn't matter. */
function leading(value: number): number {
  const exponent = Math.floor(Math.log10(value))
  // Tiny ones in two steps: 10 ** 324 isn't a double.
  return exponent < -300 ? (value * 1e300) / 10 ** (exponent + 300) : value / 10 ** exponent
}

/** Whether a number with these first digits lies between `low` and `high`, times some power of ten. */
function mayBecome(digits: string, low: number, high: number): boolean {
  const unit = 10 ** (1 - digits.length)
  const from = Number(digits) * unit
  const to = from + unit
  return [0.1, 1, 10, 100].some(
    (scale) => from * scale <= high * (1 + TOLERANCE) && to * scale >= low * (1 - TOLERANCE),
  )
}
