import { ABSENT, type RelativeIssue, type SchemaNode } from '../../schema/node.ts'
import type { ValueRule } from '../../schema/rules.ts'
import type { CursorContext } from '../cursor/context.ts'
import { Cursor } from '../cursor/cursor.ts'
import { replayValue } from '../../json/sinks/replay-value.ts'

/** What a node makes of plain data. */
export interface ReadValue {
  /** What is visible of it, `ABSENT` when nothing is. */
  value: unknown
  issues: readonly RelativeIssue[]
  /** Rules of values in it. */
  due: { rules: readonly ValueRule[]; path: (string | number)[]; value: unknown }[]
  /** Only the final validation can tell. */
  isUnsure: boolean
}

/** Reads a value that is there already, as if it came. */
export function readValue(node: SchemaNode, raw: unknown, isLenient: boolean): ReadValue {
  const issues: RelativeIssue[] = []
  const due: ReadValue['due'] = []
  let isUnsure = false
  const context: CursorContext = {
    position: () => 0,
    report: (issue) => issues.push(issue) > 0,
    reportUnsure: () => {
      isUnsure = true
    },
    noteNumber: () => {},
    startRules: (rules, path, value) => due.push({ rules, path, value }),
    observers: null,
    lenience: isLenient ? { repaired: () => {} } : null,
    lanes: { open: 0 },
  }
  const cursor = new Cursor(node, context)
  replayValue(cursor, raw)
  cursor.settle()
  const value = cursor.snapshot(true)
  return { value: value ?? ABSENT, due, issues, isUnsure: isUnsure || cursor.isUndetermined }
}
