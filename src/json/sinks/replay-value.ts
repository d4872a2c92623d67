import { InexactNumber } from '../numbers.ts'
import type { TokenSink } from '../token-sink.ts'

/** Tells a sink a value that is there already, as if it were read. Recursive: parsed data is never deeper than `maxDepth`. */
export function replayValue(sink: TokenSink, value: unknown): void {
  if (typeof value === 'string') {
    sink.beginString()
    sink.endString(value)
  } else if (value instanceof InexactNumber) {
    sink.beginNumber()
    sink.endNumber(value.value, value.text)
  } else if (typeof value === 'number') {
    sink.beginNumber()
    sink.endNumber(value)
  } else if (value === null || typeof value === 'boolean') {
    sink.beginLiteral(value)
    sink.endLiteral(value)
  } else if (Array.isArray(value)) {
    sink.beginArray()
    for (const element of value) replayValue(sink, element)
    sink.endArray()
  } else {
    sink.beginObject()
    for (const [key, child] of Object.entries(value as object)) {
      sink.key(key)
      replayValue(sink, child)
    }
    sink.endObject()
  }
}
