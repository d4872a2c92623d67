export { createStructuredStream, type ReactiveStructuredStream } from './reactive-stream.ts'
