import { DocumentInterpreter } from '../../../src/partial/document/document-interpreter.ts'
import type { SchemaNode } from '../../../src/schema/node.ts'

/** Characters that had come when the cursor reported; the end of the text counts as none. */
export function reported(node: SchemaNode, text: string): number | null {
  const interpreter = new DocumentInterpreter(node, null, { repair: false, maxDepth: 64, maxIssues: 10 })
  for (let length = 1; length <= text.length; length++) {
    interpreter.push(text[length - 1]!)
    if (interpreter.issues.length > 0) return length
  }
  interpreter.end()
  return interpreter.issues.length > 0 ? text.length : null
}
