import { StructStreamError } from '../../errors.ts'
import type { Message, ToolCall } from '../../types.ts'
import type { RunSettings } from '../options/run-options.ts'
import type { StreamEvent, Tool, ToolRequest } from '../types.ts'
import { bounded } from './bounded.ts'
import type { CallReader } from './call-reader.ts'
import { jsonOutput } from './json-output.ts'

/** What the calls of one step need of their run. */
export interface CallHost {
  /** Aborted when the run ends. */
  readonly signal: AbortSignal
  /** The tools' names. */
  readonly names: readonly string[]
  readonly settings: Pick<RunSettings, 'context' | 'approve'>
  /** Called with each result, as it comes. */
  onResult(result: ToolResult, message: Message): void
}

/** Calls that run already. */
export interface StartedCalls<Call> {
  /** The outcome of a call, if it is one of them. */
  outcomeOf(call: Call): Promise<CallOutcome> | undefined
}

/** One call, and the reader of its arguments if its tool is known. */
export type ReadCall = Pick<ToolCall, 'id' | 'name'> & { reader: CallReader | undefined }

type ToolResult = Pick<StreamEvent & { type: 'tool-result' }, 'id' | 'name' | 'output' | 'error'>

/**
 * Runs the calls of one step, all at once, and gives their results as messages, in the order of the calls.
 *
 * @throws `tool_failed` when a failure has to end the run; other failures are results
 */
export async function runCalls<Call extends ReadCall>(
  calls: readonly Call[],
  host: CallHost,
  started?: StartedCalls<Call>,
): Promise<Message[]> {
  return await Promise.all(
    calls.map(async (call): Promise<Message> => {
      const { id, name } = call
      const { content, ...outcome } = await (started?.outcomeOf(call) ?? runCall(call, host))
      const isError = 'error' in outcome
      const message: Message = { role: 'tool', toolCallId: id, content, ...(isError && { isError }) }
      host.onResult({ id, name, ...outcome }, message)
      return message
    }),
  )
}

/** `content` is for the model. */
export type CallOutcome = { content: string } & ({ output: unknown } | { error: string })

/**
 * Runs one call: reads its arguments, asks for approval, and executes its tool.
 *
 * @throws `tool_failed` when a failure has to end the run
 */
export async function runCall({ id, name, reader }: ReadCall, host: Omit<CallHost, 'onResult'>): Promise<CallOutcome> {
  if (reader === undefined) return failed(`There is no tool "${name}". There are: ${host.names.join(', ')}.`)
  const read = await reader.validate()
  if (!read.ok) return failed(read.message)
  const { tool } = reader
  const { signal } = host
  const { context } = host.settings
  const refusal = await refusalOf(tool, { id, name, input: read.value, signal, context }, host)
  if (refusal !== undefined) return failed(refusal)
  try {
    const work = (own: AbortSignal): unknown => tool.execute(read.value as never, { signal: own, context, id })
    const output: unknown = await bounded(work, tool.timeout ?? 60_000, signal)
    return { content: written(output), output }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    // The run is over: its own error counts.
    if (signal.aborted) return failed(reason)
    const isFatal = cause instanceof StructStreamError && cause.code === 'tool_failed'
    if (isFatal) throw cause
    if (tool.onError === 'fail')
      throw new StructStreamError('tool_failed', `The tool "${name}" failed: ${reason}`, { cause })
    return failed(reason)
  }
}

/** Why the caller doesn't let the call run, in words for the model: the tool is asked first, then the run. */
async function refusalOf(
  tool: Tool,
  request: ToolRequest,
  { settings, signal }: Omit<CallHost, 'onResult'>,
): Promise<string | undefined> {
  for (const approve of [tool.approve, settings.approve] as (RunSettings['approve'] | undefined)[]) {
    if (approve === undefined) continue
    try {
      const answer = await bounded(() => approve(request), Infinity, signal)
      if (answer === true) continue
      return `The user did not allow this call${typeof answer === 'string' ? `: ${answer}` : '.'}`
    } catch (cause) {
      if (signal.aborted) return 'The run was stopped.'
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new StructStreamError('tool_failed', `The \`approve\` function of "${request.name}" failed: ${reason}`, {
        cause,
      })
    }
  }
  return undefined
}

function written(output: unknown): string {
  try {
    return jsonOutput(output)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TypeError(`The tool returned what cannot be written as JSON: ${reason}`, { cause })
  }
}

/** What the model gets of a call that has not given anything. */
export function failed(error: string): { content: string; error: string } {
  return { content: JSON.stringify({ error }), error }
}
