export { startProviderServer } from './server.ts'
export type { ProviderServer, ProviderServerOptions, ReceivedRequest, Respond } from './server.ts'
export type { Chunking, ErrorEvent, Faults, Latency, Reply, ReplyToolCall, WireName } from './reply.ts'
