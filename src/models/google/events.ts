import type { FinishReason, Usage } from '../../types.ts'
import { ChannelReader } from '../events/wire-reader.ts'
import { bytesOfBase64 } from '../request/content-part.ts'
import type { GoogleData } from './contents.ts'
import { PartialArgs } from './partial-args.ts'
import { usageOf } from '../events/usage.ts'
import { asCount, asList, asName, asObject, asText, type WireObject } from '../events/wire-value.ts'

/** A call whose arguments come in pieces. */
interface GrowingCall {
  key: number
  part: { [key: string]: unknown }
  args: PartialArgs
}

/** Reads the chunks of a `generateContentStream`. Only the first candidate is the answer; thoughts stand apart. */
export class GoogleReader extends ChannelReader {
  readonly #parts: WireObject[] = []
  readonly #callIds: string[] = []
  #calls = 0
  #growing: GrowingCall | undefined

  protected override readWire(wire: WireObject): void {
    this.readModel(wire['modelVersion'])
    const candidate = asObject(asList(wire['candidates'])[0])
    for (const part of asList(asObject(candidate?.['content'])?.['parts'])) this.#readPart(asObject(part) ?? {})
    this.channel.usage(googleUsage(asObject(wire['usageMetadata']) ?? {}))
    const reason = asName(candidate?.['finishReason'])
    if (reason !== undefined) this.#finish(finishReason(reason))
    // A prompt that was blocked has no candidates.
    else if (asName(asObject(wire['promptFeedback'])?.['blockReason']) !== undefined) this.#finish('content-filter')
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
    if (data !== undefined) {
      const mediaType = asText(data['mimeType'])
      this.channel.file({ mediaType, data: bytesOfBase64(asText(data['data'])) })
    }
    this.#keep(part)
  }

  /** Whole, or a name, then pieces of arguments, then an empty call as the end. */
  #readCall(part: WireObject, call: WireObject): void {
    const goesOn = call['willContinue'] === true
    const name = asName(call['name'])
    if (name !== undefined) {
      const key = this.#calls++
      const id = asName(call['id']) ?? `call_${key}_${Math.random().toString(36).slice(2, 10)}`
      this.#callIds.push(id)
      this.channel.toolStart(key, id, name)
      const kept = { ...part, functionCall: { ...call, willContinue: undefined, partialArgs: undefined } }
      this.#growing = { key, part: kept, args: new PartialArgs() }
      this.#parts.push(kept)
    }
    const growing = this.#growing
    if (growing === undefined) return
    growing.args.add(call['partialArgs'])
    if (goesOn) return
    const text = asObject(call['args']) === undefined ? growing.args.text : JSON.stringify(call['args'])
    growing.part['functionCall'] = { ...asObject(growing.part['functionCall']), args: JSON.parse(text) as unknown }
    this.channel.toolEnd(growing.key, text)
    this.#growing = undefined
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

  #finish(reason: FinishReason): void {
    if (this.channel.finished) return
    // Without a signature the neutral message says all; the answer tool's call is no call in the history.
    if (this.#parts.some((part) => part['thoughtSignature'] !== undefined) && !this.channel.answered) {
      const data: GoogleData = { parts: this.#parts, callIds: this.#callIds }
      this.channel.metadata({ providerData: data })
    }
    this.channel.finish(reason)
  }
}

function isBareText(part: WireObject): boolean {
  return Object.entries(part).every(([key, value]) => key === 'text' || value === undefined)
}

function finishReason(reason: string): FinishReason {
  switch (reason) {
    case 'STOP':
      return 'stop'
    case 'MAX_TOKENS':
      return 'length'
    case 'SAFETY':
    case 'RECITATION':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'MODEL_ARMOR':
    case 'IMAGE_SAFETY':
    case 'IMAGE_RECITATION':
    case 'IMAGE_PROHIBITED_CONTENT':
      return 'content-filter'
    case 'MALFORMED_FUNCTION_CALL':
    case 'UNEXPECTED_TOOL_CALL':
    case 'TOO_MANY_TOOL_CALLS':
      return 'error'
    default:
      return 'other'
  }
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
