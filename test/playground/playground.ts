import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PlayRequest } from '../../playground/protocol.ts'
import { startPlayground, type Playground, type PlayOptions } from '../../playground/server.ts'
import type { StructuredStream } from '../../src/stream/structured-stream.ts'

/** A request as the page sends it, with other settings. */
export function wish(change: Partial<PlayRequest> = {}, model: object = {}): PlayRequest {
  return {
    prompt: 'A film, please',
    schema: 'movie',
    model: { kind: 'simulated', speed: 1_000, chunk: 20, fault: 'none', reasoning: false, ...model } as never,
    onInvalid: 'collect',
    recover: false,
    repair: true,
    ...change,
  }
}

/** A playground with a page of two files, and the runs that it has started. */
export interface Served extends Playground {
  readonly runs: StructuredStream<unknown>[]
}

export async function serve(options: Partial<PlayOptions> = {}): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'playground-'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Page</title>')
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'assets', 'app-1a2b.js'), 'export {}')
  const runs: StructuredStream<unknown>[] = []
  const playground = await startPlayground({
    folder,
    version: '1.2.3',
    env: {},
    onRun: (stream) => void runs.push(stream),
    ...options,
  })
  return {
    ...playground,
    runs,
    async [Symbol.asyncDispose]() {
      await playground[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A request with whatever headers: `fetch` does not let one choose Host and Origin. */
export function ask(
  { port }: { port: number },
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', path, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
    })
    request.on('error', reject)
    request.end(body)
  })
}
