import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { RefusedRequest } from './refusal.ts'

/**
 * The checked body of a request.
 * @param largest bytes
 * @throws {@link RefusedRequest} 400, 413 or 415, that says what was expected and what came
 */
export async function readRequest<T>(request: IncomingMessage, schema: z.ZodType<T>, largest: number): Promise<T> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  // A foreign page can send anything else without asking first.
  if (type !== 'application/json')
    throw new RefusedRequest(415, `Expected application/json, got ${type || 'no content type'}.`)
  const text = await readText(request, largest)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new RefusedRequest(400, 'The request is not JSON.')
  }
  const checked = schema.safeParse(body)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  const place = issue === undefined || issue.path.length === 0 ? 'The request' : `"${issue.path.join('.')}"`
  throw new RefusedRequest(400, `${place} is wrong: ${issue?.message ?? 'it does not fit'}.`)
}

async function readText(request: IncomingMessage, largest: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largest) throw new RefusedRequest(413, `The request has more than ${largest} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
