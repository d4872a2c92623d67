export { JsonError, type TextPosition } from './errors.ts'
export { IncrementalJsonParser, parsePartial, type ParserOptions } from './parser.ts'
export { Tokenizer, type TokenizerOptions } from './tokenizer.ts'
export type { TokenSink } from './token-sink.ts'
