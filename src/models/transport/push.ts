import type { ModelEvent } from '../model.ts'

/** Takes the events of one stream by plain calls; none of them throws. */
export interface EventSink {
  /** @param isMore more arrived together with these and follows at once, or `pause` does */
  events(events: readonly ModelEvent[], isMore: boolean): void
  /** All that had arrived has been passed on. */
  pause(): void
  end(): void
  fail(error: unknown): void
}

/** On a stream whose events can also be had without a promise for each. The iterator is left alone then, but for `return()`. */
export const PUSH: unique symbol = Symbol('push')

/** A stream that can push. */
export interface PushingStream extends AsyncIterableIterator<ModelEvent> {
  /** Starts it; called once, in place of `next()`. */
  [PUSH](sink: EventSink): void
}

/** Whether the events of `stream`, which any model may have given, can be had by plain calls. */
export function canPush(stream: AsyncIterable<ModelEvent>): stream is PushingStream {
  return PUSH in stream
}
