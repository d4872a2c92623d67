import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createSession, StructStreamError, tool, type Message } from '../src/index.ts'
import type { ModelRequest } from '../src/models/model.ts'
import { simulate } from '../src/models/simulate/index.ts'
import { drain, pushed, says, scripted, stop, text } from './stream/scripted.ts'

const Answer = z.object({ ok: z.boolean() })
const weather = tool({
  name: 'weather',
  input: z.object({ city: z.string() }),
  execute: ({ city }) => `Rain in ${city}`,
})
const call = { toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] }

/** Answers with how many messages it was given. */
const counting = () =>
  simulate({ response: ({ messages }: ModelRequest) => messages.map(({ role }) => role[0]).join('') })

const rolesOf = (messages: readonly Message[]): string => messages.map(({ role }) => role[0]).join('')

test('each turn gets what was said before it', async () => {
  const session = createSession({ model: counting(), system: 'Be brief.' })
  expect((await session.run('One')).data).toBe('su')
  expect((await session.run('Two')).data).toBe('suau')
  expect(await session.runStream('Three').getData()).toBe('suauau')
  // The system prompt belongs to the call, not to the history.
  expect(session.messages.map(({ content }) => content)).toEqual(['One', 'su', 'Two', 'suau', 'Three', 'suauau'])
})

test('messages are there as soon as the data are, and the list is a copy', async () => {
  const session = createSession({ model: counting() })
  const stream = session.runStream('One')
  await stream.getData()
  expect(session.messages).toHaveLength(2)
  for (const messages of [session.messages, await stream.getMessages()]) {
    messages.push({ role: 'user', content: 'not said' })
  }
  expect(session.messages).toHaveLength(2)
})

test('options: those of the turn count more than those of the session, and undefined is none', async () => {
  const session = createSession({ model: counting(), system: 'Be brief.', context: 1 })
  const long = await session.run('One', undefined, { system: 'Be long.', model: undefined })
  expect(long.data).toBe('su')
  const other = simulate({ response: 'other' })
  expect((await session.run('Two', undefined, { model: other })).data).toBe('other')
  // Added for this turn, and then part of what was said.
  const { data } = await session.run('Three', undefined, { messages: [{ role: 'assistant', content: 'An aside.' }] })
  expect(data).toBe('suauaau')
})

test('chunks tell the id of the session', async () => {
  const session = createSession({ model: simulate({ response: 'words' }), id: 'mine' })
  const { items } = await drain(session.runStream('?'))
  expect(new Set(items.map(({ sessionId }) => sessionId))).toEqual(new Set(['mine']))
  const ids = new Set(Array.from({ length: 50 }, () => createSession().id))
  expect(ids.size).toBe(50)
})

test('tools: calls and results are part of the history', async () => {
  const model = simulate({ responses: [call, { ok: true }, 'Because.'] })
  const session = createSession({ model, tools: [weather] })
  await session.run('Rain?', Answer)
  await session.run('Why?')
  expect(rolesOf(session.messages)).toBe('uataua')
  expect(session.messages[2]).toMatchObject({ role: 'tool', content: 'Rain in Oslo' })
})

describe('a turn that fails', () => {
  test.each<[string, Parameters<typeof simulate>[0]]>([
    ['a cut connection', { response: 'words', faults: [{ cutAt: 3 }] }],
    ['a status', { response: 'words', faults: [{ status: 500 }] }],
    ['a refusal', { response: 'words', faults: [{ refuse: 'No.' }] }],
    ['length', { response: 'words', faults: [{ finish: 'length' }] }],
  ])('%s: the history is as it was', async (_what, options) => {
    const session = createSession({ model: simulate(options), messages: [{ role: 'user', content: 'Hello' }] })
    await expect(session.run('One')).rejects.toBeInstanceOf(StructStreamError)
    expect(session.messages).toEqual([{ role: 'user', content: 'Hello' }])
    await session.run('Two')
    expect(session.messages.map(({ content }) => content)).toEqual(['Hello', 'Two', 'words'])
  })

  test('a wrong answer, and a wrong option', async () => {
    const session = createSession({ model: simulate({ response: { ok: 'no' } }) })
    await expect(session.run('One', Answer)).rejects.toMatchObject({ code: 'invalid_data' })
    await expect(session.run('One', Answer, { temprature: 1 } as never)).rejects.toMatchObject({ code: 'bad_options' })
    await expect(session.run('One', Answer, null as never)).rejects.toMatchObject({ code: 'bad_options' })
    expect(session.messages).toEqual([])
  })

  test('after tools have run: what they did is not forgotten', async () => {
    const model = simulate({ responses: [call, 'cut', 'Sunny.'], faults: [undefined, { cutAt: 1 }] })
    const session = createSession({ model, tools: [weather] })
    await expect(session.run('Rain?')).rejects.toMatchObject({ code: 'connection_lost' })
    expect(rolesOf(session.messages)).toBe('uat')
    await session.run('Well?')
    expect(rolesOf(session.messages)).toBe('uatua')
  })

  test('an abort while tools run: those that are done have their result, the others say that they were stopped', async () => {
    const seen: ModelRequest[] = []
    const hanging = tool({ name: 'hang', input: z.object({}), execute: () => new Promise(() => {}) })
    const model = simulate({
      responses: [
        {
          toolCalls: [
            { id: 'slow', name: 'hang' },
            { id: 'fast', name: 'weather', arguments: { city: 'Oslo' } },
          ],
        },
        (request: ModelRequest) => `${seen.push(request)}`,
      ],
    })
    const session = createSession({ model, tools: [weather, hanging] })
    const stream = session.runStream('Rain?')
    for await (const event of stream.streamEvents()) if (event.type === 'tool-result') break
    stream.abort()
    await expect(stream.getData()).rejects.toMatchObject({ code: 'aborted' })
    expect(rolesOf(session.messages)).toBe('uat')
    await session.run('And?')
    const told = seen[0]!.messages.map((message) =>
      'toolCallId' in message ? [message.toolCallId, message.content] : message.role,
    )
    expect(told).toEqual([
      'user',
      'assistant',
      ['fast', 'Rain in Oslo'],
      ['slow', '{"error":"The call was stopped before it had a result."}'],
      'user',
    ])
  })
})

describe('turns at the same time', () => {
  test('wait for each other, in the order in which they were asked for', async () => {
    const session = createSession({ model: counting() })
    const answers = await Promise.all([session.run('One'), session.run('Two'), session.run('Three')])
    expect(answers.map(({ data }) => data)).toEqual(['u', 'uau', 'uauau'])
    expect(session.messages.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual([
      'One',
      'Two',
      'Three',
    ])
  })

  test('a failed one does not hold up the next', async () => {
    const model = simulate({ response: 'words', faults: [{ status: 500 }] })
    const session = createSession({ model })
    const [first, second] = await Promise.allSettled([session.run('One'), session.run('Two')])
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
  })

  test('one that waits can be aborted, and its place is kept free of the others', async () => {
    const slow = pushed()
    const session = createSession({ model: slow.model })
    const first = session.runStream('One')
    const second = session.runStream('Two')
    const third = session.runStream('Three', undefined, { model: scripted(says('three')) })
    second.abort('changed my mind')
    await expect(second.getData()).rejects.toMatchObject({ code: 'aborted', cause: 'changed my mind' })
    await slow.push()
    // The first is still talking.
    expect(third.status).toBe('starting')
    await slow.push(text('one'), stop)
    await slow.end()
    expect(await first.getData()).toBe('one')
    expect(await third.getData()).toBe('three')
    expect(session.messages.map(({ content }) => content)).toEqual(['One', 'one', 'Three', 'three'])
  })

  test('the time of a turn counts from the call on', async () => {
    const session = createSession({ model: pushed().model })
    const first = session.runStream('One')
    await expect(session.run('Two', undefined, { timeout: 20 })).rejects.toMatchObject({ code: 'timeout' })
    first.abort()
  })
})

describe('saved as JSON', () => {
  test('and gone on with', async () => {
    const session = createSession({ model: simulate({ responses: [call, { ok: true }] }), tools: [weather] })
    await session.run('Rain?', Answer)
    const saved = JSON.parse(JSON.stringify(session)) as ReturnType<typeof session.toJSON>
    expect(Object.keys(saved)).toEqual(['id', 'messages'])
    const again = createSession({ ...saved, model: counting() })
    expect(again.id).toBe(session.id)
    expect(again.messages).toEqual(session.messages)
    expect((await again.run('Why?')).data).toBe('uatau')
  })

  test('bytes are data: URLs, which every provider takes', async () => {
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47])
    const session = createSession({ model: simulate({ response: 'a cat' }) })
    const content = [
      { type: 'text', text: 'What is this?' } as const,
      { type: 'image', image: png } as const,
      { type: 'file', file: new Uint8Array([1, 2, 255]), mediaType: 'application/x-own', filename: 'a.own' } as const,
      { type: 'image', image: new URL('https://example.com/a.png') } as const,
    ]
    await session.run([{ role: 'user', content }])
    const { messages } = JSON.parse(JSON.stringify(session)) as { messages: Message[] }
    expect(messages[0]!.content).toEqual([
      { type: 'text', text: 'What is this?' },
      { type: 'image', image: 'data:;base64,iVBORw==' },
      { type: 'file', file: 'data:application/x-own;base64,AQL/', mediaType: 'application/x-own', filename: 'a.own' },
      { type: 'image', image: 'https://example.com/a.png' },
    ])
    // The session itself keeps what it was given.
    expect(session.messages[0]!.content).toBe(content)
  })
})

test.each([
  [{ id: '' }, /`id` must be a string/],
  [{ modle: 'x' }, /Unknown option `modle`/],
  [{ messages: 'Hello' }, /`messages` must be a list of messages/],
])('createSession(%j) throws at once', (options, message) => {
  expect(() => createSession(options as never)).toThrow(message)
})

test('200 sessions of three turns leave nothing open', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  const model = simulate({ response: 'words' })
  for (let i = 0; i < 200; i++) {
    const session = createSession({ model, timeout: 60_000 })
    await Promise.all([session.run('One'), session.run('Two'), session.run('Three')])
    expect(session.messages).toHaveLength(6)
  }
  expect(timers()).toBe(before)
})
