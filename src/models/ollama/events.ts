import { Calls } from '../events/calls.ts'
import { isWholeAnswer } from '../events/finish-reason.ts'
import { usageOf } from '../events/usage.ts'
import { ChannelReader } from '../events/wire-reader.ts'
import { asCount, asIndex, asList, asName, asObject, asText, type WireObject } from '../events/wire-value.ts'

/** Reads the lines of an Ollama chat. Tool calls come whole; an error is a separate line under status 200. */
export class OllamaReader extends ChannelReader {
  readonly #calls = new Calls(this.channel)

  protected override readWire(wire: WireObject): boolean {
    this.readModel(wire['model'])
    const message = asObject(wire['message']) ?? {}
    this.channel.reasoning(asText(message['thinking']))
    this.channel.text(asText(message['content']))
    for (const call of asList(message['tool_calls'])) this.#readCall(asObject(call) ?? {})
    if (wire['done'] === true) {
      const inputTokens = asCount(wire['prompt_eval_count'])
      const outputTokens = asCount(wire['eval_count'])
      this.channel.usage(usageOf({ inputTokens, outputTokens }))
      // Versions before 0.5 have no reason.
      const reason = asName(wire['done_reason']) ?? 'stop'
      if (isWholeAnswer(reason)) this.#calls.finish()
      this.channel.finish(reason)
    }
    return wire['message'] !== undefined || wire['done'] !== undefined || wire['error'] !== undefined
  }

  #readCall(call: WireObject): void {
    const fn = asObject(call['function']) ?? {}
    const given = fn['arguments']
    const text = typeof given === 'string' ? given : JSON.stringify(given ?? {})
    const identity = { id: asName(call['id']), position: asIndex(fn['index']), name: asName(fn['name']) }
    this.#calls.wholeCall(identity, text)
  }
}
