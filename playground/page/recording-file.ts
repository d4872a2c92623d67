import { StructStreamError } from '../../src/errors.ts'
import { encodeLine, readCalls, type RecordedCall } from '../../src/record/recording.ts'
import { RECORDING_PATH } from '../protocol.ts'

/** A recording that was opened, with the calls in it. */
export interface OpenRecording {
  name: string
  calls: readonly RecordedCall[]
}

/** Bytes of a file that is opened. */
const LARGEST_FILE = 100_000_000

/** @throws `bad_options` that says what is wrong with the file */
export async function readRecording(file: File): Promise<OpenRecording> {
  if (file.size > LARGEST_FILE) {
    const size = `${Math.round(file.size / 1_000_000)} MB`
    const message = `${file.name} has ${size}; a page takes up to ${LARGEST_FILE / 1_000_000} MB. Split it between two calls.`
    throw new StructStreamError('bad_options', message)
  }
  return parseRecording(file.name, await file.text())
}

/** The recording that the server was started with. */
export async function fetchRecording(name: string): Promise<OpenRecording> {
  return parseRecording(name, await (await fetch(RECORDING_PATH)).text())
}

function parseRecording(name: string, text: string): OpenRecording {
  return { name, calls: readCalls(text.split('\n'), name) }
}

/** The lines of one call. */
export function linesOf({ header, events, end }: RecordedCall): string {
  const { call } = header
  const lines = [
    header,
    ...events.map(({ at, event }) => ({ type: 'event', call, at, event }) as const),
    ...(end ? [end] : []),
  ]
  return lines.map((line) => encodeLine(line, (text) => text)).join('\n')
}

/** What a call is called in a list. */
export function titleOf({ header, end }: RecordedCall, index: number): string {
  const { model, startedAt } = header
  const how = end === undefined ? 'cut off' : end.how === 'threw' ? (end.error?.code ?? 'threw') : end.how
  const time = startedAt.slice(0, 19).replace('T', ' ')
  return [`${index + 1}`, `${model.provider}:${model.id}`, how, time].filter((part) => part !== '').join(' · ')
}
