import type { FinishReason } from '../../types.ts'
import { ChannelReader } from '../events/wire-reader.ts'
import { usageOf } from '../events/usage.ts'
import { asCount, asList, asName, asObject, asText, type WireObject } from '../events/wire-value.ts'

/** Reads the lines of an Ollama chat. Tool calls come whole. */
export class OllamaReader extends ChannelReader {
  #calls = 0

  protected override readWire(wire: WireObject): void {
    // An error is a line of its own under status 200.
    if (typeof wire['error'] === 'string') this.error = { message: wire['error'] }
    this.readModel(wire['model'])
    const message = asObject(wire['message']) ?? {}
    this.channel.reasoning(asText(message['thinking']))
    this.channel.text(asText(message['content']))
    for (const call of asList(message['tool_calls'])) this.#readCall(asObject(call) ?? {})
    if (wire['done'] === true) {
      const inputTokens = asCount(wire['prompt_eval_count'])
      const outputTokens = asCount(wire['eval_count'])
      const unknown = { totalTokens: undefined, reasoningTokens: undefined, cachedInputTokens: undefined }
      this.channel.usage(usageOf({ inputTokens, outputTokens, ...unknown }))
      this.channel.finish(doneReason(asName(wire['done_reason'])))
    }
  }

  #readCall(call: WireObject): void {
    const fn = asObject(call['function']) ?? {}
    const key = this.#calls++
    this.channel.toolStart(key, asName(call['id']), asText(fn['name']))
    const given = fn['arguments']
    this.channel.toolEnd(key, typeof given === 'string' ? given : JSON.stringify(given ?? {}))
  }
}

/** Versions before 0.5 have no reason. */
function doneReason(reason: string | undefined): FinishReason {
  if (reason === undefined || reason === 'stop') return 'stop'
  return reason === 'length' ? 'length' : 'other'
}
