import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { StructStreamError } from '../errors.ts'
import { readCalls, type RecordedCall } from '../record/recording.ts'
import { replayCalls } from '../record/replay.ts'
import { runStream } from '../run-stream.ts'
import { runOf } from '../stream/structured-stream.ts'
import type { RunOptions } from '../stream/types.ts'
import { showPath } from '../path.ts'
import type { Issue, Repair } from '../types.ts'
import { readArguments, wordOf } from './arguments.ts'
import type { Console } from './console.ts'
import { someFailed, success } from './exit-codes.ts'
import { loadSchema } from './load-schema.ts'
import { UsageError } from './usage-error.ts'
import { jsonLine, plain } from './view/sanitize.ts'
import type { AnySchema } from '../schema/types.ts'

/** How a recorded run ends under the schema and policy that were given. */
interface Judgement {
  file: string
  /** `ok`, or the error's code. */
  verdict: string
  message: string
  /** Characters of the answer that were read, and that were recorded. */
  read: number
  recorded: number
  partials: number
  repairs: readonly Repair[]
  issues: readonly Issue[]
  data: unknown
}

/**
 * `structstream replay`: judges recorded answers by a schema and a policy, without asking a model. A file prints what
 * would have happened; a folder prints a row per recording.
 */
export async function replay(args: string[], console: Console): Promise<number> {
  const { options, words } = readArguments(args, {
    schema: 'string',
    'on-invalid': 'string',
    strict: 'boolean',
    partials: 'boolean',
    json: 'boolean',
  })
  const [path, ...others] = words
  if (path === undefined || others.length > 0) throw new UsageError('replay takes one recording, or a folder of them')
  if (options.schema === undefined) throw new UsageError('replay needs --schema: what to judge the answers by')
  const schema = await loadSchema(options.schema, console.cwd)
  const settings: RunOptions = {
    onInvalid: wordOf('on-invalid', options['on-invalid'], ['collect', 'abort']),
    repair: options.strict !== true,
  }
  const full = resolve(console.cwd, path)
  const isFolder = await stat(full).then(
    (found) => found.isDirectory(),
    () => {
      throw new UsageError(`There is no recording at ${full}`)
    },
  )
  const { stdout } = console
  const judgements: Judgement[] = []
  for (const file of isFolder ? await recordingsIn(full) : [full]) {
    const onPartial = (partial: unknown): void => void (options.partials === true && stdout.write(jsonLine(partial)))
    for (const judgement of await judge(file, schema, settings, onPartial)) {
      judgements.push(judgement)
      if (options.json === true) stdout.write(jsonLine(judgement))
      else if (!isFolder) stdout.write(describe(judgement))
    }
  }
  if (isFolder && options.json !== true) stdout.write(tableOf(judgements, full))
  return judgements.every(({ verdict }) => verdict === 'ok') ? success : someFailed
}

async function recordingsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  const files = names.filter((name) => /\.(?:ndjson|jsonl)$/.test(name)).toSorted()
  if (files.length === 0) throw new UsageError(`${folder} holds no recording (*.ndjson, *.jsonl)`)
  return files.map((name) => join(folder, name))
}

/** Judges the runs of one file; each takes as many of the recorded calls as it needs. */
async function judge(
  file: string,
  schema: AnySchema | undefined,
  settings: RunOptions,
  onPartial: (partial: unknown) => void,
): Promise<Judgement[]> {
  const calls = readCalls((await readFile(file, 'utf8')).split('\n'), file)
  const judgements: Judgement[] = []
  for (const call of calls) judgements.push(await judgeCall(call, file, schema, settings, onPartial))
  return judgements
}

async function judgeCall(
  call: RecordedCall,
  file: string,
  schema: AnySchema | undefined,
  settings: RunOptions,
  onPartial: (partial: unknown) => void,
): Promise<Judgement> {
  let read = 0
  let recorded = 0
  for (const { event } of call.events) if (event.type === 'text-delta') recorded += event.text.length
  const model = replayCalls([call], file)
  const handle = runStream<AnySchema | undefined>(call.header.request.messages, schema, {
    ...settings,
    model,
    observe: { event: (event) => void (event.type === 'text-delta' && (read += event.text.length)) },
  })
  let partials = 0
  const end = handle.getResult().then(
    (result) => ({ verdict: 'ok', message: '', issues: [] as Issue[], data: result.data }),
    (error: StructStreamError) => ({
      verdict: error.code,
      message: error.message,
      issues: error.issues ?? [],
      data: error.partial,
    }),
  )
  try {
    for await (const partial of handle.streamPartial()) {
      partials++
      onPartial(partial)
    }
  } catch {
    // It is in the verdict.
  }
  const ended = await end
  // A run that was stopped has no result, but it has made repairs; some are known at the end of its text.
  return { file, read, recorded, partials, repairs: runOf(handle).answer?.end().repairs ?? [], ...ended }
}

function describe({ verdict, message, read, recorded, partials, repairs, issues, data }: Judgement): string {
  const lines = [
    verdict === 'ok' ? 'ok' : `${verdict}: ${message}`,
    `${read} of ${recorded} characters read, ${partials} partials`,
    ...repairs.map(({ kind, position, before, after }) => `repair ${kind} at ${position}: ${before} → ${after}`),
    ...issues.map(({ path, message: what, position }) => {
      return `issue at ${showPath(path)}${position === undefined ? '' : `, character ${position}`}: ${what}`
    }),
  ]
  return `${lines.map((line) => plain(line).replaceAll('\n', ' ')).join('\n')}\n${jsonLine(data, 2)}`
}

function tableOf(judgements: readonly Judgement[], folder: string): string {
  const rows = judgements.map(({ file, verdict, read, recorded, partials, repairs, issues }) => [
    plain(file.slice(folder.length + 1)),
    verdict,
    `${read}/${recorded}`,
    String(partials),
    String(repairs.length),
    String(issues.length),
    plain(issues[0] === undefined ? '' : showPath(issues[0].path, '')),
  ])
  const table = [['recording', 'verdict', 'characters read', 'partials', 'repairs', 'issues', 'first at'], ...rows]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  const text = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
  const good = judgements.filter(({ verdict }) => verdict === 'ok').length
  return `${text.join('\n')}\n${judgements.length} answers: ${good} fit, ${judgements.length - good} do not\n`
}
