import type { TokenSink } from '../token-sink.ts'

/** Hands every token to two sinks, the first one first. */
export function tee(first: TokenSink, second: TokenSink): TokenSink {
  return {
    beginObject() {
      first.beginObject()
      second.beginObject()
    },
    key(name) {
      first.key(name)
      second.key(name)
    },
    endObject() {
      first.endObject()
      second.endObject()
    },
    beginArray() {
      first.beginArray()
      second.beginArray()
    },
    endArray() {
      first.endArray()
      second.endArray()
    },
    beginString() {
      first.beginString()
      second.beginString()
    },
    growString(piece, soFar) {
      first.growString(piece, soFar)
      second.growString(piece, soFar)
    },
    endString(value) {
      first.endString(value)
      second.endString(value)
    },
    beginNumber() {
      first.beginNumber()
      second.beginNumber()
    },
    endNumber(value, text) {
      first.endNumber(value, text)
      second.endNumber(value, text)
    },
    beginLiteral(value) {
      first.beginLiteral(value)
      second.beginLiteral(value)
    },
    endLiteral(value) {
      first.endLiteral(value)
      second.endLiteral(value)
    },
    reopenString() {
      first.reopenString?.()
      second.reopenString?.()
    },
    cancelLiteral() {
      first.cancelLiteral?.()
      second.cancelLiteral?.()
    },
  }
}
