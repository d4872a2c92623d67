import { useEffect, useRef, useState } from 'react'
import { CopyButton } from './copy-button.tsx'
import { EventsList } from './events-list.tsx'
import type { FieldSource } from './field-source.ts'
import { Segments } from './fields.tsx'
import type { LogSource } from './log-state.ts'
import type { Playback } from './playback.ts'
import { RawText } from './raw-text.ts'

interface Props {
  log: LogSource
  source: FieldSource
  isRunning: boolean
  /** Of a played answer, the events can be seen, too. */
  playback?: Playback | undefined
}

const views = { text: 'Text', events: 'Events' } as const

/** What the model writes, as it writes it; its reasoning apart. */
export function RawPane({ log, source, isRunning, playback }: Props) {
  const [view, setView] = useState<keyof typeof views>('text')
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => log.attach(new RawText(place.current!)), [log])
  return (
    <section className="card raw" aria-labelledby="raw-title">
      <header>
        <h2 id="raw-title">Text</h2>
        {playback !== undefined && <Segments label="View" value={view} options={views} onChange={setView} />}
        <CopyButton what="the text" text={() => source.getState().text} />
      </header>
      {/* A pane that scrolls has to be reached by the keyboard. */}
      <div
        ref={place}
        className="scroll"
        tabIndex={0}
        role="region"
        aria-label="Raw text"
        aria-busy={isRunning}
        hidden={view === 'events'}
      />
      {playback !== undefined && view === 'events' && <EventsList playback={playback} />}
    </section>
  )
}
