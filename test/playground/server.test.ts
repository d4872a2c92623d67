import { expect, test } from 'vitest'
import { z } from 'zod'
import { MovieRecommendation, schemas } from '../../schemas/index.ts'
import { simulate } from '../../src/models/simulate/index.ts'
import { chosenSchema, initialSettings } from '../../playground/page/settings.ts'
import { LARGEST_BODY, LENGTH_HEADER, type PlayConfig } from '../../playground/protocol.ts'
import { jsonSchema } from '../../src/schema/index.ts'
import { connect } from '../../src/web/client/index.ts'
import { until } from '../web/loopback.ts'
import { ask, serve, wish } from './playground.ts'
import type { AnySchema } from '../../src/schema/types.ts'

const json = { 'content-type': 'application/json' }

test('serves its page, with headers that let nothing foreign in', async () => {
  await using playground = await serve()
  const page = await ask(playground, '/')
  expect(page).toMatchObject({ status: 200, text: '<!doctype html><title>Page</title>' })
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  const policy = String(page.headers['content-security-policy'])
  for (const rule of ["default-src 'self'", "script-src 'self'", "frame-ancestors 'none'", "trusted-types 'none'"])
    expect(policy).toContain(rule)
  expect(policy).not.toContain('unsafe')
  expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' })
  const script = await ask(playground, '/assets/app-1a2b.js')
  expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
  expect(script.headers['cache-control']).toContain('immutable')
  expect((await ask(playground, '/?x=1', { method: 'HEAD' })).text).toBe('')
})

test('there is nothing else, whatever the path, and each path has its methods', async () => {
  await using playground = await serve()
  for (const path of ['/nothing', '/assets/../../package.json', '/assets/%2e%2e/x', '/__proto__', '//', '/api/run/x']) {
    expect(await ask(playground, path)).toMatchObject({ status: 404 })
  }
  expect(await ask(playground, '/api/run')).toMatchObject({ status: 405, headers: { allow: 'POST' } })
  expect(await ask(playground, '/', { method: 'POST', body: 'x' })).toMatchObject({ status: 405 })
})

test('tells which providers have keys, and no key', async () => {
  await using playground = await serve({
    env: { ANTHROPIC_API_KEY: 'sk-secret', OPENAI_API_KEY: ' ' },
    model: { name: 'local', model: simulate() },
  })
  const { text } = await ask(playground, '/api/config')
  const config = JSON.parse(text) as PlayConfig
  expect(config).toMatchObject({ version: '1.2.3', model: 'local' })
  expect(config.providers.filter(({ isReady }) => isReady).map(({ name }) => name)).toEqual(['anthropic', 'ollama'])
  expect(text).not.toContain('sk-secret')
})

test('only its own page may ask: not another site, nor another name for this address', async () => {
  await using playground = await serve()
  const { port } = playground
  const here = `127.0.0.1:${port}`
  const send = (headers: Record<string, string>, path = '/api/run') =>
    ask(playground, path, {
      method: 'POST',
      headers: { ...json, host: here, ...headers },
      body: JSON.stringify(wish()),
    })
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `http://localhost:${port + 1}` },
    { origin: `https://${here}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: `http://${here}` },
    { host: `evil.example:${port}` },
    { host: `evil.example:${port}`, origin: `http://evil.example:${port}` },
    { host: 'a b' },
  ]
  for (const path of ['/api/run', '/api/judge', '/api/config', '/api/recording', '/', '/nothing'])
    for (const headers of foreign)
      expect(await send(headers, path), `${path} ${JSON.stringify(headers)}`).toMatchObject({ status: 403 })
  expect(await ask(playground, '/', { headers: { host: `evil.example:${port}` } })).toMatchObject({ status: 403 })
  expect(playground.runs).toEqual([])

  const own: Record<string, string>[] = [
    {},
    { origin: `http://${here}`, 'sec-fetch-site': 'same-origin' },
    { host: `localhost:${port}`, origin: `http://localhost:${port}` },
    { host: `[::1]:${port}`, origin: `http://[::1]:${port}` },
  ]
  for (const headers of own) expect(await send(headers), JSON.stringify(headers)).toMatchObject({ status: 200 })
  expect(playground.runs).toHaveLength(own.length)
})

test('a request that is wrong is refused in words, and nothing is run', async () => {
  await using playground = await serve()
  const post = (body: string, headers: Record<string, string> = json) =>
    ask(playground, '/api/run', { method: 'POST', headers, body })
  const bodies: [body: unknown, words: RegExp][] = [
    [{ ...wish(), schema: 'nothing' }, /"schema" is wrong/],
    [{ ...wish(), prompt: '  ' }, /"prompt" is wrong/],
    [{ ...wish(), onInvalid: 'ignore' }, /"onInvalid" is wrong/],
    [{ ...wish(), extra: 1 }, /extra/],
    [wish({}, { speed: 0 }), /"model.speed" is wrong/],
    [wish({}, { fault: '__proto__' }), /"model.fault" is wrong/],
    [{ ...wish(), model: { kind: 'other' } }, /"model/],
    [[], /request is wrong/],
    [{ ...wish(), model: { kind: 'real', name: 'nobody:x' } }, /Unknown model "nobody:x".*openai/],
    [{ ...wish(), model: { kind: 'real', name: 'openai:gpt' } }, /no key for openai. Set OPENAI_API_KEY/],
  ]
  for (const [body, words] of bodies) {
    const answer = await post(JSON.stringify(body))
    expect(answer).toMatchObject({ status: 400 })
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(answer.text).toMatch(words)
  }
  expect(await post('{"prompt":')).toMatchObject({ status: 400, text: 'The request is not JSON.' })
  // What a form of another site can send without being asked.
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', ''])
    expect(await post(JSON.stringify(wish()), type === '' ? {} : { 'content-type': type })).toMatchObject({
      status: 415,
    })
  const huge = JSON.stringify(wish({ prompt: 'x'.repeat(LARGEST_BODY) }))
  expect(await post(huge)).toMatchObject({ status: 413, headers: { connection: 'close' } })
  expect(playground.runs).toEqual([])
})

/** Asks as the page does. */
function page(playground: { url: string }, body: object, schema: AnySchema = MovieRecommendation, options = {}) {
  return connect<AnySchema>(`${playground.url}api/run`, schema, { body, ...options })
}

test('answers with a stream for the client, and says how long the answer would be', async () => {
  await using playground = await serve()
  let length = 0
  const given = async (...args: Parameters<typeof fetch>) => {
    const response = await fetch(...args)
    length = Number(response.headers.get(LENGTH_HEADER))
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
    return response
  }
  const stream = page(playground, wish({}, { reasoning: true }), undefined, { fetch: given })
  expect(JSON.parse(await stream.getText())).toEqual(schemas.movie.sample)
  expect(length).toBe(JSON.stringify(schemas.movie.sample).length)
})

test('every ready-made schema, with every fault that can be repaired, ends in its sample', async () => {
  await using playground = await serve()
  for (const name of Object.keys(schemas) as (keyof typeof schemas)[]) {
    const { schema, sample } = schemas[name] as { schema: z.ZodType; sample: unknown }
    for (const fault of ['none', 'sloppy', 'invalid', 'missing', 'cut', 'truncated'] as const) {
      const body = wish({ schema: name, onInvalid: 'patch', recover: true }, { fault, chunk: 200 })
      const stream = page(playground, body, schema)
      const { data, attempts, repairs } = await stream.getResult()
      const what = `${name}, ${fault}`
      expect(data, what).toEqual(sample)
      const isBad = fault !== 'none' && fault !== 'sloppy'
      expect(attempts.length > 1, what).toBe(isBad)
      if (fault === 'sloppy') expect(repairs.length, what).toBeGreaterThan(3)
    }
  }
}, 60_000)

test('each fault has its error where nothing repairs it', async () => {
  await using playground = await serve()
  const codes = {
    sloppy: 'malformed_json',
    invalid: 'invalid_data',
    missing: 'invalid_data',
    cut: 'connection_lost',
    truncated: 'truncated',
    refusal: 'refused',
    filtered: 'content_filtered',
    'rate-limited': 'rate_limited',
  } as const
  for (const [fault, code] of Object.entries(codes)) {
    const stream = page(playground, wish({ repair: false }, { fault }))
    await expect(stream.getData(), fault).rejects.toMatchObject({ code })
  }
})

test('a schema of the user’s own: made-up data that fit it, or the error that says what is wrong with it', async () => {
  await using playground = await serve()
  const own = { type: 'object', properties: { n: { type: 'integer' }, t: { const: '<b>' } }, required: ['n', 't'] }
  for (const fault of ['none', 'invalid', 'cut']) {
    const body = wish({ schema: own, onInvalid: 'patch', recover: true }, { fault })
    expect(await page(playground, body, jsonSchema(own)).getData()).toEqual({
      n: expect.any(Number) as number,
      t: '<b>',
    })
  }
  const bad = { type: 'object', properties: { x: { $ref: '#/nowhere' } } }
  await expect(page(playground, wish({ schema: bad }), jsonSchema(bad)).getData()).rejects.toMatchObject({
    code: 'unsupported_schema',
  })
})

test('a schema of the user’s own code checks on the server, and the page follows its JSON Schema', async () => {
  const Even = z.object({
    n: z.number().refine((n) => n % 2 === 0, 'odd'),
    at: z.string().transform((text) => text.length),
  })
  const model = {
    name: 'mine',
    model: simulate({
      responses: [
        { n: 2, at: 'now' },
        { n: 3, at: 'now' },
      ],
    }),
  }
  await using playground = await serve({ schema: { name: 'schemas.ts#Even', schema: Even }, model })
  const { schema } = JSON.parse((await ask(playground, '/api/config')).text) as PlayConfig
  expect(schema).toMatchObject({ name: 'schemas.ts#Even', jsonSchema: { properties: { n: { type: 'number' } } } })
  const body = wish({ schema: 'given', model: { kind: 'real', name: 'mine' } })
  const asPage = chosenSchema({ ...initialSettings, schema: 'given' }, schema).schema
  expect(await page(playground, body, asPage).getData()).toEqual({ n: 2, at: 'now' })
  const wrong = page(playground, body, asPage)
  await expect(wrong.getData()).rejects.toMatchObject({ code: 'invalid_data' })
  expect(wrong.issues).toMatchObject([{ path: ['n'], message: 'odd' }])

  await using other = await serve()
  expect(await ask(other, '/api/run', { method: 'POST', headers: json, body: JSON.stringify(body) })).toMatchObject({
    status: 400,
    text: 'The server was started without --schema.',
  })
})

test.each([
  ['a value that isn’t a schema', 5],
  ['what JSON cannot hold', z.object({ at: z.date() })],
])('%s is reported before anything is served', async (_, schema) => {
  await expect(serve({ schema: { name: 'x#y', schema: schema as never } })).rejects.toMatchObject({
    code: 'unsupported_schema',
  })
})

test('the model that the server was started with can be asked by its name', async () => {
  const model = simulate({ response: schemas.movie.sample })
  await using playground = await serve({ model: { name: 'mine', model } })
  expect(await page(playground, { ...wish(), model: { kind: 'real', name: 'mine' } }).getData()).toEqual(
    schemas.movie.sample,
  )
})

test('a consumer that leaves stops the model, and so does the end of the server', async () => {
  await using playground = await serve()
  const slow = wish({}, { speed: 20, chunk: 1 })
  const begun = async () => {
    const stream = page(playground, slow)
    await stream.streamText().next()
    return stream
  }
  const left = await begun()
  left.abort()
  await until(() => playground.runs[0]!.status === 'failed')
  await expect(playground.runs[0]!.getData()).rejects.toMatchObject({ code: 'aborted' })

  const cut = await begun()
  await playground[Symbol.asyncDispose]()
  await expect(cut.getData()).rejects.toMatchObject({ code: 'connection_lost' })
  await until(() => playground.runs[1]!.status === 'failed')
})

test('a page that is not built is reported', async () => {
  await expect(serve({ folder: '/nowhere/at/all' })).rejects.toThrow(/not built.*npm run build:play/)
})
