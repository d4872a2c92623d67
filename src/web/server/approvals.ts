import { afterTurn } from '../../async/turn.ts'
import { canonicalJson } from '../../partial/document/contender.ts'
import type { Approval, ToolRequest } from '../../stream/types.ts'
import { ApprovalNeeded, type AgUiInterrupt } from '../formats/approval-needed.ts'

const ANSWER = {
  type: 'object',
  properties: { approved: { type: 'boolean' }, reason: { type: 'string' } },
  required: ['approved'],
}

/**
 * Returns an `approve` that has the answers of a request, by the ids of their questions. A call without one ends the
 * run with a question, whose id names the tool and its input, so that an answer is for nothing else.
 */
export function approveBy(answers: ReadonlyMap<string, Approval>): (request: ToolRequest) => Promise<Approval> {
  let waiting: AgUiInterrupt[] = []
  return async ({ id, name, input }) => {
    const question = `${name} ${canonicalJson(input)}`
    const answer = answers.get(question)
    if (answer !== undefined) return answer
    if (!waiting.some((interrupt) => interrupt.id === question)) {
      const message = `The tool "${name}" waits for your approval.`
      waiting.push({ id: question, reason: 'tool_call', message, toolCallId: id, responseSchema: ANSWER })
    }
    // Calls of the same turn are asked about together.
    await new Promise<void>((resolve) => void afterTurn(resolve))
    const all = waiting
    waiting = []
    throw new ApprovalNeeded(all)
  }
}
