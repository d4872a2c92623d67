export { injectStructuredStream, type StructuredStreamSignals } from './inject-structured-stream.ts'
