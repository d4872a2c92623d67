/** A number that a double can't hold, kept with its text until the schema in force for it is known. */
export class InexactNumber {
  readonly value: number
  readonly text: string

  constructor(value: number, text: string) {
    this.value = value
    this.text = text
  }
}

/**
 * Whether a double holds the number as it is written: whether the shortest text for the double has the same digits.
 * So `0.1` is exact, and `9007199254740993` is not.
 */
export function isExactNumber(value: number, text: string): boolean {
  if (!Number.isFinite(value)) return false
  const shortest = String(value)
  return shortest === text || digitsOf(shortest) === digitsOf(text)
}

/** Whether the number as it is written is a whole one. */
export function isWholeNumber(text: string): boolean {
  const [, exponent, digits] = /^(-?[0-9]+):([0-9]*)$/.exec(digitsOf(text))!
  return Number(exponent) >= digits!.length
}

/** Significant digits and the place of the decimal point before them, as `exponent:digits`. */
function digitsOf(text: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = /^-?([0-9]*)\.?([0-9]*)(?:[eE]\+?(-?[0-9]+))?$/.exec(text)!
  const all = whole + fraction
  const digits = all.replace(/^0+/, '')
  const leading = all.length - digits.length
  const significant = digits.replace(/0+$/, '')
  return significant === '' ? '0:' : `${whole.length - leading + Number(exponent)}:${significant}`
}
