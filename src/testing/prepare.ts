import { readFile } from 'node:fs/promises'
import { answerOf } from './wire-answer.ts'
import type { CallIds } from './call-ids.ts'
import type { DeliveryPlan } from './faults.ts'
import { eventsOf, planOf } from './faults.ts'
import type { ErrorEvent, Faults, Reply } from './reply.ts'
import type { WireAnswer, WireFailure, WireFrame, JsonObject, Wanted, Wire } from './wires/wire.ts'

/** A reply ready to be sent. */
export type PreparedReply =
  | { kind: 'whole'; status: number; body: unknown; requestId: string }
  | { kind: 'stream'; plan: DeliveryPlan; contentType: string; requestId: string }

/** The request a reply is for. */
export interface ReplyRequest {
  wire: Wire
  body: JsonObject
  path: string
  /** The body as it came. */
  text: string
  requestId: string
  wanted: Wanted
  callIds: CallIds
}

/** Turns a reply into its wire's form. Rejects when the reply cannot be carried out. */
export async function prepareReply(reply: Reply, asked: ReplyRequest): Promise<PreparedReply> {
  const { wire, wanted, requestId } = asked
  const faults = reply.faults ?? {}
  const answer = answerOf(reply, wanted, {
    body: asked.body,
    bodyText: asked.text,
    callIds: asked.callIds,
    path: asked.path,
    requestId,
    created: Math.floor(Date.now() / 1000),
  })
  if (faults.status !== undefined) {
    const message = faults.message ?? `The test server answers with status ${faults.status}.`
    const body = faults.body ?? wire.failure({ status: faults.status, message, requestId })
    return { kind: 'whole', status: faults.status, body, requestId }
  }
  const recorded = await recordingOf(reply, wire)
  if (!recorded && !wanted.stream) return { kind: 'whole', status: 200, body: wire.whole(answer), requestId }
  const events = recorded?.events ?? framesOf(wire, answer, faults)
  const contentType = recorded?.contentType ?? wire.contentType
  return { kind: 'stream', plan: planOf(events, faults, reply.chunking), contentType, requestId }
}

function framesOf(wire: Wire, answer: WireAnswer, faults: Faults): WireFrame[] {
  const frames = wire.frames(answer)
  const content = frames.filter((frame) => frame.isEnd !== true)
  if (faults.errorEvent !== undefined) {
    const event: ErrorEvent = faults.errorEvent === true ? {} : faults.errorEvent
    const after = event.afterEvent ?? Math.ceil(content.length / 2)
    return [...frames.slice(0, after), ...wire.failureFrames(failureOf(event, answer.requestId), answer)]
  }
  return faults.withoutFinish === true ? content : frames
}

function failureOf(event: ErrorEvent, requestId: string): WireFailure {
  return {
    status: event.status ?? 500,
    message: event.message ?? 'The test server was asked to fail here.',
    requestId,
    ...(event.type === undefined ? {} : { type: event.type }),
    ...(event.form === undefined ? {} : { form: event.form }),
    ...(event.fields === undefined ? {} : { fields: event.fields }),
  }
}

async function recordingOf(
  reply: Reply,
  wire: Wire,
): Promise<{ events: Uint8Array[]; contentType: string } | undefined> {
  const { raw, recording } = reply
  if (raw === undefined && recording === undefined) return undefined
  const isFile = typeof recording === 'string' || recording instanceof URL
  const bytes = isFile ? await readFile(recording) : (recording ?? Buffer.from(raw ?? ''))
  // Gemini answers with one JSON array when `alt=sse` is not asked for.
  const contentType = isFile && String(recording).endsWith('.json') ? 'application/json' : wire.contentType
  return { events: eventsOf(bytes, wire.contentType.includes('ndjson')), contentType }
}
