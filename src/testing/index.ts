export { startProviderServer } from './server.ts'
export type { ProviderServer, ProviderServerOptions, Respond } from './server.ts'
export type { ReceivedRequest } from './received.ts'
export type { Chunking, ErrorEvent, Faults, Latency, Reply, ReplyToolCall, WireName } from './reply.ts'
