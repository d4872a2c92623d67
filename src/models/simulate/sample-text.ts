import { toRegExp } from '../../schema/json-schema/pattern.ts'
import type { CharSet } from '../../schema/patterns/char-set.ts'
import { parsePattern } from '../../schema/patterns/parse-pattern.ts'
import { type PatternNode, UnknownSyntax } from '../../schema/patterns/syntax.ts'
import type { Random } from './random.ts'

/** What a text has to fit. Lengths are in code points. */
export interface TextRules {
  patterns: readonly string[]
  least: number
  most: number
}

/** Texts that are tried for one place; look-around and bounds of the length are met by chance. */
const TRIES = 300

/** Whether a text fits. */
export function fitsRules(text: string, { patterns, least, most }: TextRules): boolean {
  const length = Array.from(text).length
  return length >= least && length <= most && patterns.every((pattern) => toRegExp(pattern, []).test(text))
}

/** A text made from the patterns; `undefined` when none was found. */
export function textOfPatterns(rules: TextRules, random: Random): string | undefined {
  const trees = rules.patterns.map(treeOf).filter((tree) => tree !== undefined)
  for (let tries = 0; tries < TRIES; tries++) {
    const extra = [0, 3, rules.least][tries % 3]!
    const texts = trees.map((tree) => textOf(tree, extra, random))
    // Patterns for a beginning and an end are met by both texts in a row.
    const found = [...texts, texts.join(''), texts.toReversed().join('')].find((text) => fitsRules(text, rules))
    if (found !== undefined) return found
  }
  return undefined
}

function treeOf(pattern: string): PatternNode | undefined {
  try {
    const { source, flags } = toRegExp(pattern, [])
    return parsePattern(source, flags).root
  } catch (error) {
    if (error instanceof UnknownSyntax) return undefined
    throw error
  }
}

/** @param extra repetitions at most that are not needed */
function textOf(node: PatternNode, extra: number, random: Random): string {
  switch (node.type) {
    case 'set':
      return characterOf(node.set, random)
    case 'sequence':
      return node.parts.map((part) => textOf(part, extra, random)).join('')
    case 'choice':
      return textOf(node.options[random(0, node.options.length - 1)]!, extra, random)
    case 'repeat': {
      const count = random(node.minimum, Math.min(node.maximum, node.minimum + extra))
      return Array.from({ length: count }, () => textOf(node.inner, extra, random)).join('')
    }
    case 'empty':
    case 'assertion':
    case 'lookahead':
      return ''
    default: {
      const never: never = node
      return never
    }
  }
}

/** Small letters and digits, then capitals, then other printable ASCII; ranges of code points. */
const PREFERRED: readonly CharSet[] = [
  [48, 57, 97, 122],
  [65, 90],
  [33, 126],
]

function characterOf(set: CharSet, random: Random): string {
  for (const wanted of PREFERRED) {
    const common = shared(set, wanted)
    if (common.length > 0) return String.fromCodePoint(common[random(0, common.length - 1)]!)
  }
  return set.length === 0 ? '' : String.fromCodePoint(set[0]!)
}

function shared(set: CharSet, wanted: CharSet): number[] {
  const found: number[] = []
  for (let at = 0; at < set.length; at += 2) {
    for (let other = 0; other < wanted.length; other += 2) {
      const last = Math.min(set[at + 1]!, wanted[other + 1]!)
      for (let one = Math.max(set[at]!, wanted[other]!); one <= last; one++) found.push(one)
    }
  }
  return found
}
