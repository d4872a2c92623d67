/** Attributes of OpenTelemetry's semantic conventions for generative AI (v0.1.0), and the stable `error.type`. */
export const ATTRIBUTE = {
  errorType: 'error.type',
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  conversation: 'gen_ai.conversation.id',
  outputType: 'gen_ai.output.type',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  maxTokens: 'gen_ai.request.max_tokens',
  temperature: 'gen_ai.request.temperature',
  seed: 'gen_ai.request.seed',
  stopSequences: 'gen_ai.request.stop_sequences',
  responseId: 'gen_ai.response.id',
  responseModel: 'gen_ai.response.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_write.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  systemInstructions: 'gen_ai.system_instructions',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  toolName: 'gen_ai.tool.name',
  toolType: 'gen_ai.tool.type',
  toolCallId: 'gen_ai.tool.call.id',
  toolArguments: 'gen_ai.tool.call.arguments',
  toolResult: 'gen_ai.tool.call.result',
  evaluationName: 'gen_ai.evaluation.name',
  evaluationLabel: 'gen_ai.evaluation.score.label',
  evaluationValue: 'gen_ai.evaluation.score.value',
  evaluationExplanation: 'gen_ai.evaluation.explanation',
  tokenModality: 'gen_ai.token.modality',
} as const

/** What only this library knows. */
export const OWN = {
  runId: 'structstream.run.id',
  session: 'structstream.session.id',
  attempts: 'structstream.run.attempts',
  repairs: 'structstream.run.repairs',
  patches: 'structstream.run.patches',
  restarts: 'structstream.run.restarts',
  recoveries: 'structstream.run.recoveries',
  attempt: 'structstream.attempt.number',
  attemptKind: 'structstream.attempt.kind',
  mode: 'structstream.attempt.mode',
  characters: 'structstream.attempt.characters',
  issues: 'structstream.issues',
  issueCode: 'structstream.issue.code',
  issueCodes: 'structstream.issue.codes',
  field: 'structstream.field.name',
  fieldTime: 'structstream.field.completed_after',
} as const

/** The event that says whether an answer fits its schema. */
export const EVALUATION = 'gen_ai.evaluation.result'

const providers: ReadonlyMap<string, string> = new Map([
  ['azure', 'azure.ai.openai'],
  ['gemini', 'gcp.gemini'],
  ['google', 'gcp.gemini'],
  ['mistral', 'mistral_ai'],
  ['xai', 'x_ai'],
  ['vertex', 'gcp.vertex_ai'],
  ['bedrock', 'aws.bedrock'],
])

/** The conventions' name of a provider; one that they don't know keeps ours. */
export function providerName(provider: string): string {
  return providers.get(provider) ?? provider
}
