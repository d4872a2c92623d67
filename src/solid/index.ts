export { createField, createStructuredStream, type StructuredStreamAccessors } from './stream-accessors.ts'
