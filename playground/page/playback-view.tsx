import { useSyncExternalStore } from 'react'
import type { JsonSchemaObject } from '../../src/types.ts'
import { Activity } from './activity.tsx'
import { DataPane } from './data-pane.tsx'
import { number } from './format.ts'
import { Outcome } from './outcome.tsx'
import type { Playback } from './playback.ts'
import { RawPane } from './raw-pane.tsx'
import { Scrubber } from './scrubber.tsx'
import { Timeline } from './timeline.tsx'

/** A judged answer: the panes of a live run, and what goes through it. */
export function PlaybackView({ playback, shape }: { playback: Playback; shape: JsonSchemaObject }) {
  useSyncExternalStore(playback.subscribe, playback.getState)
  const { index, last, judgement } = playback
  const isAtEnd = index === last
  const status = !isAtEnd ? 'streaming' : judgement.outcome.error === undefined ? 'done' : 'failed'
  return (
    <>
      <Outcome log={playback} status={status}>
        <Verdict playback={playback} />
      </Outcome>
      <Scrubber playback={playback} />
      <RawPane log={playback} source={playback} isRunning={!isAtEnd} playback={playback} />
      <DataPane source={playback} shape={shape} isRunning={!isAtEnd} />
      <Timeline log={playback} />
      <Activity log={playback} />
    </>
  )
}

function Verdict({ playback: { index, last, frames, judgement } }: { playback: Playback }) {
  const { error, stoppedAt, read, recorded } = judgement.outcome
  const frame = frames[index]!
  const end = frames[last]!
  if (index < last) {
    if (frame.isUnread === true)
      return <span>Not read: the model would have been stopped at event {number(stoppedAt! + 1)}.</span>
    if (index === stoppedAt) return <strong>Here the model would have been stopped.</strong>
    return (
      <span>
        Up to here: {frame.type} <code>{frame.text.slice(0, 100)}</code>
      </span>
    )
  }
  const recording = end.isFault === true ? ` ${end.text}` : ''
  if (error === undefined) return <strong>✓ Valid: the data have passed the schema.{recording}</strong>
  return (
    <span>
      <strong>
        ✗ <code>{error.code}</code>
      </strong>{' '}
      {error.message.replace(/[^.!?]$/, '$&.')}
      {stoppedAt !== undefined && ` Stopped after ${number(read)} of ${number(recorded)} characters.`}
      {recording.includes(error.message) ? '' : recording}
    </span>
  )
}
