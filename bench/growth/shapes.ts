import * as v from 'valibot'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import { jsonSchema, type StructuredStream } from '../../src/index.ts'
import { toResponse, type FormatName } from '../../src/web/server/index.ts'

export type Stream = StructuredStream<unknown>

/** A kind of text, and how it is read: what may grow faster than it is long. */
export interface Shape {
  name: string
  /** Absent: the answer is text. */
  schema?: unknown
  /** A text of about `length` characters. */
  text(length: number): string
  /** @defaultValue every partial, then the data */
  read?: (stream: Stream) => Promise<unknown>
  /** The run ends in an error, which is read, too. */
  fails?: true
  /** The text is the argument of a tool call. */
  isToolCall?: true
  /** In eighths of the usual length: for shapes whose constant is large. */
  eighths?: number
}

const repeat = (length: number, part: (index: number) => string): string => {
  let text = ''
  for (let index = 0; text.length < length; index++) text += part(index)
  return text
}
const list = (length: number, part: (index: number) => string, separator = ','): string =>
  `[${repeat(length, (index) => (index === 0 ? '' : separator) + part(index))}]`
const row = (index: number): string => `{"id":${index},"name":"name ${index % 7}","tags":["a","b"]}`

const Row = z.object({ id: z.int(), name: z.string(), tags: z.array(z.string()) })
const Note = z.object({ color: z.string().optional(), count: z.number().optional() })
type Tree = { v: number; kids: Tree[] }
const Tree: z.ZodType<Tree> = z.object({
  v: z.number(),
  get kids() {
    return z.array(Tree)
  },
})
const nested = (length: number): string => list(length, () => '{"v":1,"kids":[{"v":2,"kids":[{"v":3,"kids":[]}]}]}')

async function through(iterable: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of iterable) {
    // What is handed out is let go.
  }
}
const partials = (stream: Stream): Promise<void> => through(stream.streamPartial())
const response = (format: FormatName) => async (stream: Stream) => {
  const { body } = toResponse(stream, { format })
  await through(body as unknown as AsyncIterable<unknown>)
}
const rows = { schema: z.array(Row), text: (length: number) => list(length, row) }
const sloppy = (name: string, text: (length: number) => string, schema: unknown = z.array(z.string())): Shape => ({
  name: `repair: ${name}`,
  schema,
  text,
})

export const SHAPES: readonly Shape[] = [
  { name: 'list of objects', ...rows },
  { name: 'one string', schema: z.object({ a: z.string() }), text: (n) => `{"a":"${repeat(n, () => 'words, ')}"}` },
  {
    name: 'string of escapes',
    schema: z.object({ a: z.string() }),
    text: (n) => `{"a":"${repeat(n, () => '\\n\\u00e9')}"}`,
  },
  { name: 'wide list of numbers', schema: z.array(z.number()), text: (n) => list(n, (i) => `${i % 97}`) },
  {
    name: 'wide dictionary',
    schema: z.record(z.string(), z.number()),
    text: (n) => `{${repeat(n, (i) => `${i ? ',' : ''}"key ${i}":${i % 9}`)}}`,
  },
  {
    name: 'dictionary of lists',
    schema: z.record(z.string(), z.array(z.int())),
    text: (n) => `{${repeat(n, (i) => `${i ? ',' : ''}"k${i}":[1,2,3]`)}}`,
  },
  { name: 'recursive schema', schema: z.array(Tree), text: nested },
  { name: 'any value', schema: z.json(), text: rows.text },
  {
    name: 'union of two objects that both fit',
    schema: z.union([z.object({ a: z.array(Row) }), z.object({ a: z.array(Row), b: z.string().optional() })]),
    text: (n) => `{"a":${rows.text(n)}}`,
    eighths: 4,
  },
  {
    name: 'list of unions',
    schema: z.array(z.union([z.string(), z.number(), z.object({ id: z.int() })])),
    text: (n) => list(n, (i) => ['"a"', '1', '{"id":1}'][i % 3]!),
  },
  {
    name: 'list of tagged unions',
    schema: z.array(
      z.discriminatedUnion('t', [
        z.object({ t: z.literal('a'), x: z.string() }),
        z.object({ t: z.literal('b'), y: z.number() }),
      ]),
    ),
    text: (n) => list(n, (i) => (i % 2 ? '{"t":"a","x":"s"}' : '{"t":"b","y":1}')),
  },
  {
    name: 'intersection',
    schema: z.intersection(z.object({ a: z.array(Row) }), z.object({ b: z.string() })),
    text: (n) => `{"b":"x","a":${rows.text(n)}}`,
    eighths: 4,
  },
  {
    name: 'transforms',
    schema: z.array(z.string().transform((text) => text.length)),
    text: (n) => list(n, () => '"abc"'),
  },
  {
    name: 'refinements',
    schema: z.array(z.object({ id: z.int() }).refine(({ id }) => id >= 0)),
    text: (n) => list(n, (i) => `{"id":${i}}`),
  },
  { name: 'catch', schema: z.array(z.number().catch(0)), text: (n) => list(n, (i) => (i % 2 ? '1' : '"x"')) },
  {
    name: 'tuple with a rest',
    schema: z.tuple([z.string()], z.number()),
    text: (n) => `["a",${repeat(n, () => '1,')}1]`,
  },
  {
    name: 'JSON Schema',
    schema: jsonSchema({
      type: 'array',
      items: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
    }),
    text: rows.text,
  },
  {
    name: 'JSON Schema, patternProperties and uniqueItems',
    schema: jsonSchema({
      type: 'object',
      patternProperties: { '^k': { type: 'array', uniqueItems: true, items: { type: 'integer' } } },
    }),
    text: (n) => `{${repeat(n, (i) => `${i ? ',' : ''}"k${i}":[1,2,3]`)}}`,
  },
  {
    name: 'Valibot',
    schema: v.array(v.object({ id: v.number(), name: v.string(), tags: v.array(v.string()) })),
    text: rows.text,
  },
  {
    name: 'Zod 3',
    schema: z3.array(z3.object({ id: z3.number(), name: z3.string(), tags: z3.array(z3.string()) })),
    text: rows.text,
  },
  { name: 'every element invalid', schema: z.array(z.number()), text: (n) => list(n, () => '"x"'), fails: true },
  sloppy('single quotes', (n) => list(n, () => `'it is'`)),
  sloppy('no quotes', (n) => list(n, () => 'word')),
  sloppy('quotes in a string', (n) => `["a ${repeat(n, () => 'say "hi", ')}"]`),
  sloppy('comments', (n) => `[${repeat(n, () => '"a", /* c */')}]`),
  sloppy('missing commas', (n) => list(n, () => '"abc"', ' ')),
  sloppy(
    'prose before and after',
    (n) => `${repeat(n / 2, () => 'Some words [1]. ')}\n["a"]\n${repeat(n / 2, () => 'More words. ')}`,
  ),
  sloppy('a long thought', (n) => `<think>${repeat(n, () => 'so {"a": 1} or [2], ')}</think>["a"]`),
  sloppy('JSON lines for a list', (n) => repeat(n, (i) => `${row(i)}\n`), z.array(Row)),
  {
    name: 'repair: JSON lines where one object is wanted',
    schema: Note,
    text: (n) => repeat(n, (i) => `{"color":"a color that is rather long","count":${i}}\n`),
    fails: true,
  },
  {
    name: 'repair: drafts',
    schema: Note,
    text: (n) =>
      `${repeat(n, (i) => `Draft: {"color":"a color that is rather long","count":${i}}\nNo, wait.\n`)}{"count":1}`,
  },
  sloppy('numbers in quotes', (n) => list(n, () => '"12"'), z.array(z.number())),
  sloppy('white space', (n) => `[${' \n'.repeat(n / 2)}"a"]`),
  { name: 'plain text', text: (n) => repeat(n, () => 'words and '), read: (s) => through(s.streamText()) },
  { name: 'streamEvents', ...rows, read: (s) => through(s.streamEvents()) },
  {
    name: 'streamEvents, read once',
    ...rows,
    read: async (s) => {
      const events = s.streamEvents()
      await events.next()
      await s.getData()
      return events
    },
  },
  { name: 'streamElements', ...rows, read: (s) => through(s.streamElements([])) },
  {
    name: 'streamField',
    schema: z.object({ a: z.string() }),
    text: (n) => `{"a":"${repeat(n, () => 'words, ')}"}`,
    read: (s) => through(s.streamField(['a'])),
  },
  {
    name: 'five consumers',
    ...rows,
    read: (s) =>
      Promise.all([
        partials(s),
        partials(s),
        through(s.streamText()),
        through(s.streamEvents()),
        through(s.streamElements([])),
      ]),
  },
  {
    name: 'tool arguments, streamEvents',
    schema: z.record(z.string(), z.number()),
    text: (n) => `{${repeat(n, (i) => `${i ? ',' : ''}"key ${i}":${i % 9}`)}}`,
    isToolCall: true,
    read: (s) => through(s.streamEvents()),
    eighths: 4,
  },
  ...(['sse', 'ndjson', 'ui-message', 'ag-ui'] as const).map((format): Shape => ({
    name: `toResponse, ${format}`,
    ...rows,
    read: response(format),
  })),
  { name: 'toResponse, text', text: (n) => repeat(n, () => 'words and '), read: response('text') },
]
