import { time } from './format.ts'
import type { AttemptLog, FieldLog, LogSource, LogState } from './log-state.ts'
import { useLog } from './use-log.ts'

/** Rows that are drawn; of a longer list, the newest elements. */
const MOST_ROWS = 20

/** When what came: the calls of the model, and each field from its beginning to its completion. */
export function Timeline({ log }: { log: LogSource }) {
  const state = useLog(log)
  const { attempts, fields, firstDelta, firstPartial } = state
  const end = lengthOf(state)
  // Of a played answer, what comes later is open.
  const now = state.span === undefined ? undefined : state.endedAt
  const skipped = Math.max(0, fields.length - MOST_ROWS)
  return (
    <section className="card time" aria-labelledby="time-title">
      <header>
        <h2 id="time-title">Time line</h2>
        <span className="hint">each field, and how long it took</span>
      </header>
      <div className="scroll" tabIndex={0} role="region" aria-label="Time line">
        {attempts.length === 0 ? (
          <p className="nothing">Calls and fields will be drawn here.</p>
        ) : (
          <div className="chart">
            <Axis end={end} />
            <Mark at={firstDelta} end={end} name="first delta" />
            <Mark at={firstPartial} end={end} name="first partial" />
            {state.span !== undefined && <Mark at={state.endedAt} end={end} name="now" />}
            <ol>
              {attempts.map((attempt) => (
                <AttemptRow key={attempt.number} attempt={attempt} now={now} end={end} />
              ))}
              {skipped > 0 && <li className="empty">{skipped.toLocaleString('en')} before these</li>}
              {fields.slice(skipped).map((field, slot) => (
                <FieldRow key={slot} field={field} now={now} end={end} state={state} />
              ))}
            </ol>
          </div>
        )}
      </div>
    </section>
  )
}

function AttemptRow({ attempt, now, end }: { attempt: AttemptLog; now: number | undefined; end: number }) {
  const { number, kind, from, to, finishReason, isStopped } = attempt
  const how = to === undefined ? 'running' : (finishReason ?? (isStopped ? 'stopped' : 'broken off'))
  const state = to === undefined ? 'open' : finishReason === 'stop' ? 'complete' : 'invalid'
  return (
    <li className="lane call">
      <span className="name">
        call {number}
        {kind !== 'first' && ` · ${kind}`}
      </span>
      <span className="track">
        <Bar from={from} to={to ?? now} end={end} className={`bar ${state}`} />
      </span>
      <span className="when">{how}</span>
    </li>
  )
}

interface FieldRowProps {
  field: FieldLog
  now: number | undefined
  end: number
  state: LogState
}

function FieldRow({ field, now, end, state }: FieldRowProps) {
  const { key, from, to, inside } = field
  const isWrong = state.notes.some(({ kind, path }) => kind === 'issue' && path?.[0] === key)
  const className = to !== undefined ? 'complete' : isWrong ? 'invalid' : 'open'
  return (
    <li className="lane">
      <span className="name">{typeof key === 'number' ? `[${key}]` : key}</span>
      <span className="track">
        <Bar from={from} to={to ?? now} end={end} className={`bar ${className}`} />
        {inside.map((at, index) => (
          <i key={index} className="inside" style={{ left: `${(at / end) * 100}%` }} />
        ))}
      </span>
      <span className="when" title={`from ${time(from)} to ${time(to)}`}>
        {to === undefined ? (isWrong ? 'invalid' : '') : time(to - from)}
      </span>
    </li>
  )
}

function Bar({ from, to, end, className }: { from: number; to: number | undefined; end: number; className: string }) {
  const left = (from / end) * 100
  const right = to === undefined ? undefined : (to / end) * 100
  return (
    <i
      className={className}
      style={{ left: `${left}%`, width: right === undefined ? `${Math.max(0, 100 - left)}%` : `${right - left}%` }}
    />
  )
}

function Mark({ at, end, name }: { at: number | undefined; end: number; name: string }) {
  if (at === undefined) return null
  return (
    <div className="marks" aria-hidden="true">
      <i
        className={`mark ${name.replace(' ', '-')}`}
        title={`${name} ${time(at)}`}
        style={{ left: `${(at / end) * 100}%` }}
      />
    </div>
  )
}

function Axis({ end }: { end: number }) {
  return (
    <div className="axis" aria-hidden="true">
      {ticksUpTo(end).map((at) => (
        <span key={at} style={{ left: `${(at / end) * 100}%` }}>
          {at >= 1_000 ? `${at / 1_000} s` : at === 0 ? '0' : `${at} ms`}
        </span>
      ))}
    </div>
  )
}

/** Round times, four or so. */
function ticksUpTo(end: number): number[] {
  const power = 10 ** Math.floor(Math.log10(end / 4))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => end / size <= 4)!
  return Array.from({ length: Math.floor((end * 0.97) / step) + 1 }, (_, index) => index * step)
}

/** Milliseconds that the chart shows. While it runs they grow by steps, so that it does not shrink with each frame. */
function lengthOf({ isRunning, startedAt, endedAt, span }: LogState): number {
  if (span !== undefined) return Math.max(1, span)
  const now = isRunning ? performance.now() - startedAt : (endedAt ?? 0)
  if (!isRunning) return Math.max(50, now)
  let length = 1_000
  while (length < now) length *= 1.5
  return length
}
