import { StructStreamError } from '../../errors.ts'
import {
  checkFactoryOptions,
  flag,
  func,
  list,
  millis,
  oneOf,
  object,
  text,
  type OptionChecks,
} from '../../factory-options.ts'
import { jsonSchema } from '../../schema/json-schema/definition.ts'
import { nearest } from '../../suggestions.ts'
import type { Tool } from '../../stream/types.ts'
import { listAllTools, type McpCallResult, type McpClient, type McpToolInfo } from './mcp-client.ts'
import { isText, McpContent, partsOf, textOf } from './mcp-content.ts'

/** Options of `fromMcp`; those of tools hold for each of them. */
export interface FromMcpOptions extends Pick<Tool, 'approve' | 'eager' | 'timeout' | 'onError'> {
  /** Which of the server's tools, by the server's names. @defaultValue all */
  names?: readonly string[] | undefined
  /** Is put before each name: the way to tell the tools of several servers apart. */
  prefix?: string | undefined
  /** Stops the listing. A call has the signal of its run. */
  signal?: AbortSignal | undefined
}

const CHECKS: OptionChecks<FromMcpOptions> = {
  names: list,
  prefix: text,
  signal: object,
  approve: func,
  eager: flag,
  timeout: millis,
  onError: oneOf(['tell', 'fail']),
}

const LONGEST_NAME = 64

/**
 * The tools of an MCP server, for the `tools` of a run. The server is asked once, for its list; ask again when it reports
 * that the list has changed.
 *
 * 1. Inputs are checked by the tool's `inputSchema` before the server is called, and grow in `tool-call-delta` events.
 * 2. A tool with structured output gives that; one that gives texts, the text; anything else is a `McpContent`.
 * 3. A result with `isError`, and a call that fails, goes to the model, unless `onError` is 'fail'.
 * 4. When the run ends, or the tool's time is up, the call is canceled at the server.
 *
 * Inputs are plain JSON Schema, which needs the package `@cfworker/json-schema`.
 *
 * @param client a connected `Client` of `@modelcontextprotocol/sdk`; it stays yours to close
 * @throws `bad_options` for wrong options and for `names` that the server doesn't have; what `client.listTools` throws
 * @example
 * const client = new Client({ name: 'my-app', version: '1.0.0' })
 * await client.connect(new StdioClientTransport({ command: 'my-server' }))
 * const stream = runStream(prompt, Answer, { model, tools: await fromMcp(client) })
 */
export async function fromMcp(client: McpClient, options: FromMcpOptions = {}): Promise<Tool[]> {
  checkFactoryOptions('fromMcp()', options, CHECKS)
  if (typeof client?.listTools !== 'function' || typeof client.callTool !== 'function')
    throw bad('fromMcp() expects a Client of @modelcontextprotocol/sdk.')
  const { names, prefix = '', signal, ...shared } = options
  const infos = chosen(await listAllTools(client, signal), names)
  const taken = new Set<string>()
  return infos.map((info) => {
    const name = unique(`${prefix}${info.name}`, taken)
    const description = info.description ?? info.title
    const execute = (input: never, call: { signal: AbortSignal }): Promise<unknown> =>
      callTool(client, info.name, input, { signal: call.signal, timeout: timeoutOf(shared.timeout) })
    return {
      ...shared,
      name,
      ...(description !== undefined && { description }),
      input: jsonSchema(info.inputSchema),
      execute,
    }
  })
}

function chosen(infos: readonly McpToolInfo[], names: readonly string[] | undefined): readonly McpToolInfo[] {
  if (names === undefined) return infos
  const known = infos.map(({ name }) => name)
  for (const name of names) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    const hint = near === undefined ? `It has: ${known.join(', ')}.` : `Did you mean "${near}"?`
    throw bad(`The MCP server has no tool "${name}". ${hint}`)
  }
  return infos.filter(({ name }) => names.includes(name))
}

/** A name as every provider takes it: the protocol allows dots and slashes, and more characters. */
function unique(name: string, taken: Set<string>): string {
  const plain = name.replaceAll(/[^\w-]/g, '_').slice(0, LONGEST_NAME) || '_'
  let own = plain
  for (let number = 2; taken.has(own); number++) {
    const suffix = `_${number}`
    own = `${plain.slice(0, LONGEST_NAME - suffix.length)}${suffix}`
  }
  taken.add(own)
  return own
}

/** Above the tool's own limit, which reports what happened; timers take no more than 31 bits. */
function timeoutOf(timeout = 60_000): number {
  return Math.min(timeout + 1_000, 2 ** 31 - 1)
}

async function callTool(
  client: McpClient,
  name: string,
  input: Record<string, unknown>,
  options: { signal: AbortSignal; timeout: number },
): Promise<unknown> {
  const result = (await client.callTool({ name, arguments: input }, undefined, options)) as McpCallResult
  const parts = partsOf(result)
  if (result.isError === true) throw new Error(textOf(parts) || 'The tool failed without saying why.')
  const { structuredContent } = result
  if (parts.every(isText)) return structuredContent ?? textOf(parts)
  return new McpContent(parts, structuredContent)
}

function bad(message: string): StructStreamError {
  return new StructStreamError('bad_options', message)
}
