import { useEffect, useRef } from 'react'
import type { StreamStore } from '../../src/react/index.ts'
import { CopyButton } from './copy-button.tsx'
import { RawText } from './raw-text.ts'
import type { RunLog } from './run-log.ts'

interface Props {
  log: RunLog
  store: StreamStore<unknown>
  isRunning: boolean
}

/** What the model writes, as it writes it; its reasoning apart. */
export function RawPane({ log, store, isRunning }: Props) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => log.attach(new RawText(place.current!)), [log])
  return (
    <section className="card raw" aria-labelledby="raw-title">
      <header>
        <h2 id="raw-title">Text</h2>
        <CopyButton what="the text" text={() => store.getState().text} />
      </header>
      {/* A pane that scrolls has to be reached by the keyboard. */}
      <div ref={place} className="scroll" tabIndex={0} role="region" aria-label="Raw text" aria-busy={isRunning} />
    </section>
  )
}
