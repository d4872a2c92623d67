import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { StructStreamError, type ErrorCode } from '../../../src/errors.ts'
import type { Model, ModelEvent } from '../../../src/models/model.ts'
import { runStream } from '../../../src/run-stream.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { resumable } from '../../../src/store/resumable.ts'
import type { StructuredStream } from '../../../src/stream/structured-stream.ts'
import { tool } from '../../../src/tool.ts'
import { toResponse, type FormatName } from '../../../src/web/server/index.ts'
import { Disclosure } from '../../../src/web/server/disclosure.ts'

/** Has the look of a key: no text that leaves the server may hold it. */
const KEY = 'sk-canary0123456789abcdef'
/** About the server's own matters: no error of the server's may hold it, unless `describeError` says so. */
const INNER = 'db.internal:5432 refused user hunter2'
const SECRET = `${INNER}, key ${KEY}`

const Note = z.object({
  note: z.string(),
  size: z.number().refine((size) => size < 10, `The size is wrong for ${KEY}`),
})
const good = JSON.stringify({ note: 'n', size: 1 })
const bad = JSON.stringify({ note: 'n', size: 100 })

/** A model that gives each list of events in turn; an error in a list is thrown. */
function scripted(...turns: (ModelEvent | Error)[][]): Model {
  let turn = 0
  return {
    provider: 'p',
    id: 'm',
    modes: ['json-schema', 'tool', 'json-object', 'prompt'],
    dialect: 'json-schema',
    async *stream() {
      for (const event of turns[Math.min(turn++, turns.length - 1)]!) {
        if (event instanceof Error) throw event
        yield event
      }
    },
  }
}
const text = (text: string): ModelEvent => ({ type: 'text-delta', text })
const stop: ModelEvent = { type: 'finish', reason: 'stop' }
const call: ModelEvent[] = [
  { type: 'tool-call-start', id: 'c1', name: 'look' },
  { type: 'tool-call-delta', id: 'c1', text: '{}' },
  { type: 'tool-call-end', id: 'c1' },
  { type: 'finish', reason: 'tool-calls' },
]
const look = tool({
  name: 'look',
  description: 'Looks',
  input: z.object({}),
  execute: () => {
    throw new Error(SECRET)
  },
})
const answer = [text(good), stop]

/** How each event type with a text about an error comes about. */
const cases: Record<string, () => StructuredStream<unknown>> = {
  error: () => runStream('p', Note, { model: scripted([new Error(SECRET)]) }),
  'error in the middle': () => runStream('p', Note, { model: scripted([text(good.slice(0, 9)), new Error(SECRET)]) }),
  'error of options': () => runStream('p', Note, { model: () => SECRET } as never),
  'error with issues': () => runStream('p', Note, { model: scripted([text(bad), stop]) }),
  restart: () => runStream('p', Note, { model: scripted([text(bad), stop], answer), onInvalid: 'restart' }),
  recover: () =>
    runStream('p', Note, {
      model: scripted(
        [text('{"note":"n","size"'), new StructStreamError('connection_lost', SECRET, { cause: new Error(SECRET) })],
        answer,
      ),
      recover: true,
    }),
  patch: () =>
    runStream('p', Note, { model: scripted([text(bad), stop], [text('{"size":1}'), stop]), onInvalid: 'patch' }),
  'tool-result': () => runStream('p', Note, { model: scripted(call, answer), tools: [look] }),
  tool_failed: () =>
    runStream('p', Note, {
      model: scripted(call, answer),
      tools: [look],
      approve: () => {
        throw new Error(SECRET)
      },
    }),
}
const formats: FormatName[] = ['sse', 'ndjson', 'text', 'ui-message', 'ag-ui']

async function sent(stream: StructuredStream<unknown>, options: object): Promise<string> {
  const reader = toResponse(stream, { onError: () => {}, ...options }).body!.getReader()
  const decoder = new TextDecoder()
  let all = ''
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) all += decoder.decode(step.value)
  } catch {
    // `text` has no words for an error: the connection is cut.
  }
  return all
}

describe.each(Object.entries(cases))('%s', (name, make) => {
  test.each(formats)('no key and no inner text leaves the server as %s', async (format) => {
    const all = await sent(make(), { format })
    expect(all).not.toContain(KEY)
    expect(all).not.toContain('hunter2')
  })

  test.each(formats)('no key leaves the server as %s, even if describeError gives the message', async (format) => {
    const all = await sent(make(), { format, describeError: ({ message }: StructStreamError) => message })
    expect(all).not.toContain(KEY)
  })

  test('no key and no inner text is stored, and describeError decides before that', async () => {
    const stored = async (options: object): Promise<string> => {
      const store = memoryStore()
      const streams = resumable(store, options)
      const { id } = await streams.start(undefined, make)
      await streams.idle()
      const { events } = (await store.read(id, 0, 10_000))!
      await store[Symbol.asyncDispose]()
      return events.map(({ data }) => data).join('\n')
    }
    const all = await stored({})
    expect(all).not.toContain(KEY)
    expect(all).not.toContain('hunter2')
    const described = await stored({ describeError: () => `Sorry, ${KEY}` })
    expect(described).not.toContain(KEY)
    if (name !== 'patch') expect(described).toContain('Sorry, [redacted]')
  })
})

describe('what describeError is given and gives', () => {
  const failing = () => runStream('p', Note, { model: scripted([new Error(SECRET, { cause: 'the cause' })]) })

  test('it gets the whole error, and its answer is sent', async () => {
    const seen: StructStreamError[] = []
    const all = await sent(failing(), {
      describeError: (error: StructStreamError) => {
        seen.push(error)
        return `Code ${error.code}`
      },
    })
    expect(all).toContain('"message":"Code provider_error"')
    expect(seen[0]).toBeInstanceOf(StructStreamError)
    expect(seen[0]?.message).toContain(INNER)
    expect(seen[0]?.cause).toBeDefined()
  })

  test.each([undefined, 7, null])('%j stands for the general sentence', async (given) => {
    expect(await sent(failing(), { describeError: () => given })).toContain('The model provider returned an error.')
  })

  test('a describeError that throws gives the general sentence', async () => {
    const all = await sent(failing(), {
      describeError: () => {
        throw new Error(SECRET)
      },
    })
    expect(all).toContain('The model provider returned an error.')
  })

  const inner: ErrorCode[] = [
    'no_model',
    'bad_options',
    'unsupported_schema',
    'provider_error',
    'rate_limited',
    'connection_lost',
    'tool_failed',
  ]
  const open: ErrorCode[] = [
    'timeout',
    'aborted',
    'truncated',
    'refused',
    'content_filtered',
    'no_json',
    'malformed_json',
    'invalid_data',
    'limit_exceeded',
    'gap',
    'lost',
    'expired',
  ]
  test.each(inner)('%s is sent as a general sentence', (code) => {
    const { message } = new Disclosure(undefined).error(new StructStreamError(code, INNER))
    expect(message).not.toContain('hunter2')
    expect(message.length).toBeGreaterThan(10)
  })
  test.each(open)('%s is sent with its own message', (code) => {
    expect(new Disclosure(undefined).error(new StructStreamError(code, 'Why')).message).toBe('Why')
    const general = new Disclosure(() => undefined).error(new StructStreamError(code, 'Why')).message
    expect(general).not.toBe('Why')
  })

  test('keys of the model in an issue’s value are kept as own keys, and texts in it are redacted', () => {
    const value = JSON.parse(`{"__proto__":{"a":"${KEY}"},"b":["${KEY}"]}`)
    const [issue] = new Disclosure(undefined).issues([{ path: [], code: 'c', message: KEY, value }])
    expect(JSON.stringify(issue)).not.toContain(KEY)
    expect(Object.keys(issue!.value as object)).toEqual(['__proto__', 'b'])
  })
})

describe('who hears of a failed run', () => {
  const failing = () => runStream('p', Note, { model: scripted([new Error(SECRET)]) })

  test('onError hears of it once, with the whole error, however many connections there are', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const heard: StructStreamError[] = []
    const stream = failing()
    const options = { onError: (one: StructStreamError) => void heard.push(one) }
    await Promise.all([sent(stream, options), sent(stream, options), sent(stream, { ...options, format: 'ndjson' })])
    expect(heard.map(({ code }) => code)).toEqual(['provider_error'])
    expect(heard[0]?.message).toContain(INNER)
    expect(error).not.toHaveBeenCalled()
    error.mockRestore()
  })

  test('without onError one line is printed, without a key', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    await sent(failing(), { onError: undefined })
    expect(error).toHaveBeenCalledTimes(1)
    expect(error.mock.calls[0]).toEqual([expect.stringMatching(/^structstream: [^\n]*provider_error[^\n]*$/)])
    expect(JSON.stringify(error.mock.calls)).not.toContain(KEY)
    error.mockRestore()
  })

  test('a client that leaves, and a success, print nothing', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const slow: Model = {
      ...scripted([]),
      async *stream(_, signal) {
        yield text('{"note":')
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      },
    }
    const stream = runStream('p', Note, { model: slow })
    const reader = toResponse(stream).body!.getReader()
    await reader.read()
    await reader.cancel()
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
    await sent(runStream('p', Note, { model: scripted(answer) }), { onError: undefined })
    expect(error).not.toHaveBeenCalled()
    error.mockRestore()
  })

  test('an onError that throws does no harm', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const all = await sent(failing(), {
      onError: () => {
        throw new Error('mine')
      },
    })
    expect(all).toContain('"type":"error"')
    expect(error).toHaveBeenCalledTimes(1)
    error.mockRestore()
  })
})
