import { bad, isObject, isString, show } from '../../stream/options/checks.ts'
import type { Approval, ToolRequest } from '../../stream/types.ts'
import { approveBy } from './approvals.ts'

/** What is used of the answers in AG-UI's `RunAgentInput`. */
export interface AgUiResume {
  readonly resume?: readonly { readonly interruptId: string; readonly status: string; readonly payload?: unknown }[]
}

/**
 * Returns an `approve` for `runStream` or for a tool that asks by AG-UI's interrupts. A call that the request has no
 * answer for ends the run with the outcome `interrupt`; the next request brings the answers in `resume`, the model makes
 * the call again, and an answer counts for a call of the same tool with the same input, and for nothing else. An answer
 * is `true`, `false`, or `{ approved, reason? }`; an interrupt that was cancelled is a refusal.
 *
 * @throws `bad_options`
 * @example
 * const input = await request.json()
 * const stream = runStream(fromRunAgentInput(input), Order, { model, tools, approve: agUiApprovals(input) })
 * return toResponse(stream, { format: 'ag-ui', agUi: { input } })
 */
export function agUiApprovals(input: AgUiResume): (request: ToolRequest) => Promise<Approval> {
  return approveBy(answersOf(input))
}

function answersOf(input: AgUiResume): Map<string, Approval> {
  const entries: unknown = isObject(input) ? (input as AgUiResume).resume : null
  if (entries !== undefined && !Array.isArray(entries))
    throw bad(`Expected a RunAgentInput, whose \`resume\` is a list where it is there, got ${show(input)}.`)
  const answers = new Map<string, Approval>()
  for (const entry of (entries ?? []) as unknown[]) {
    if (!isObject(entry) || !isString(entry['interruptId']))
      throw bad('Each entry of `resume` must name its `interruptId`.')
    answers.set(
      entry['interruptId'],
      entry['status'] === 'resolved' ? approvalOf(entry['payload']) : 'It was not answered.',
    )
  }
  return answers
}

/** Anything but a clear yes is a no. */
function approvalOf(payload: unknown): Approval {
  if (!isObject(payload)) return payload === true
  if (payload['approved'] === true) return true
  return isString(payload['reason']) ? payload['reason'] : false
}
