import type { $ZodType } from 'zod/v4/core'

import { DocumentInterpreter } from '../../src/partial/document/document-interpreter.ts'
import { zodNode } from '../../src/schema/zod/nodes.ts'
import '../support/load-zod.ts'

/** What one document looked like while it came, one character at a time. */
export interface Timeline {
  /** Each value that was shown, under the text after which it was shown first. */
  shown: Record<string, unknown>
  /** The text after which the first violation was known (`…end`: only once it was over), and its path; null: none. */
  reported: [after: string, path: string] | null
  issues: { path: (string | number)[]; code: string }[]
  unsure: readonly (readonly (string | number)[])[]
  final: unknown
}

export function timeline(schema: $ZodType, text: string): Timeline {
  const interpreter = new DocumentInterpreter(zodNode(schema), null, { repair: false, maxDepth: 64, maxIssues: 100 })
  const shown: Record<string, unknown> = {}
  let last: unknown
  let reported: [string, string] | null = null
  const look = (after: string) => {
    const value = interpreter.snapshot(true)
    if (value !== last) shown[after] = last = value
    const [first] = interpreter.issues
    if (first !== undefined) reported ??= [after, first.path.join('.')]
  }
  for (let end = 1; end <= text.length; end++) {
    interpreter.push(text[end - 1]!)
    look(text.slice(0, end))
  }
  interpreter.end()
  look(`${text}…end`)
  const issues = interpreter.issues.map(({ path, code }) => ({ path, code }))
  return { shown, reported, issues, unsure: interpreter.unsure, final: last }
}

/** The text after which the first violation is known, and its path. */
export function reported(schema: $ZodType, text: string): Timeline['reported'] {
  return timeline(schema, text).reported
}

/** The values shown, in order. */
export function shown(schema: $ZodType, text: string): unknown[] {
  return Object.values(timeline(schema, text).shown)
}
