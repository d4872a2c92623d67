import type { Message } from '../../types.ts'

/** The result of a call that never had one. */
const NOT_RUN = JSON.stringify({ error: 'The call was stopped before it had a result.' })

/**
 * The conversation without dangling tool calls, which providers refuse: a call without a result (its turn was aborted, or its
 * tool was never run) gets one that says so, and a result without its call (the start of the history was cut off) is
 * left out. The same list when there are none.
 */
export function completeHistory(messages: readonly Message[]): readonly Message[] {
  const whole: Message[] = []
  let isSame = true
  let open: string[] = []
  const close = (): void => {
    for (const id of open) whole.push({ role: 'tool', toolCallId: id, content: NOT_RUN, isError: true })
    if (open.length > 0) isSame = false
    open = []
  }
  for (const message of messages) {
    if (message.role === 'tool') {
      const at = open.indexOf(message.toolCallId)
      if (at < 0) isSame = false
      else {
        open.splice(at, 1)
        whole.push(message)
      }
      continue
    }
    close()
    whole.push(message)
    if (message.role === 'assistant') open = (message.toolCalls ?? []).map((call) => call.id)
  }
  close()
  return isSame ? messages : whole
}
