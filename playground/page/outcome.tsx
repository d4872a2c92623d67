import { useEffect, useState } from 'react'
import type { StructStreamError } from '../../src/errors.ts'
import type { StoreStatus } from '../../src/react/index.ts'
import { number, time } from './format.ts'
import type { LogSource, LogState } from './log-state.ts'
import { savedBy, tokensWritten } from './saved.ts'
import { useLog } from './use-log.ts'

interface Props {
  log: LogSource
  status: StoreStatus
  error?: StructStreamError | undefined
  /** In place of what the status says. */
  children?: React.ReactNode
}

/** How it goes, in a line, and in figures. Its height does not depend on them. */
export function Outcome({ log, status, error, children }: Props) {
  const state = useLog(log)
  const elapsed = useElapsed(state)
  const saved = savedBy(state)
  const { tokens, isEstimate } = tokensWritten(state)
  return (
    <div className="card outcome" data-status={status}>
      <p className="verdict" role="status">
        {children ?? <Verdict status={status} error={error} />}
      </p>
      <dl className="figures">
        <Figure name="First delta" value={time(state.firstDelta)} />
        <Figure name="First partial" value={time(state.firstPartial)} />
        <Figure name="Time" value={time(elapsed)} />
        <Figure name="Calls" value={state.attempts.length === 0 ? '–' : String(state.attempts.length)} />
        <Figure name="Tokens" value={tokens === 0 ? '–' : `${isEstimate ? '≈ ' : ''}${number(tokens)}`} />
        <Figure
          name="Saved"
          value={saved === undefined ? '–' : `≈ ${number(saved.tokens)} tokens`}
          more={saved === undefined ? '' : `${saved.why}, ${number(saved.chars)} characters`}
          isGood={saved !== undefined}
        />
      </dl>
    </div>
  )
}

function Figure({
  name,
  value,
  more = '',
  isGood = false,
}: {
  name: string
  value: string
  more?: string
  isGood?: boolean
}) {
  return (
    <div className={isGood ? 'figure good' : 'figure'} title={more}>
      <dt>{name}</dt>
      <dd>
        {value}
        {more !== '' && <small>{more}</small>}
      </dd>
    </div>
  )
}

function Verdict({ status, error }: Pick<Props, 'status' | 'error'>) {
  switch (status) {
    case 'idle':
      return <span>Press Run: the empty fields fill in while the text arrives.</span>
    case 'starting':
      return <span>Waiting for the first delta …</span>
    case 'streaming':
      return <span>The model is writing …</span>
    case 'validating':
      return <span>Checking the whole schema …</span>
    case 'done':
      return <strong>✓ Valid: the data have passed the schema.</strong>
    case 'stopped':
      return <strong>Stopped by you; the model was told to stop too.</strong>
    case 'failed':
      return (
        <span>
          <strong>
            ✗ <code>{error?.code ?? 'failed'}</code>
          </strong>{' '}
          {error?.message}
        </span>
      )
    default: {
      const never: never = status
      return never
    }
  }
}

/** Milliseconds since the start; ticks while the model is silent, too. */
function useElapsed({ isRunning, startedAt, endedAt }: LogState): number | undefined {
  const [now, setNow] = useState(0)
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => setNow(performance.now()), 100)
    return () => clearInterval(timer)
  }, [isRunning])
  if (isRunning) return Math.max(0, now - startedAt)
  return endedAt
}
