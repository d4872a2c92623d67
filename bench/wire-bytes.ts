import { mock } from 'node:test'
import { z } from 'zod'
import type { Model } from '../src/models/model.ts'
import { runStream } from '../src/run-stream.ts'
import { toResponse, type FormatName, type ServerOptions } from '../src/web/server/index.ts'

/**
 * `tsx bench/wire-bytes.ts`: bytes on the wire for each byte of text, at 100 tokens of 4 characters a second. The clock
 * is the bench's own, so the figures are counted, and the same on every machine.
 */
const TOKEN = { chars: 4, ms: 10 }
const TARGETS: Record<FormatName, number> = { text: 1.2, ndjson: 1.2, sse: 1.6, 'ui-message': 4, 'ag-ui': 4 }

const Table = z.object({
  title: z.string(),
  rows: z.array(z.object({ id: z.number(), name: z.string(), note: z.string() })),
})
const row = (id: number) => ({
  id,
  name: `Row number ${id}`,
  note: 'Something that "someone" wrote, of the usual length.',
})
const Essay = z.object({ title: z.string(), body: z.string() })

function rowsOf(bytes: number): string {
  const rows = [row(0)]
  while (JSON.stringify(rows).length < bytes) rows.push(row(rows.length))
  return JSON.stringify({ title: 'A table', rows })
}

const prose = (bytes: number): string => 'It was a dark and stormy night, and the model wrote on. '.repeat(bytes / 56)

const turn = setImmediate
const settled = async (): Promise<void> => {
  for (let count = 0; count < 4; count++) await new Promise<void>((resolve) => turn(resolve))
}

async function bytesOf(text: string, schema: unknown, options: ServerOptions): Promise<number> {
  const model: Model = {
    provider: 'bench',
    id: 'bench',
    modes: ['json-schema'],
    dialect: 'json-schema',
    async *stream() {
      for (let at = 0; at < text.length; at += TOKEN.chars) {
        await settled()
        mock.timers.tick(TOKEN.ms)
        await settled()
        yield { type: 'text-delta', text: text.slice(at, at + TOKEN.chars) }
      }
      yield { type: 'finish', reason: 'stop' }
    },
  }
  return (await toResponse(runStream('x', schema as typeof Table, { model }), options).arrayBuffer()).byteLength
}

const workloads: [name: string, text: string, schema: unknown][] = [
  ['rows, 3 KB', rowsOf(3_000), Table],
  ['rows, 10 KB', rowsOf(10_000), Table],
  ['rows, 20 KB', rowsOf(20_000), Table],
  ['one string, 10 KB', JSON.stringify({ title: 'Essay', body: prose(10_000) }), Essay],
  ['text, 10 KB', prose(10_000), undefined],
]
const columns: [name: string, options: ServerOptions][] = [
  ...(['text', 'ndjson', 'sse', 'ui-message', 'ag-ui'] as const).map((format): [string, ServerOptions] => [
    format,
    { format },
  ]),
  ['ui-message, data only', { format: 'ui-message', answerText: 'none' }],
  ['ag-ui, live text', { format: 'ag-ui', answerText: 'live' }],
]

mock.timers.enable({ apis: ['setTimeout'] })
console.log(`| ${['bytes for each byte of text', ...columns.map(([name]) => name)].join(' | ')} |`)
console.log(`|---|${columns.map(() => '--:|').join('')}`)
console.log(`| target | ${columns.map(([, { format }]) => `≤ ${TARGETS[format!]}`).join(' | ')} |`)
for (const [name, text, schema] of workloads) {
  const cells: string[] = []
  for (const [, options] of columns) cells.push(((await bytesOf(text, schema, options)) / text.length).toFixed(2))
  console.log(`| ${[name, ...cells].join(' | ')} |`)
}
