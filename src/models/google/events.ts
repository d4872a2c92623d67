import type { Usage } from '../../types.ts'
import { Calls } from '../events/calls.ts'
import { Candidates } from '../events/candidates.ts'
import { isWholeAnswer } from '../events/finish-reason.ts'
import { usageOf } from '../events/usage.ts'
import { WireFault } from '../events/wire-fault.ts'
import { ChannelReader } from '../events/wire-reader.ts'
import { asCount, asList, asName, asObject, asText, type WireObject } from '../events/wire-value.ts'
import { bytesOfBase64 } from '../request/content-part.ts'
import type { GoogleData } from './contents.ts'
import { PartialArgs } from './partial-args.ts'

/** A call whose arguments come in pieces. */
interface GrowingCall {
  /** Of the call; our own where Gemini gave none. */
  id: string
  /** As Gemini gave it. */
  givenId: string | undefined
  name: string
  part: { [key: string]: unknown }
  args: PartialArgs
}

/** Keys of a chunk that only this wire has. */
const CHUNK_KEYS = ['candidates', 'promptFeedback', 'usageMetadata', 'responseId', 'modelVersion']

/** Reads the chunks of a `generateContentStream`. The first candidate is the answer; thoughts are reasoning. */
export class GoogleReader extends ChannelReader {
  readonly #candidates = new Candidates({
    answer: (candidate) => this.#readCandidate(candidate),
    textOf: (candidate) => partsOf(candidate).map(answerText).join(''),
    omitsZero: true,
  })
  readonly #parts: WireObject[] = []
  readonly #callIds: string[] = []
  readonly #calls = new Calls(this.channel)
  readonly #growing: GrowingCall[] = []

  protected override readWire(wire: WireObject): boolean {
    this.readModel(wire['modelVersion'])
    this.#candidates.read(asList(wire['candidates']))
    this.channel.usage(googleUsage(asObject(wire['usageMetadata']) ?? {}))
    // A prompt that was blocked has no candidates.
    const isBlocked = asName(asObject(wire['promptFeedback'])?.['blockReason']) !== undefined
    if (isBlocked && !this.finished) this.#finish('content_filter')
    return CHUNK_KEYS.some((key) => wire[key] !== undefined)
  }

  protected override readEnd(): void {
    for (const text of this.#candidates.end()) this.channel.extraAnswer(text)
  }

  #readCandidate(candidate: WireObject): void {
    for (const part of partsOf(candidate)) this.#readPart(part)
    const reason = asName(candidate['finishReason'])
    if (reason !== undefined && reason !== 'FINISH_REASON_UNSPECIFIED') this.#finish(reason)
  }

  #readPart(part: WireObject): void {
    const call = asObject(part['functionCall'])
    if (call !== undefined) {
      this.#readCall(part, call)
      return
    }
    const text = asText(part['text'])
    if (part['thought'] === true) {
      this.channel.reasoning(text)
      return
    }
    this.channel.text(text)
    const data = asObject(part['inlineData'])
    if (data !== undefined) this.channel.file({ mediaType: asText(data['mimeType']), data: bytesOf(data['data']) })
    this.#keep(part)
  }

  /** Whole, or a name, then pieces of arguments, then an empty call as the end. */
  #readCall(part: WireObject, call: WireObject): void {
    const name = asName(call['name'])
    const givenId = asName(call['id'])
    const isStart = name !== undefined && call['willContinue'] === true && asList(call['partialArgs']).length === 0
    const known = isStart ? undefined : this.#find(givenId, name)
    const growing = known ?? this.#begin(part, call, givenId, name)
    growing.args.add(call['partialArgs'])
    if (call['willContinue'] === true) return
    this.#growing.splice(this.#growing.indexOf(growing), 1)
    const whole = asObject(call['args'])
    const text = whole === undefined || isEmpty(whole) ? growing.args.text : JSON.stringify(whole)
    if (whole !== undefined && !isEmpty(whole) && !growing.args.isEmpty) {
      throw new WireFault(`sent the arguments of the tool "${growing.name}" in pieces and whole`)
    }
    growing.part['functionCall'] = { ...asObject(growing.part['functionCall']), args: JSON.parse(text) as unknown }
    this.#calls.whole({ id: growing.id }, text)
  }

  /** The call that a piece belongs to: by its id, and without one by being the only one that is open. */
  #find(id: string | undefined, name: string | undefined): GrowingCall | undefined {
    const known = this.#growing.filter((call) => id !== undefined && call.givenId === id)
    const fitting = known.length > 0 ? known : id !== undefined || name !== undefined ? [] : this.#growing
    if (fitting.length > 1) throw new WireFault('sent a piece of arguments, and it cannot be determined for which call')
    const [call] = fitting
    return call !== undefined && name !== undefined && call.name !== name ? undefined : call
  }

  #begin(part: WireObject, call: WireObject, givenId: string | undefined, name: string | undefined): GrowingCall {
    if (name === undefined) throw new WireFault('sent arguments of a call that was not begun')
    const id = givenId !== undefined && !this.#callIds.includes(givenId) ? givenId : newId(this.#calls.count)
    this.#callIds.push(id)
    this.#calls.start({ id, name })
    const kept = { ...part, functionCall: { ...call, willContinue: undefined, partialArgs: undefined } }
    this.#parts.push(kept)
    const growing = { id, givenId, name, part: kept, args: new PartialArgs() }
    this.#growing.push(growing)
    return growing
  }

  /** Neighbouring texts are one part, unless a signature belongs to one of them. */
  #keep(part: WireObject): void {
    const last = this.#parts.at(-1)
    const text = asText(part['text'])
    if (isBareText(part)) {
      if (text === '') return
      if (last !== undefined && isBareText(last)) {
        this.#parts[this.#parts.length - 1] = { text: asText(last['text']) + text }
        return
      }
    }
    this.#parts.push(part)
  }

  #finish(reason: string): void {
    if (this.channel.finished) return
    if (isWholeAnswer(reason) && this.#growing.length > 0) {
      throw new WireFault(`ended the answer before the arguments of the tool "${this.#growing[0]!.name}" were complete`)
    }
    // Without a signature the neutral message says all; the answer tool's call is not a call in the history.
    if (this.#parts.some((part) => part['thoughtSignature'] !== undefined) && !this.channel.answered) {
      const data: GoogleData = { parts: this.#parts, callIds: this.#callIds }
      this.channel.metadata({ providerData: data })
    }
    this.channel.finish(reason)
  }
}

function partsOf(candidate: WireObject): WireObject[] {
  return asList(asObject(candidate['content'])?.['parts']).map((part) => asObject(part) ?? {})
}

function answerText(part: WireObject): string {
  return part['thought'] === true ? '' : asText(part['text'])
}

function bytesOf(base64: unknown): Uint8Array {
  try {
    return bytesOfBase64(asText(base64))
  } catch {
    throw new WireFault('sent a file whose data is not base64')
  }
}

function isEmpty(object: WireObject): boolean {
  return Object.keys(object).length === 0
}

function newId(index: number): string {
  return `call_${index}_${Math.random().toString(36).slice(2, 10)}`
}

function isBareText(part: WireObject): boolean {
  return Object.entries(part).every(([key, value]) => key === 'text' || value === undefined)
}

/** Thoughts are counted apart from the answer, and the results of Google's own tools apart from the prompt. */
function googleUsage(usage: WireObject): Usage | undefined {
  const prompt = asCount(usage['promptTokenCount'])
  const answer = asCount(usage['candidatesTokenCount'])
  const thoughts = asCount(usage['thoughtsTokenCount'])
  return usageOf({
    inputTokens: prompt === undefined ? undefined : prompt + (asCount(usage['toolUsePromptTokenCount']) ?? 0),
    outputTokens: answer === undefined && thoughts === undefined ? undefined : (answer ?? 0) + (thoughts ?? 0),
    totalTokens: asCount(usage['totalTokenCount']),
    reasoningTokens: thoughts,
    cachedInputTokens: asCount(usage['cachedContentTokenCount']),
  })
}
