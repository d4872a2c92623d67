export { record, type RecordTarget } from './record.ts'
export { replay, type ReplayOptions } from './replay.ts'
export { cassette, type RecordingStore } from './cassette.ts'
export type {
  RecordedCall,
  RecordedEnd,
  RecordedError,
  RecordedEvent,
  RecordedHeader,
  RecordedLine,
} from './recording.ts'
