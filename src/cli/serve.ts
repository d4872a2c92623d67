import { appendFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Reply } from '../testing/index.ts'
import { startProviderServer } from '../testing/index.ts'
import { numberOf, readArguments } from './arguments.ts'
import type { Console } from './console.ts'
import { withInterrupt } from './console.ts'
import { plain } from './view/sanitize.ts'

/** `structstream serve`: the provider server, until Ctrl-C. */
export async function serve(args: string[], { stdout, cwd }: Console): Promise<void> {
  const { options } = readArguments(args, {
    port: 'string',
    host: 'string',
    text: 'string',
    recording: 'string',
    'tokens-per-second': 'string',
    'first-delta-ms': 'string',
    record: 'string',
  })
  const tokensPerSecond = numberOf('tokens-per-second', options['tokens-per-second'])
  const firstDeltaMs = numberOf('first-delta-ms', options['first-delta-ms'])
  const reply: Reply = {
    ...(options.text === undefined ? {} : { text: options.text }),
    ...(options.recording === undefined ? {} : { recording: options.recording }),
  }
  await using server = await startProviderServer({
    respond: reply,
    port: numberOf('port', options.port) ?? 0,
    ...(options.host === undefined ? {} : { host: options.host }),
    latency: {
      ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
      ...(firstDeltaMs === undefined ? {} : { firstDeltaMs }),
    },
    onRequest: (request) => {
      if (options.record !== undefined) {
        const { method, path, wire, body } = request
        // Headers hold keys.
        appendFileSync(resolve(cwd, options.record), `${JSON.stringify({ method, path, wire, body })}\n`)
      }
      const model = typeof request.body['model'] === 'string' ? plain(request.body['model']) : ''
      stdout.write(`${request.method} ${plain(request.path)} ${request.wire} ${model}\n`)
    },
  })
  stdout.write(`OpenAI     ${server.openaiBaseURL}
Azure      ${server.azureEndpoint}
Anthropic  ${server.anthropicBaseURL}
Gemini     ${server.geminiBaseURL}
Ollama     ${server.ollamaHost}
Any key will do. Stop with Ctrl-C.
`)
  await withInterrupt(
    (signal) => new Promise<void>((stop) => signal.addEventListener('abort', () => stop(), { once: true })),
  )
}
