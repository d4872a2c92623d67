export { fromMcp, type FromMcpOptions } from './from-mcp.ts'
export type { McpClient, McpToolInfo } from './mcp-client.ts'
export { McpContent, type McpPart } from './mcp-content.ts'
