import type { JsonSchemaObject } from '../../types.ts'

/** What of a `Client` of `@modelcontextprotocol/sdk` is used. */
export interface McpClient {
  listTools(
    params?: { cursor?: string },
    options?: { signal?: AbortSignal },
  ): Promise<{ tools: readonly McpToolInfo[]; nextCursor?: string | undefined }>
  callTool(
    params: { name: string; arguments?: Record<string, unknown> },
    resultSchema?: undefined,
    options?: { signal?: AbortSignal; timeout?: number },
  ): Promise<unknown>
}

/** What of a tool's description is used. */
export interface McpToolInfo {
  readonly name: string
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly inputSchema: JsonSchemaObject
}

/** What a server answers a call with, as far as it is looked at. */
export interface McpCallResult {
  readonly content?: unknown
  readonly structuredContent?: unknown
  readonly isError?: unknown
}

/** A server that always has a further page would be asked indefinitely. */
const MOST_PAGES = 1_000

/** Every tool that a server has, of all pages. */
export async function listAllTools(client: McpClient, signal: AbortSignal | undefined): Promise<McpToolInfo[]> {
  const all: McpToolInfo[] = []
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const options = signal === undefined ? {} : { signal }
    const { tools, nextCursor } = await client.listTools(cursor === undefined ? {} : { cursor }, options)
    all.push(...tools)
    if (nextCursor === undefined || nextCursor === cursor) return all
    cursor = nextCursor
  }
  return all
}
