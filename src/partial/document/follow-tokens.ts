import type { TokenSink } from '../../json/token-sink.ts'
import { ANY } from '../../schema/node.ts'
import type { Feed, InterpreterOptions, Translation } from '../interpreter.ts'
import { DocumentInterpreter } from './document-interpreter.ts'

/** Reads the document in a text for its tokens alone: no schema judges it, and no user code runs. */
export function followTokens(
  makeSink: () => TokenSink,
  options: InterpreterOptions,
  decoding: Translation | null,
): Feed {
  const sink = (): TokenSink => (decoding === null ? makeSink() : decoding.sink(makeSink()))
  return new DocumentInterpreter(ANY, { sink, decode: (value) => value }, options)
}
