import type { ErrorCode } from '../../src/errors.ts'
import type { WireName } from '../../src/testing/index.ts'
import type { FinishReason, Usage } from '../../src/types.ts'

/** The whole text, or what identifies a long one: its length in UTF-16 units and the start of its SHA-256. */
export type ExpectedText = string | { length: number; sha256: string }

/** What a recorded stream says, read from the recording itself and not through an adapter. Absent: nothing of it. */
export interface Expected {
  wire: WireName
  text?: ExpectedText
  reasoning?: ExpectedText
  refusal?: string
  /** Name and arguments of the calls that the client has to answer. */
  calls?: [name: string, args: ExpectedText][]
  finish?: FinishReason
  usage?: Usage
  model?: string
  error?: { code: ErrorCode; message: string; status?: number }
  /** Replayed a second time in mode `tool` with this answer tool: its arguments are the text then. */
  answerTool?: string
}

/** By the path in the corpus. */
export const expected: { readonly [file: string]: Expected } = {
  'openai/py--7e5ea4d12e7c.sse': {
    wire: 'openai-chat',
    text: '{"city":"San Francisco","temperature":61,"units":"f"}',
    finish: 'stop',
    usage: { inputTokens: 79, outputTokens: 14, totalTokens: 93, reasoningTokens: 0 },
    model: 'gpt-4o-2024-08-06',
  },
  'openai/py--0898f3d1651e.sse': {
    wire: 'openai-chat',
    text: { length: 371, sha256: '1bdc9435b2bc2282' },
    finish: 'stop',
    usage: { inputTokens: 19, outputTokens: 108, totalTokens: 127 },
    model: 'gpt-4o-2024-08-06',
  },
  'openai/py--56dbdd87d96d.sse': {
    wire: 'openai-chat',
    text: { length: 157, sha256: '64af9f88fa6ac1a0' },
    finish: 'stop',
    usage: { inputTokens: 19, outputTokens: 36, totalTokens: 55, reasoningTokens: 0 },
    model: 'gpt-4o-2024-08-06',
  },
  'openai/py--a491adda08c3.sse': {
    wire: 'openai-chat',
    text: '{"city":"San Francisco","temperature":65,"units":"f"}',
    finish: 'stop',
    usage: { inputTokens: 79, outputTokens: 42, totalTokens: 121, reasoningTokens: 0 },
    model: 'gpt-4o-2024-08-06',
  },
  'openai/py--4cc50a6135d2.sse': {
    wire: 'openai-chat',
    text: '{"',
    finish: 'length',
    usage: { inputTokens: 79, outputTokens: 1, totalTokens: 80, reasoningTokens: 0 },
    model: 'gpt-4o-2024-08-06',
  },
  'openai/py--173417d55340.sse': {
    wire: 'openai-chat',
    refusal: "I'm sorry, I can't assist with that request.",
    finish: 'refusal',
    usage: { inputTokens: 79, outputTokens: 11, totalTokens: 90, reasoningTokens: 0 },
    model: 'gpt-4o-2024-08-06',
  },
  'openai/sdk--stream-emits-refusal-logprobs-events-1.sse': {
    wire: 'openai-chat',
    refusal: "I'm very sorry, but I can't assist with that request.",
    finish: 'refusal',
    usage: { inputTokens: 17, outputTokens: 13, totalTokens: 30 },
    model: 'gpt-4o-2024-08-06',
  },
  'openai/sdk--stream-is-robust-against-leading-newline-chunks-1.sse': {
    wire: 'openai-chat',
    text: '\n\n{"city":"San Francisco","units":"c"}',
    finish: 'stop',
    usage: { inputTokens: 17, outputTokens: 10, totalTokens: 27 },
    model: 'gpt-4o-2024-08-06',
  },
  'openai/sdk--stream-emits-content-logprobs-events-1.sse': {
    wire: 'openai-chat',
    text: '{"city":"San Francisco","units":"f"}',
    finish: 'stop',
    usage: { inputTokens: 17, outputTokens: 10, totalTokens: 27 },
    model: 'gpt-4o-2024-08-06',
  },
  'openai/py--80e47fe8b714.sse': {
    wire: 'openai-chat',
    calls: [
      ['GetWeatherArgs', '{"city": "Edinburgh", "country": "UK", "units": "c"}'],
      ['get_stock_price', '{"ticker": "AAPL", "exchange": "NASDAQ"}'],
    ],
    finish: 'tool-calls',
    usage: { inputTokens: 149, outputTokens: 60, totalTokens: 209, reasoningTokens: 0 },
    model: 'gpt-4o-2024-08-06',
  },
  'openai/py--c6aa7e397b71.sse': {
    wire: 'openai-chat',
    calls: [['GetWeatherArgs', '{"city":"Edinburgh","country":"UK","units":"c"}']],
    finish: 'tool-calls',
    usage: { inputTokens: 76, outputTokens: 24, totalTokens: 100, reasoningTokens: 0 },
    model: 'gpt-4o-2024-08-06',
  },
  'openai/pydantic--test_prefect--test_multiple_agents.3.sse': {
    wire: 'openai-chat',
    calls: [['final_result', { length: 259, sha256: 'f00fa43084837d80' }]],
    finish: 'tool-calls',
    usage: { inputTokens: 482, outputTokens: 68, totalTokens: 550, reasoningTokens: 0, cachedInputTokens: 0 },
    model: 'gpt-4o-2024-08-06',
    answerTool: 'final_result',
  },
  'openai/pydantic--test_temporal--test_complex_agent_run.2.sse': {
    wire: 'openai-chat',
    calls: [['final_result', { length: 229, sha256: 'abd202e0de14cd2a' }]],
    finish: 'tool-calls',
    usage: { inputTokens: 448, outputTokens: 62, totalTokens: 510, reasoningTokens: 0, cachedInputTokens: 0 },
    model: 'gpt-4o-2024-08-06',
    answerTool: 'final_result',
  },
  'openai/pydantic--test_prefect--test_complex_agent_run_in_flow.1.sse': {
    wire: 'openai-chat',
    calls: [
      ['get_weather', '{"city": "Mexico City"}'],
      ['get_product_name', '{}'],
    ],
    finish: 'tool-calls',
    usage: { inputTokens: 417, outputTokens: 44, totalTokens: 461, reasoningTokens: 0, cachedInputTokens: 0 },
    model: 'gpt-4o-2024-08-06',
  },
  'openai/otl--test_functions--test_open_ai_function_calls_tools_streaming_parallel.1.sse': {
    wire: 'openai-chat',
    calls: [
      ['get_current_weather', '{"location": "San Francisco"}'],
      ['get_current_weather', '{"location": "Boston"}'],
    ],
    finish: 'tool-calls',
    model: 'gpt-3.5-turbo-0125',
  },
  'openai/dd--openai_chat_completions_post_cedb6b7b.sse': {
    wire: 'openai-chat',
    calls: [['json', '{"name":"Zara Windrider","age":28,"height":"5\'7\\""}']],
    finish: 'tool-calls',
    usage: { inputTokens: 65, outputTokens: 20, totalTokens: 85, reasoningTokens: 0, cachedInputTokens: 0 },
    model: 'gpt-4o-mini-2024-07-18',
    answerTool: 'json',
  },
  'openai/dd--openai_responses_post_69f0ebec.sse': {
    wire: 'openai-responses',
    text: '{"name":"Zara Windrider","age":28,"height":"5\'7\\""}',
    finish: 'stop',
    usage: { inputTokens: 50, outputTokens: 20, totalTokens: 70, reasoningTokens: 0, cachedInputTokens: 0 },
    model: 'gpt-4o-mini-2024-07-18',
  },
  'openai/pydantic--test_openai_responses--test_openai_responses_streaming_usage.sse': {
    wire: 'openai-responses',
    calls: [['final_result', '{"result":6666}']],
    finish: 'tool-calls',
    usage: { inputTokens: 53, outputTokens: 469, totalTokens: 522, reasoningTokens: 448, cachedInputTokens: 0 },
    model: 'gpt-5-2025-08-07',
    answerTool: 'final_result',
  },
  'openai/openai-reasoning-encrypted-content.1.part1.sse': {
    wire: 'openai-responses',
    reasoning: { length: 163, sha256: 'e8c4cd892aeccd1f' },
    calls: [['calculator', '{"a":12,"b":7,"op":"add"}']],
    finish: 'tool-calls',
    usage: { inputTokens: 134, outputTokens: 28, totalTokens: 162, reasoningTokens: 0, cachedInputTokens: 0 },
    model: 'gpt-5.1-codex-max',
  },
  'openai/openai-error.1.sse': {
    wire: 'openai-responses',
    model: 'gpt-5-nano-2025-08-07',
    error: { code: 'provider_error', message: 'insufficient_quota' },
  },
  'openai/openai-client-tool-search.2.sse': {
    wire: 'openai-responses',
    calls: [['get_weather', '{"location":"San Francisco, CA","unit":"fahrenheit"}']],
    finish: 'tool-calls',
    usage: { inputTokens: 467, outputTokens: 26, totalTokens: 493, reasoningTokens: 0, cachedInputTokens: 0 },
    model: 'gpt-5.4-2026-03-05',
  },
  'open-responses/lmstudio-tool-call.1.sse': {
    wire: 'openai-responses',
    text: "I'll get the current weather information for San Francisco for you.",
    reasoning: { length: 242, sha256: 'ea86985de664086d' },
    calls: [['weather', '{"location":"San Francisco"}']],
    finish: 'tool-calls',
    usage: { inputTokens: 182, outputTokens: 61, totalTokens: 243, reasoningTokens: 48, cachedInputTokens: 2 },
    model: 'zai-org/glm-4.7-flash',
    answerTool: 'weather',
  },
  'azure/azure-tool-call.1.sse': {
    wire: 'openai-responses',
    calls: [['weather', '{"location":"San Francisco"}']],
    finish: 'tool-calls',
    usage: { inputTokens: 45, outputTokens: 24, totalTokens: 69, reasoningTokens: 0, cachedInputTokens: 0 },
    model: 'gpt-5.1',
  },
  'openai/azure-model-router.1.sse': {
    wire: 'openai-chat',
    text: 'Capital of Denmark.',
    finish: 'stop',
    usage: { inputTokens: 15, outputTokens: 78, totalTokens: 93, reasoningTokens: 64, cachedInputTokens: 0 },
    model: 'gpt-5-nano-2025-08-07',
  },
  'anthropic/anthropic-json-output-format.1.sse': {
    wire: 'anthropic',
    text: { length: 1267, sha256: '0796715649bba173' },
    finish: 'stop',
    usage: { inputTokens: 313, outputTokens: 305, totalTokens: 618, cachedInputTokens: 0, cacheWriteTokens: 0 },
    model: 'claude-sonnet-4-5-20250929',
  },
  'anthropic/llm--test_anthropic--test_opus_46_schema.sse': {
    wire: 'anthropic',
    text: { length: 467, sha256: 'ef9481f6f3c287fa' },
    finish: 'stop',
    usage: { inputTokens: 231, outputTokens: 118, totalTokens: 349, cachedInputTokens: 0, cacheWriteTokens: 0 },
    model: 'claude-opus-4-6',
  },
  'anthropic/py--TestAsyncStream-a8b7dbb8-2321-4624-abdb-7ba2136b5c38.2.sse': {
    wire: 'anthropic',
    text: '[12345,67890]',
    finish: 'stop',
    usage: { inputTokens: 135, outputTokens: 10, totalTokens: 145, cachedInputTokens: 0, cacheWriteTokens: 0 },
    model: 'claude-sonnet-4-5-20250929',
  },
  'anthropic/anthropic-json-tool.2.sse': {
    wire: 'anthropic',
    text: "I'll invoke the JSON response tool.",
    calls: [['json', '{"elements": [{"location": "San Francisco", "temperature": 58, "condition": "sunny"}]}']],
    finish: 'tool-calls',
    usage: { inputTokens: 849, outputTokens: 47, totalTokens: 896, cachedInputTokens: 0, cacheWriteTokens: 0 },
    model: 'claude-haiku-4-5-20251001',
    answerTool: 'json',
  },
  'anthropic/sdk--incomplete_partial_json_response.sse': {
    wire: 'anthropic',
    text: { length: 135, sha256: '4d0a033af934e54c' },
    calls: [['make_file', { length: 149, sha256: '1fb86d981ced3ec2' }]],
    finish: 'length',
    usage: { inputTokens: 450, outputTokens: 124, totalTokens: 574, cachedInputTokens: 0, cacheWriteTokens: 0 },
    model: 'claude-sonnet-4-5',
    answerTool: 'make_file',
  },
  'anthropic/anthropic-code-execution-20250825.2.sse': {
    wire: 'anthropic',
    text: { length: 1793, sha256: 'ce2530971a55f994' },
    finish: 'stop',
    usage: { inputTokens: 15696, outputTokens: 2479, totalTokens: 18175, cachedInputTokens: 0, cacheWriteTokens: 0 },
    model: 'claude-sonnet-4-5-20250929',
  },
  'anthropic/anthropic-programmatic-tool-calling.1.part1.sse': {
    wire: 'anthropic',
    text: { length: 157, sha256: 'b2cc643922cf64ac' },
    calls: [['rollDie', '{"player":"player1"}']],
    finish: 'tool-calls',
    usage: { inputTokens: 3369, outputTokens: 725, totalTokens: 4094, cachedInputTokens: 0, cacheWriteTokens: 0 },
    model: 'claude-sonnet-4-5-20250929',
  },
  'anthropic/pydantic--test_anthropic--test_anthropic_mcp_servers_stream.sse': {
    wire: 'anthropic',
    text: { length: 806, sha256: 'db349327f3d70e60' },
    reasoning: { length: 192, sha256: 'b8da0661e6e29522' },
    finish: 'stop',
    usage: { inputTokens: 3042, outputTokens: 354, totalTokens: 3396, cachedInputTokens: 0, cacheWriteTokens: 0 },
    model: 'claude-sonnet-4-5-20250929',
  },
  'anthropic/otl--test_messages--test_anthropic_tools_streaming_legacy.sse': {
    wire: 'anthropic',
    text: { length: 175, sha256: '3f8cb726928ccebb' },
    calls: [
      ['get_weather', '{"location": "San Francisco, CA", "unit": "celsius"}'],
      ['get_time', '{"timezone": "America/Los_Angeles"}'],
    ],
    finish: 'tool-calls',
    usage: { inputTokens: 506, outputTokens: 153, totalTokens: 659, cachedInputTokens: 0, cacheWriteTokens: 0 },
    model: 'claude-3-5-sonnet-20240620',
  },
  'anthropic/dd--claude-agent-sdk_v1_messages_beta_true_post_3da17772.sse': {
    wire: 'anthropic',
    text: "Sure! Let me first spawn a subagent to fetch New York's weather!",
    reasoning: { length: 264, sha256: '1a9756ed7646ca5c' },
    calls: [['Agent', { length: 162, sha256: '01d1f9a2e4571b02' }]],
    finish: 'tool-calls',
    usage: {
      inputTokens: 2753,
      outputTokens: 215,
      totalTokens: 2968,
      reasoningTokens: 84,
      cachedInputTokens: 0,
      cacheWriteTokens: 2750,
    },
    model: 'claude-sonnet-4-6',
  },
  'google/pydantic--test_structured_output--test_native_output_with_function_tools_stream.1.sse': {
    wire: 'gemini',
    text: '{\n  "city": "Mexico City",\n  "country": "Mexico"\n} ',
    finish: 'stop',
    usage: { inputTokens: 128, outputTokens: 51, totalTokens: 179, reasoningTokens: 30 },
    model: 'gemini-3-flash-preview',
  },
  'google/llm--test_gemini--test_prompt_with_multiple_dogs.json': {
    wire: 'gemini',
    text: { length: 366, sha256: '2b1d85be1a7fee90' },
    reasoning: { length: 628, sha256: 'dfd7aee2cfbe6068' },
    finish: 'stop',
    usage: { inputTokens: 6, outputTokens: 635, totalTokens: 641, reasoningTokens: 570 },
    model: 'gemini-3.6-flash',
  },
  'google/google-stream-tool-call-arguments.sse': {
    wire: 'gemini',
    calls: [
      ['getWeather', '{"location":"Boston"}'],
      ['getWeather', '{"location":"San Francisco"}'],
    ],
    finish: 'tool-calls',
    usage: { inputTokens: 26, outputTokens: 155, totalTokens: 181, reasoningTokens: 132 },
    model: 'gemini-3.1-pro-preview',
  },
  'google/google-tool-call-gemini3.sse': {
    wire: 'gemini',
    calls: [['weather', '{"location":"San Francisco"}']],
    finish: 'tool-calls',
    usage: { inputTokens: 29, outputTokens: 819, totalTokens: 848, reasoningTokens: 804 },
    model: 'gemini-3-pro-preview',
    answerTool: 'weather',
  },
  'groq/pydantic--test_groq--test_tool_use_failed_error_streaming.0.sse': {
    wire: 'openai-chat',
    reasoning: { length: 412, sha256: '42abcfd444c13a25' },
    model: 'openai/gpt-oss-120b',
    error: { code: 'provider_error', message: 'get_something_by_name', status: 400 },
  },
  'openrouter/pydantic--test_openrouter--test_openrouter_stream_error.sse': {
    wire: 'openai-chat',
    reasoning: 'We need to respond to a greeting. The user',
    finish: 'length',
    usage: { inputTokens: 43, outputTokens: 10, totalTokens: 53, reasoningTokens: 11, cachedInputTokens: 0 },
    model: 'minimax/minimax-m2:free',
    error: { code: 'provider_error', message: 'Token limit reached', status: 400 },
  },
  'mistral/mistral-tool-call.sse': {
    wire: 'openai-chat',
    calls: [['weather', '{"location": "San Francisco"}']],
    finish: 'tool-calls',
    usage: { inputTokens: 124, outputTokens: 22, totalTokens: 146 },
    model: 'mistral-small-latest',
    answerTool: 'weather',
  },
  'mistral/mistral-incremental-tool-call.sse': {
    wire: 'openai-chat',
    calls: [['webSearchTool', '{"query": "current Berlin weather"}']],
    finish: 'tool-calls',
    usage: { inputTokens: 171, outputTokens: 14, totalTokens: 185, cachedInputTokens: 128 },
    model: 'zai-glm-5-2',
  },
  'openai-compatible/anthropic-fallback-tool-call.sse': {
    wire: 'openai-chat',
    text: 'Reading it.',
    calls: [['read_file', '{"path": "a.txt"}']],
    finish: 'tool-calls',
    model: 'claude-haiku-4-5-20251001',
  },
  'cerebras/cererebras-structured-output-tools.1.part2.sse': {
    wire: 'openai-chat',
    text: '{"result": "2026"}',
    reasoning: { length: 461, sha256: '3f7580c61bb0db79' },
    calls: [['nonUsefulTool', '{}']],
    finish: 'tool-calls',
    usage: { inputTokens: 433, outputTokens: 122, totalTokens: 555, reasoningTokens: 108, cachedInputTokens: 256 },
    model: 'zai-glm-4.7',
  },
  'deepseek/deepseek-tool-call.sse': {
    wire: 'openai-chat',
    reasoning: { length: 191, sha256: 'e9e5190a993cf891' },
    calls: [['weather', '{"location": "San Francisco"}']],
    finish: 'tool-calls',
    usage: { inputTokens: 339, outputTokens: 83, totalTokens: 422, reasoningTokens: 39, cachedInputTokens: 320 },
    model: 'deepseek-reasoner',
    answerTool: 'weather',
  },
}
