import { useCallback, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useStructuredStream } from '../../src/react/index.ts'
import { LENGTH_HEADER, RUN_PATH, type PlayConfig } from '../protocol.ts'
import { Activity } from './activity.tsx'
import { Controls } from './controls.tsx'
import { DataPane } from './data-pane.tsx'
import { Outcome } from './outcome.tsx'
import { RawPane } from './raw-pane.tsx'
import { RunLog } from './run-log.ts'
import { chosenSchema, requestOf, settingsFor, type ChosenSchema, type PageSettings } from './settings.ts'
import { ThemeSwitch } from './theme-switch.tsx'
import { Timeline } from './timeline.tsx'
import type { AnySchema } from '../../src/schema/types.ts'

/** The whole page. It renders when the settings or the status change; what grows renders itself. */
export function App({ config }: { config: PlayConfig | undefined }) {
  const [settings, setSettings] = useState(() => settingsFor(config))
  const [log] = useState(() => new RunLog())
  const [shown, setShown] = useState<ChosenSchema>(() => chosenSchema(settings, config?.schema))
  const results = useRef<HTMLElement>(null)

  const fetchRun = useCallback(
    async (...args: Parameters<typeof fetch>): Promise<Response> => {
      const response = await fetch(...args)
      const length = Number(response.headers.get(LENGTH_HEADER) ?? NaN)
      if (Number.isFinite(length)) log.setWholeLength(length)
      return response
    },
    [log],
  )
  const { submit, stop, clear, status, error, store } = useStructuredStream<AnySchema>({
    api: RUN_PATH,
    schema: shown.schema,
    fetch: fetchRun,
  })
  const isRunning = status === 'starting' || status === 'streaming' || status === 'validating'

  const run = useCallback(
    (wanted: PageSettings): void => {
      let chosen: ChosenSchema
      try {
        chosen = chosenSchema(wanted, config?.schema)
      } catch {
        // The form says what is wrong with it.
        document.querySelector<HTMLElement>('#own-schema')?.focus()
        return
      }
      // The stream is read by the schema that is shown from now on.
      flushSync(() => {
        setSettings(wanted)
        setShown(chosen)
      })
      void log.follow(submit(requestOf(wanted)))
      if (matchMedia('(max-width: 59.99rem)').matches) results.current?.scrollIntoView({ block: 'start' })
    },
    [log, submit, config],
  )

  const change = useCallback(
    (wanted: PageSettings): void => {
      setSettings(wanted)
      if (wanted.schema === settings.schema && wanted.ownSchema === settings.ownSchema) return
      try {
        setShown(chosenSchema(wanted, config?.schema))
      } catch {
        return
      }
      clear()
      log.clear()
    },
    [settings, clear, log, config],
  )

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        run(settings)
      } else if (event.key === 'Escape') stop()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [run, settings, stop])

  return (
    <>
      <header className="top">
        <h1>
          <span className="brand">structstream</span> playground
        </h1>
        <p className="claim">A model’s text becomes typed, validated data while it is being written.</p>
        <ThemeSwitch />
      </header>
      <main className="page">
        <Controls
          settings={settings}
          config={config}
          isRunning={isRunning}
          onChange={change}
          onRun={run}
          onStop={stop}
        />
        <section className="results" ref={results} aria-label="Result">
          <Outcome log={log} status={status} error={error} />
          <RawPane log={log} store={store} isRunning={isRunning} />
          <DataPane store={store} shape={shown.shape} isRunning={isRunning} />
          <Timeline log={log} />
          <Activity log={log} />
        </section>
      </main>
    </>
  )
}
