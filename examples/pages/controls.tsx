import type { ReactNode } from 'react'
import type { SchemaLike } from 'structstream'
import type { StructuredStreamState } from 'structstream/react'

interface ControlsProps {
  stream: Pick<StructuredStreamState<SchemaLike | undefined>, 'status' | 'error' | 'stop'>
  /** What the button that asks says. */
  ask: string
  onAsk: () => void
  children: ReactNode
}

const words = {
  idle: '',
  starting: 'Asking…',
  streaming: 'Writing…',
  validating: 'Checking…',
  done: 'Done.',
  stopped: 'Stopped. What had come is kept.',
  failed: '',
}

/** What is asked, the button that asks or stops, and how it goes. */
export function Controls({ stream: { status, error, stop }, ask, onAsk, children }: ControlsProps) {
  const isRunning = status === 'starting' || status === 'streaming' || status === 'validating'
  return (
    <form
      className="controls"
      onSubmit={(event) => {
        event.preventDefault()
        if (isRunning) stop()
        else onAsk()
      }}
    >
      {children}
      <button className={isRunning ? 'stop' : 'ask'}>{isRunning ? 'Stop' : ask}</button>
      <output className={status}>{words[status]}</output>
      {error && (
        <p role="alert">
          {error.message} <code>{error.code}</code>
        </p>
      )}
    </form>
  )
}
