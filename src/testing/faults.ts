import { StructStreamError } from '../errors.ts'
import type { Chunking, Faults } from './reply.ts'
import type { WireFrame } from './wires/wire.ts'

/** How a response ends: `end` is the clean end of a whole body, the others are faults. */
export type Ending = 'end' | 'cut' | 'drop' | 'reset' | 'stall'

/** One write to the socket. */
export interface Write {
  bytes: Uint8Array
  isDelta: boolean
  /** An event ends here, so a keep-alive may follow. */
  endsEvent: boolean
}

/** What goes over the wire, and how it ends. */
export interface DeliveryPlan {
  writes: Write[]
  ending: Ending
}

/** A body's events and their faults as a list of writes. */
export function planOf(
  frames: WireFrame[] | Uint8Array[],
  faults: Faults,
  chunking: Chunking | undefined,
): DeliveryPlan {
  const stop = stopOf(faults)
  const kept = stop?.afterEvent === undefined ? frames : frames.slice(0, stop.afterEvent)
  const events = kept.map((frame) => toWrite(frame))
  if (faults.extraBytes !== undefined && !(stop?.afterEvent !== undefined)) insert(events, faults.extraBytes)
  const whole = stop?.atByte === undefined ? events : firstBytes(events, stop.atByte)
  const size = chunking === 'byte' ? 1 : faults.writeBytes
  const pieces = faults.splitUtf8 === true ? whole.flatMap((write) => splitInsideSequences(write)) : whole
  return {
    writes: size === undefined ? pieces : pieces.flatMap((write) => splitEvery(write, size)),
    ending: stop?.how ?? 'end',
  }
}

interface Stop {
  how: Exclude<Ending, 'end'>
  atByte?: number
  afterEvent?: number
}

function stopOf(faults: Faults): Stop | undefined {
  const hows = ['cut', 'drop', 'reset', 'stall'] as const
  const stops = hows.flatMap((how): Stop[] => {
    const atByte = faults[`${how}AtByte`]
    const afterEvent = faults[`${how}AfterEvent`]
    return [
      ...(atByte === undefined ? [] : [{ how, atByte }]),
      ...(afterEvent === undefined ? [] : [{ how, afterEvent }]),
    ]
  })
  if (stops.length > 1) {
    throw new StructStreamError(
      'bad_options',
      'A reply can stop early in one way only; take one of the *AtByte and *AfterEvent faults.',
    )
  }
  return stops[0]
}

function toWrite(frame: WireFrame | Uint8Array): Write {
  if (frame instanceof Uint8Array) return { bytes: frame, isDelta: true, endsEvent: true }
  return { bytes: Buffer.from(frame.text, 'utf8'), isDelta: frame.isDelta === true, endsEvent: true }
}

function insert(writes: Write[], extra: NonNullable<Faults['extraBytes']>): void {
  const isPlaced = typeof extra === 'object' && !(extra instanceof Uint8Array)
  const bytes = Buffer.from(isPlaced ? extra.bytes : extra)
  const added: Write = { bytes, isDelta: false, endsEvent: false }
  if (!isPlaced) {
    writes.push(added)
    return
  }
  const before = firstBytes(writes, extra.at)
  const after = withoutFirstBytes(writes, extra.at)
  writes.splice(0, writes.length, ...before, added, ...after)
}

function firstBytes(writes: Write[], count: number): Write[] {
  const result: Write[] = []
  let left = count
  for (const write of writes) {
    if (left <= 0) break
    const isWhole = write.bytes.length <= left
    result.push(isWhole ? write : { ...write, bytes: write.bytes.subarray(0, left), endsEvent: false })
    left -= write.bytes.length
  }
  return result
}

function withoutFirstBytes(writes: Write[], count: number): Write[] {
  let left = count
  return writes.flatMap((write) => {
    const skipped = Math.min(left, write.bytes.length)
    left -= skipped
    return skipped === write.bytes.length ? [] : [{ ...write, bytes: write.bytes.subarray(skipped) }]
  })
}

function splitEvery(write: Write, size: number): Write[] {
  const borders: number[] = []
  for (let at = size; at < write.bytes.length; at += size) borders.push(at)
  return splitAt(write, borders)
}

function splitInsideSequences(write: Write): Write[] {
  const borders: number[] = []
  // A byte 10xxxxxx continues with a sequence, so a border before it lies inside.
  write.bytes.forEach((byte, at) => {
    if ((byte & 0xc0) === 0x80) borders.push(at)
  })
  return splitAt(write, borders)
}

function splitAt(write: Write, borders: number[]): Write[] {
  const ends = [...borders, write.bytes.length]
  return ends.map((end, index) => ({
    bytes: write.bytes.subarray(index === 0 ? 0 : ends[index - 1], end),
    isDelta: write.isDelta && index === 0,
    endsEvent: write.endsEvent && index === ends.length - 1,
  }))
}

/** A recorded body's events, so that faults can count them: each ends with its blank line (or, without any, its line). */
export function eventsOf(body: Uint8Array, isNdjson: boolean): Uint8Array[] {
  const text = Buffer.from(body).toString('latin1')
  const border = isNdjson ? /\n/g : /\r?\n\r?\n/g
  const events: Uint8Array[] = []
  let start = 0
  for (const match of text.matchAll(border)) {
    const end = match.index + match[0].length
    events.push(body.subarray(start, end))
    start = end
  }
  if (start < body.length) events.push(body.subarray(start))
  return events
}
