import { StructStreamError } from '../../errors.ts'
import { Timer } from '../../async/timer.ts'
import type { StructuredStream } from '../../stream/structured-stream.ts'
import { headersOf, Connection } from './connection.ts'
import type { ServerOptions } from './server-options.ts'

/**
 * Returns a stream as a Web `Response`, for Hono, Next.js route handlers, h3, Deno, Bun and edge workers. When the
 * client leaves, the model is stopped, unless the stream has another reader.
 *
 * @throws `bad_options`, and the stream is stopped; what goes wrong later is sent to the client
 * @example
 * app.post('/recipe', async (c) => toResponse(runStream(await c.req.text(), Recipe, { model })))
 */
export function toResponse<S>(stream: StructuredStream<S>, options: ServerOptions = {}): Response {
  const connection = Connection.open(stream, options, 'toResponse()')
  const { format, keepAlive } = connection
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
          const text = await connection.next()
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
        connection.leave()
      },
    },
    // Pulled only when the connection can take more: what comes meanwhile goes into one piece.
    { highWaterMark: 0 },
  )
  try {
    return new Response(body, { status: options.status ?? 200, headers: headersOf(format, options.headers) })
  } catch (cause) {
    connection.leave()
    throw new StructStreamError('bad_options', `The response could not be made: ${String(cause)}`, { cause })
  }
}
