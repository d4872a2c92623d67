import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json as readJson } from 'node:stream/consumers'
import { serve as serveHono } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { H3, serve as serveH3 } from 'h3'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Model } from '../../../src/models/model.ts'
import { simulate } from '../../../src/models/simulate/index.ts'
import { runStream } from '../../../src/run-stream.ts'
import type { StructuredStream } from '../../../src/stream/structured-stream.ts'
import { connect } from '../../../src/web/client/index.ts'
import { pipeToNode, toResponse } from '../../../src/web/server/index.ts'
import { collect, until } from '../loopback.ts'

const City = z.object({ name: z.string(), people: z.int(), rivers: z.array(z.string()) })
const city = { name: 'Zürich', people: 440_000, rivers: ['Limmat', 'Sihl'] }

type Begin = (prompt: string) => StructuredStream<typeof City>
interface Server {
  port: number
  close: () => unknown
}

const frameworks: Record<string, (begin: Begin) => Promise<Server>> = {
  async 'node:http'(begin) {
    const server = createServer((request, response) => {
      void readJson(request).then((body) => pipeToNode(begin((body as { prompt: string }).prompt), response))
    })
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    return { port: (server.address() as AddressInfo).port, close: () => server.close() }
  },
  async express(begin) {
    const app = express()
    app.use(express.json())
    app.post('/', (request, response) => pipeToNode(begin((request.body as { prompt: string }).prompt), response))
    const server = await new Promise<ReturnType<typeof app.listen>>((ready) => {
      const listening = app.listen(0, '127.0.0.1', () => ready(listening))
    })
    return { port: (server.address() as AddressInfo).port, close: () => server.close() }
  },
  async fastify(begin) {
    const app = fastify({ forceCloseConnections: true })
    app.post('/', async (request, reply) => {
      reply.hijack()
      await pipeToNode(begin((request.body as { prompt: string }).prompt), reply.raw)
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: (app.server.address() as AddressInfo).port, close: () => app.close() }
  },
  async hono(begin) {
    const app = new Hono()
    app.post('/', async (context) => toResponse(begin((await context.req.json<{ prompt: string }>()).prompt)))
    return await new Promise<Server>((ready) => {
      const server = serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
        ready({ port, close: () => server.close() }),
      )
    })
  },
  async h3(begin) {
    const app = new H3()
    app.post('/', async (event) => toResponse(begin(((await event.req.json()) as { prompt: string }).prompt)))
    const server = serveH3(app, { port: 0, hostname: '127.0.0.1', silent: true })
    await server.ready()
    return { port: Number(new URL(server.url!).port), close: () => server.close(true) }
  },
}

describe.each(Object.keys(frameworks))('%s', (name) => {
  const start = frameworks[name]!

  test('streams to the client, and stops the model when the client goes', async () => {
    let isGone = false
    const prompts: string[] = []
    const stalling: Model = {
      ...simulate(),
      async *stream(_, signal) {
        yield { type: 'text-delta', text: '{"name":"Zü' }
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        isGone = true
      },
    }
    const server = await start((prompt) => {
      prompts.push(prompt)
      const model = prompt === 'stall' ? stalling : simulate({ response: city, chunkSize: 3, delayMs: 1 })
      // Only the client's going may stop it.
      return runStream(prompt, City, { model, linger: Infinity })
    })
    try {
      const url = `http://127.0.0.1:${server.port}/`
      await using stream = connect(url, City, { body: { prompt: 'a city' } })
      const { items } = await collect(stream.streamPartial())
      expect(items.length).toBeGreaterThan(3)
      expect(await stream.getData()).toEqual(city)

      const stalled = connect(url, City, { body: { prompt: 'stall' } })
      expect((await stalled.streamPartial().next()).value).toEqual({ name: 'Zü' })
      stalled.abort()
      await until(() => isGone)
      expect(prompts).toEqual(['a city', 'stall'])
    } finally {
      await server.close()
    }
  })
})
