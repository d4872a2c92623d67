import { useEffect, useRef } from 'react'
import { pathText, time } from './format.ts'
import type { LogSource, Note } from './log-state.ts'
import { useLog } from './use-log.ts'

/** Lines that are drawn; the newest ones. */
const MOST = 200

/** Issues, repairs and what was done about them, as they come. */
export function Activity({ log }: { log: LogSource }) {
  const { notes, attempts, isRunning } = useLog(log)
  const place = useRef<HTMLDivElement>(null)
  const count = notes.length
  useEffect(() => {
    if (place.current !== null) place.current.scrollTop = place.current.scrollHeight
  }, [count])
  const skipped = Math.max(0, count - MOST)
  return (
    <section className="card activity" aria-labelledby="activity-title">
      <header>
        <h2 id="activity-title">Issues and repairs</h2>
        <span className="hint">{count > 0 ? count.toLocaleString('en') : ''}</span>
      </header>
      <div ref={place} className="scroll" tabIndex={0} role="region" aria-label="Issues and repairs">
        {count === 0 ? (
          <p className="nothing">
            {attempts.length === 0
              ? 'What goes wrong, and what is repaired, is listed here.'
              : isRunning
                ? 'None so far.'
                : 'None.'}
          </p>
        ) : (
          <ol className="notes">
            {skipped > 0 && <li className="empty">{skipped.toLocaleString('en')} before these</li>}
            {notes.slice(skipped).map((note, index) => (
              <Line key={skipped + index} note={note} />
            ))}
          </ol>
        )}
      </div>
    </section>
  )
}

function Line({ note: { at, kind, code, path, text, before, after } }: { note: Note }) {
  return (
    <li className={`note ${kind}`}>
      <span className="at">{time(at)}</span>
      <span className="what">
        <b>{kind === code ? kind : `${kind} · ${code}`}</b>
        {path !== undefined && path.length > 0 && (
          <>
            {' '}
            at <code>{pathText(path)}</code>
          </>
        )}
        {text !== '' && <> {text}</>}
        {before !== undefined && after !== undefined && (
          <span className="change">
            <del>{shown(before)}</del> → <ins>{shown(after)}</ins>
          </span>
        )}
      </span>
    </li>
  )
}

function shown(text: string): string {
  if (text === '') return 'nothing'
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return short.replaceAll('\n', '⏎')
}
