export { useField, useStructuredStream, type StructuredStreamRefs } from './stream-refs.ts'
