import type { z } from 'zod'

import { DocumentInterpreter } from '../../../src/partial/document/document-interpreter.ts'
import { zodNode } from '../../../src/schema/zod/nodes.ts'
import '../../support/load-zod.ts'
import type { Issue, Repair } from '../../../src/types.ts'

/** What came of an answer. */
export interface Reading {
  isDone: boolean
  isFailed: boolean
  issues: readonly Issue[]
  repairs: readonly Repair[]
  /** The last partial. */
  value: unknown
  /** What was shown after each chunk, with the number of the document and of issues by then. */
  shown: { value: unknown; issues: number; document: number }[]
  interpreter: DocumentInterpreter
}

export function readAnswer(schema: z.ZodType, chunks: readonly string[], { repair = true } = {}): Reading {
  const interpreter = new DocumentInterpreter(zodNode(schema), null, { repair, maxDepth: 64, maxIssues: 10_000 })
  const shown: Reading['shown'] = []
  const note = (): void => {
    const document = interpreter.documents.length
    shown.push({ value: interpreter.snapshot(true), issues: interpreter.issues.length, document })
  }
  for (const chunk of chunks) {
    interpreter.push(chunk)
    note()
  }
  interpreter.end()
  note()
  const { isDone, failure, issues, repairs } = interpreter
  return { isDone, isFailed: failure !== null, issues, repairs, value: shown.at(-1)!.value, shown, interpreter }
}
