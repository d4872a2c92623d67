import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { Ollama } from 'ollama'
import OpenAI, { AzureOpenAI } from 'openai'
import { expect, test } from 'vitest'
import type { ProviderServer, Reply } from '../../src/testing/index.ts'
import { startProviderServer } from '../../src/testing/index.ts'

/** What came of one request through a provider's own SDK, read raw. */
interface Seen {
  text: string
  reasoning: string
  refusal: string
  calls: { name: string; arguments: unknown }[]
  finish: string | null | undefined
  usage: { input?: number | undefined; output?: number | undefined }
  model: string | undefined
}

interface Ask {
  schema?: object
  /** Forces this tool. */
  tool?: string
}

interface Client {
  name: string
  stream(server: ProviderServer, ask: Ask): Promise<Seen>
  /** The wire's words for stop, length, tool call, forced tool. */
  words: { stop: string; length: string; call: string; forced: string }
}

const nothing = (): Seen => ({
  text: '',
  reasoning: '',
  refusal: '',
  calls: [],
  finish: undefined,
  usage: {},
  model: undefined,
})
const parameters = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }

async function readChat(client: OpenAI, ask: Ask): Promise<Seen> {
  const seen = nothing()
  const stream = await client.chat.completions.create({
    model: 'm',
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: 'hi' }],
    ...(ask.schema
      ? { response_format: { type: 'json_schema' as const, json_schema: { name: 'x', schema: { ...ask.schema } } } }
      : {}),
    ...(ask.tool
      ? {
          tools: [{ type: 'function' as const, function: { name: ask.tool, parameters } }],
          tool_choice: { type: 'function' as const, function: { name: ask.tool } },
        }
      : {}),
  })
  const args: string[] = []
  for await (const chunk of stream) {
    seen.model = chunk.model || seen.model
    if (chunk.usage) seen.usage = { input: chunk.usage.prompt_tokens, output: chunk.usage.completion_tokens }
    const choice = chunk.choices[0]
    if (!choice) continue
    seen.finish = choice.finish_reason ?? seen.finish
    seen.text += choice.delta.content ?? ''
    seen.refusal += choice.delta.refusal ?? ''
    seen.reasoning += (choice.delta as { reasoning_content?: string }).reasoning_content ?? ''
    for (const call of choice.delta.tool_calls ?? []) {
      if (call.function?.name) seen.calls[call.index] = { name: call.function.name, arguments: undefined }
      args[call.index] = (args[call.index] ?? '') + (call.function?.arguments ?? '')
    }
  }
  seen.calls.forEach((call, index) => (call.arguments = JSON.parse(args[index]!)))
  return seen
}

const clients: Client[] = [
  {
    name: 'openai chat',
    words: { stop: 'stop', length: 'length', call: 'tool_calls', forced: 'stop' },
    stream: (server, ask) => readChat(new OpenAI({ baseURL: server.openaiBaseURL, apiKey: 'k' }), ask),
  },
  {
    name: 'azure chat',
    words: { stop: 'stop', length: 'length', call: 'tool_calls', forced: 'stop' },
    stream: (server, ask) =>
      readChat(
        new AzureOpenAI({ endpoint: server.azureEndpoint, deployment: 'm', apiVersion: '2024-10-21', apiKey: 'k' }),
        ask,
      ),
  },
  {
    name: 'openai responses',
    words: { stop: 'completed', length: 'max_output_tokens', call: 'completed', forced: 'completed' },
    async stream(server, ask) {
      const client = new OpenAI({ baseURL: server.openaiBaseURL, apiKey: 'k' })
      const seen = nothing()
      const stream = await client.responses.create({
        model: 'm',
        input: 'hi',
        stream: true,
        ...(ask.schema
          ? { text: { format: { type: 'json_schema' as const, name: 'x', schema: { ...ask.schema } } } }
          : {}),
        ...(ask.tool
          ? {
              tools: [{ type: 'function' as const, name: ask.tool, parameters, strict: false }],
              tool_choice: { type: 'function' as const, name: ask.tool },
            }
          : {}),
      })
      let sequence = 0
      for await (const event of stream) {
        expect(event.sequence_number).toBe(sequence++)
        if (event.type === 'response.output_text.delta') seen.text += event.delta
        else if (event.type === 'response.refusal.delta') seen.refusal += event.delta
        else if (event.type === 'response.reasoning_summary_text.delta') seen.reasoning += event.delta
        else if (event.type === 'response.output_item.done' && event.item.type === 'function_call') {
          seen.calls.push({ name: event.item.name, arguments: JSON.parse(event.item.arguments) })
        } else if (event.type === 'response.completed' || event.type === 'response.incomplete') {
          seen.finish = event.response.incomplete_details?.reason ?? event.response.status
          seen.model = event.response.model
          seen.usage = { input: event.response.usage?.input_tokens, output: event.response.usage?.output_tokens }
        }
      }
      return seen
    },
  },
  {
    name: 'anthropic',
    words: { stop: 'end_turn', length: 'max_tokens', call: 'tool_use', forced: 'tool_use' },
    async stream(server, ask) {
      const client = new Anthropic({ baseURL: server.anthropicBaseURL, apiKey: 'k' })
      const seen = nothing()
      const stream = await client.messages.create({
        model: 'm',
        max_tokens: 100,
        stream: true,
        messages: [{ role: 'user', content: 'hi' }],
        ...(ask.schema
          ? { output_config: { format: { type: 'json_schema' as const, schema: { ...ask.schema } } } }
          : {}),
        ...(ask.tool
          ? {
              tools: [{ name: ask.tool, input_schema: { ...parameters, type: 'object' as const } }],
              tool_choice: { type: 'tool' as const, name: ask.tool },
            }
          : {}),
      })
      const args = new Map<number, string>()
      const names = new Map<number, string>()
      for await (const event of stream) {
        if (event.type === 'message_start') {
          seen.model = event.message.model
          seen.usage.input = event.message.usage.input_tokens
        } else if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') {
          names.set(event.index, event.content_block.name)
        } else if (event.type === 'content_block_delta') {
          if (event.delta.type === 'text_delta') seen.text += event.delta.text
          else if (event.delta.type === 'thinking_delta') seen.reasoning += event.delta.thinking
          else if (event.delta.type === 'input_json_delta') {
            args.set(event.index, (args.get(event.index) ?? '') + event.delta.partial_json)
          }
        } else if (event.type === 'message_delta') {
          seen.finish = event.delta.stop_reason
          seen.usage.output = event.usage.output_tokens
        }
      }
      seen.calls = [...names].map(([index, name]) => ({ name, arguments: JSON.parse(args.get(index)!) }))
      return seen
    },
  },
  {
    name: 'gemini',
    words: { stop: 'STOP', length: 'MAX_TOKENS', call: 'STOP', forced: 'STOP' },
    async stream(server, ask) {
      const client = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: server.geminiBaseURL } })
      const seen = nothing()
      const stream = await client.models.generateContentStream({
        model: 'm',
        contents: 'hi',
        config: {
          ...(ask.schema ? { responseMimeType: 'application/json', responseJsonSchema: ask.schema } : {}),
          ...(ask.tool
            ? {
                tools: [{ functionDeclarations: [{ name: ask.tool, parametersJsonSchema: parameters }] }],
                toolConfig: { functionCallingConfig: { mode: 'ANY' as never, allowedFunctionNames: [ask.tool] } },
              }
            : {}),
        },
      })
      for await (const chunk of stream) {
        seen.model = chunk.modelVersion
        seen.finish = chunk.candidates?.[0]?.finishReason ?? seen.finish
        const { promptTokenCount, candidatesTokenCount = 0, thoughtsTokenCount = 0 } = chunk.usageMetadata ?? {}
        seen.usage = { input: promptTokenCount, output: candidatesTokenCount + thoughtsTokenCount }
        for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
          if (part.functionCall) seen.calls.push({ name: part.functionCall.name!, arguments: part.functionCall.args })
          else if (part.thought) seen.reasoning += part.text ?? ''
          else seen.text += part.text ?? ''
        }
      }
      return seen
    },
  },
  {
    name: 'ollama',
    words: { stop: 'stop', length: 'length', call: 'stop', forced: 'stop' },
    async stream(server, ask) {
      const client = new Ollama({ host: server.ollamaHost })
      const seen = nothing()
      const stream = await client.chat({
        model: 'm',
        stream: true,
        messages: [{ role: 'user', content: 'hi' }],
        ...(ask.schema ? { format: ask.schema } : {}),
      })
      for await (const row of stream) {
        seen.model = row.model
        seen.text += row.message.content
        seen.reasoning += row.message.thinking ?? ''
        for (const call of row.message.tool_calls ?? []) seen.calls.push({ ...call.function })
        if (row.done) {
          seen.finish = row.done_reason
          seen.usage = { input: row.prompt_eval_count, output: row.eval_count }
        }
      }
      return seen
    },
  },
]

const text = '{"a":"x","ä":"über 日本 🙂","list":[1,2,3]}'

for (const client of clients) {
  const ask = async (reply: Reply, what: Ask = {}): Promise<Seen> => {
    await using server = await startProviderServer({ respond: reply })
    const seen = await client.stream(server, what)
    expect(server.requests).toHaveLength(1)
    return seen
  }

  test(`${client.name}: text, finish, usage and model`, async () => {
    const usage = { inputTokens: 11, outputTokens: 22 }
    const seen = await ask({ text, usage, model: 'other' })
    expect(seen.text).toBe(text)
    expect(seen.finish).toBe(client.words.stop)
    expect(seen.usage).toEqual({ input: 11, output: 22 })
    expect(seen.model).toBe('other')
  })

  test(`${client.name}: any chunking, byte by byte and split inside UTF-8`, async () => {
    for (const chunking of [7, [1, 9], 'byte'] as const) {
      expect((await ask({ text, chunking, seed: 7 })).text).toBe(text)
    }
    expect((await ask({ text, faults: { splitUtf8: true } })).text).toBe(text)
    expect((await ask({ text, faults: { writeBytes: 3 } })).text).toBe(text)
    expect((await ask({ deltas: ['one', 'two', 'three'] })).text).toBe('onetwothree')
  })

  test(`${client.name}: finish reason length`, async () => {
    expect((await ask({ text, finish: 'length' })).finish).toBe(client.words.length)
  })

  test(`${client.name}: reasoning stays apart`, async () => {
    const seen = await ask({ text, reasoning: 'Let me think about that.' })
    expect(seen.reasoning).toBe('Let me think about that.')
    expect(seen.text).toBe(text)
  })

  test(`${client.name}: tool calls`, async () => {
    const toolCalls = [
      { name: 'one', arguments: { city: 'Zürich' } },
      { name: 'two', arguments: '{"n": 2}' },
    ]
    const seen = await ask({ toolCalls })
    expect(seen.calls).toEqual([
      { name: 'one', arguments: { city: 'Zürich' } },
      { name: 'two', arguments: { n: 2 } },
    ])
    expect(seen.finish).toBe(client.words.call)
  })

  test(`${client.name}: a schema without a text gets data that fits`, async () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string', maxLength: 20 }, age: { type: 'integer', minimum: 7 } },
      required: ['name'],
    }
    const value = JSON.parse((await ask({}, { schema })).text) as { name: string; age: number }
    expect(Object.keys(value)).toEqual(['name', 'age'])
    expect(value.name.length).toBeGreaterThan(0)
    expect(value.age).toBeGreaterThanOrEqual(7)
  })

  test(`${client.name}: keep-alive traffic change nothing`, async () => {
    expect((await ask({ text, pings: 2 })).text).toBe(text)
  })

  // Ollama has no way to force a tool.
  if (client.name === 'ollama') continue
  test(`${client.name}: a forced tool carries the text`, async () => {
    const seen = await ask({ text }, { tool: 'answer' })
    expect(seen.calls).toEqual([{ name: 'answer', arguments: JSON.parse(text) }])
    expect(seen.text).toBe('')
    expect(seen.finish).toBe(client.words.forced)
    const sampled = await ask({}, { tool: 'answer' })
    expect(sampled.calls).toEqual([{ name: 'answer', arguments: { a: expect.any(String) } }])
  })
}
