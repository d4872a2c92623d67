import { bad, isObject, isString, show } from '../../stream/options/checks.ts'
import type { Approval, ToolRequest } from '../../stream/types.ts'
import { approveBy } from './approvals.ts'
import type { UiMessageInput } from './from-ui-messages.ts'

/**
 * Returns an `approve` for `runStream` or for a tool that asks the user of the AI SDK's `useChat`. A call without an
 * answer ends the message with a `tool-approval-request`; the page answers by `addToolApprovalResponse` and sends the
 * messages again; the model makes the call again. An answer counts for a call of the same tool with the same input, in
 * the request that follows, and for nothing else.
 *
 * @throws `bad_options`
 * @example
 * const { messages } = await request.json()
 * const stream = runStream(fromUiMessages(messages), Order, { model, tools, approve: uiApprovals(messages) })
 * return toResponse(stream, { format: 'ui-message' })
 */
export function uiApprovals(messages: readonly UiMessageInput[]): (request: ToolRequest) => Promise<Approval> {
  if (!Array.isArray(messages)) throw bad(`Expected a list of UI messages, got ${show(messages)}.`)
  return approveBy(answersOf(messages.at(-1)))
}

/** Those of the last step only: an earlier one has had its effect. */
function answersOf(message: unknown): Map<string, Approval> {
  const answers = new Map<string, Approval>()
  if (!isObject(message) || message['role'] !== 'assistant' || !Array.isArray(message['parts'])) return answers
  for (const part of message['parts'] as unknown[]) {
    if (!isObject(part)) continue
    if (part['type'] === 'step-start') answers.clear()
    const { approval } = part
    if (part['state'] !== 'approval-responded' || !isObject(approval) || !isString(approval['id'])) continue
    answers.set(approval['id'], approvalOf(approval))
  }
  return answers
}

/** Anything but a clear yes is a no. */
function approvalOf({ approved, reason }: Record<string, unknown>): Approval {
  return approved === true || (isString(reason) && reason !== '' ? reason : false)
}
