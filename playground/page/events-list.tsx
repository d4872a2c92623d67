import { useEffect, useRef, useSyncExternalStore } from 'react'
import { number, time } from './format.ts'
import type { Playback } from './playback.ts'

/** Lines that are drawn; the newest ones. */
const MOST = 200
/** Characters that are drawn of one event. */
const MOST_TEXT = 200

/** The model's events up to the one that is shown. */
export function EventsList({ playback }: { playback: Playback }) {
  useSyncExternalStore(playback.subscribe, playback.getState)
  const { index, frames } = playback
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    place.current!.scrollTop = place.current!.scrollHeight
  }, [index])
  const first = Math.max(0, index + 1 - MOST)
  return (
    <div ref={place} className="scroll" tabIndex={0} role="region" aria-label="Events">
      <ol className="wire">
        {first > 0 && <li className="empty">{number(first)} before these</li>}
        {frames.slice(first, index + 1).map(({ at, type, text, isUnread, isFault }, offset) => (
          <li
            key={first + offset}
            className={[isUnread === true ? 'unread' : '', isFault === true ? 'fault' : ''].join(' ').trim()}
            aria-current={first + offset === index ? 'step' : undefined}
          >
            <span className="at">{time(at)}</span>
            <b>{type}</b>
            <code>{shown(text)}</code>
          </li>
        ))}
      </ol>
    </div>
  )
}

function shown(text: string): string {
  const short = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text
  return short.replaceAll('\n', '⏎')
}
