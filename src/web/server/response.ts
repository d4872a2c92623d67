import { Timer } from '../../async/timer.ts'
import type { StructuredStream } from '../../stream/structured-stream.ts'
import { headersOf, Connection, type ServerOptions } from './connection.ts'

/**
 * A stream as a Web `Response`, for Hono, Next.js route handlers, h3, Deno, Bun and edge workers. When the client goes,
 * the model is stopped, unless somebody else reads the stream too.
 *
 * @throws `bad_options`; everything that goes wrong later is told to the client
 * @example
 * app.post('/recipe', async (c) => toResponse(runStream(await c.req.text(), Recipe, { model })))
 */
export function toResponse<S>(stream: StructuredStream<S>, options: ServerOptions = {}): Response {
  const serving = new Connection(stream, options)
  const { format, keepAlive } = serving
  const encoder = new TextEncoder()
  const silence = new Timer()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const wait = (): void => {
          silence.start(keepAlive, () => {
            controller.enqueue(encoder.encode(format.keepAlive))
            wait()
          })
        }
        if (format.keepAlive !== undefined) wait()
        try {
          const text = await serving.next()
          if (text === undefined) controller.close()
          else controller.enqueue(encoder.encode(text))
        } catch (error) {
          controller.error(error)
        } finally {
          silence.stop()
        }
      },
      cancel() {
        silence.stop()
        serving.leave()
      },
    },
    // Pulled only when the connection can take more: what comes meanwhile goes into one piece.
    { highWaterMark: 0 },
  )
  return new Response(body, { status: options.status ?? 200, headers: headersOf(format, options.headers) })
}
