import { Timer } from '../../async/timer.ts'
import type { StructuredStream } from '../../stream/structured-stream.ts'
import { headersOf, Connection, type ServerOptions } from './connection.ts'

/** What is used of `ServerResponse` of `node:http`. */
export interface NodeResponse {
  readonly destroyed: boolean
  readonly headersSent: boolean
  writeHead(status: number, headers: Record<string, string>): unknown
  flushHeaders(): void
  write(text: string): boolean
  end(): unknown
  destroy(): unknown
  on(event: 'close' | 'drain' | 'error', listener: () => void): unknown
  off(event: 'close' | 'drain' | 'error', listener: () => void): unknown
}

/**
 * Writes a stream to a response of `node:http`, Express or Fastify (`reply.raw`, after `reply.hijack()`). When the client
 * goes, the model is stopped, unless somebody else reads the stream too.
 *
 * @returns when the response has ended or the client has gone
 * @throws `bad_options`; everything that goes wrong later is told to the client
 * @example
 * http.createServer((req, res) => pipeToNode(runStream(prompt, Recipe, { model }), res))
 */
export async function pipeToNode<S>(
  stream: StructuredStream<S>,
  response: NodeResponse,
  options: ServerOptions = {},
): Promise<void> {
  const serving = new Connection(stream, options)
  const { format, keepAlive } = serving
  const silence = new Timer()
  let isGone = response.destroyed
  let onDrain: (() => void) | undefined

  const wait = (): void => {
    if (format.keepAlive === undefined || isGone) return
    silence.start(keepAlive, () => {
      // A connection that takes nothing is not silent because of us.
      if (onDrain === undefined) response.write(format.keepAlive!)
      wait()
    })
  }
  const onClose = (): void => {
    isGone = true
    onDrain?.()
    serving.leave()
  }
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      onDrain = () => {
        onDrain = undefined
        response.off('drain', resume)
        resolve()
      }
      const resume = onDrain
      response.on('drain', resume)
    })
  // A socket that breaks also closes.
  const onError = (): void => {}

  if (isGone) return serving.leave()
  response.on('close', onClose)
  response.on('error', onError)
  try {
    if (!response.headersSent) response.writeHead(options.status ?? 200, headersOf(format, options.headers))
    response.flushHeaders()
    for (;;) {
      wait()
      const text = await serving.next()
      silence.stop()
      if (isGone) return
      if (text === undefined) break
      if (!response.write(text)) await drained()
      if (isGone) return
    }
    response.off('close', onClose)
    response.end()
  } catch {
    response.off('close', onClose)
    response.destroy()
  } finally {
    silence.stop()
    response.off('close', onClose)
    response.off('error', onError)
  }
}
