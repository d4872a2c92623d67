import { useId, useState, useSyncExternalStore } from 'react'
import { number, time } from './format.ts'
import type { Playback } from './playback.ts'

const speeds = { '0.25': '¼×', '1': '1×', '4': '4×', '16': '16×' } as const

/** Marks that are drawn: more can't be seen. */
const MOST_MARKS = 200

/** Goes through a recording, event by event. */
export function Scrubber({ playback }: { playback: Playback }) {
  useSyncExternalStore(playback.subscribe, playback.getState)
  const [speed, setSpeed] = useState<keyof typeof speeds>('1')
  const id = useId()
  const { index, last, frames, isPlaying } = playback
  const { at, type } = frames[index]!
  const place = `Event ${number(index + 1)} of ${number(last + 1)}`
  return (
    <div className="card scrubber" role="group" aria-label="Recording">
      <button type="button" onClick={() => (isPlaying ? playback.pause() : playback.play(Number(speed)))}>
        {isPlaying ? 'Pause' : 'Play'}
      </button>
      <div className="events">
        <input
          type="range"
          aria-label="Event"
          min={0}
          max={last}
          step={1}
          value={index}
          aria-valuetext={`${place}, ${type}, ${time(at)}`}
          onChange={(event) => playback.seek(Number(event.target.value))}
        />
        <Marks playback={playback} />
      </div>
      <span className="amount" aria-hidden="true">
        {place} · {time(at)} of {time(frames[last]!.at)}
      </span>
      <label className="hidden" htmlFor={`${id}-speed`}>
        Playing speed
      </label>
      <select
        id={`${id}-speed`}
        value={speed}
        onChange={(event) => {
          const chosen = event.target.value as keyof typeof speeds
          setSpeed(chosen)
          if (isPlaying) playback.play(Number(chosen))
        }}
      >
        {Object.entries(speeds).map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </div>
  )
}

/** Where something is wrong, repaired or stopped. */
function Marks({ playback }: { playback: Playback }) {
  const { frames, last, judgement } = playback
  const marks = frames.flatMap(({ issues, repairs, isFault }, index): [number, string][] => {
    if (index === judgement.outcome.stoppedAt) return [[index, 'stop']]
    if (issues !== undefined || isFault === true) return [[index, 'issue']]
    return repairs === undefined ? [] : [[index, 'repair']]
  })
  return (
    <div className="ticks" aria-hidden="true">
      {marks.slice(0, MOST_MARKS).map(([index, kind]) => (
        <i key={index} className={kind} style={{ left: `${last === 0 ? 0 : (index / last) * 100}%` }} />
      ))}
    </div>
  )
}
