import { useCallback, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useStructuredStream } from '../../src/react/index.ts'
import { LENGTH_HEADER, RUN_PATH, type PlayConfig } from '../protocol.ts'
import { Activity } from './activity.tsx'
import { Controls } from './controls.tsx'
import { DataPane } from './data-pane.tsx'
import { Outcome } from './outcome.tsx'
import { PlaybackView } from './playback-view.tsx'
import { RawPane } from './raw-pane.tsx'
import { linesOf, type OpenRecording } from './recording-file.ts'
import { RunLog } from './run-log.ts'
import {
  chosenSchema,
  judgeRequestOf,
  requestOf,
  settingsFor,
  type ChosenSchema,
  type PageSettings,
} from './settings.ts'
import { ThemeSwitch } from './theme-switch.tsx'
import { Timeline } from './timeline.tsx'
import { useJudged } from './use-judged.ts'
import { useRecording } from './use-recording.ts'
import type { AnySchema } from '../../src/schema/types.ts'

/** A recording and which of its calls, or what was wrong with the file that was opened last. */
interface Opened {
  recording: OpenRecording | undefined
  call: number
  problem: string
}

/** The whole page. It renders when the settings or the status change; what grows renders itself. */
export function App({ config }: { config: PlayConfig | undefined }) {
  const [settings, setSettings] = useState(() => settingsFor(config))
  const [log] = useState(() => new RunLog())
  const [shown, setShown] = useState<ChosenSchema>(() => chosenSchema(settings, config?.schema))
  const [opened, setOpened] = useState<Opened>({ recording: undefined, call: 0, problem: '' })
  const results = useRef<HTMLElement>(null)
  const { judged, isPlaying, judge, fail, stop: stopJudged, clear: clearJudged } = useJudged()

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
    (wanted: PageSettings, { recording, call }: Opened): void => {
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
      if (wanted.kind === 'pasted' || wanted.kind === 'recorded') {
        stop()
        if (wanted.kind === 'pasted') {
          const { pasted: text, chunk, speed } = wanted
          void judge(judgeRequestOf(wanted, { kind: 'pasted', text, chunk, delay: 1_000 / speed }), 1)
        } else if (recording === undefined) document.querySelector<HTMLElement>('#recording')?.focus()
        else void judge(judgeRequestOf(wanted, { kind: 'recorded', call: linesOf(recording.calls[call]!) }))
      } else {
        flushSync(clearJudged)
        void log.follow(submit(requestOf(wanted)))
      }
      if (matchMedia('(max-width: 59.99rem)').matches) results.current?.scrollIntoView({ block: 'start' })
    },
    [log, submit, stop, judge, clearJudged, config],
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
      clearJudged()
      log.clear()
    },
    [settings, clear, clearJudged, log, config],
  )

  const onOpen = useCallback(
    (result: OpenRecording | { problem: string }): void => {
      const wanted: PageSettings = { ...settings, kind: 'recorded' }
      if ('problem' in result) {
        setSettings(wanted)
        setOpened({ recording: undefined, call: 0, problem: result.problem })
        fail(result.problem)
        return
      }
      const now = { recording: result, call: 0, problem: '' }
      setOpened(now)
      run(wanted, now)
    },
    [settings, run, fail],
  )
  const { open, isDropping } = useRecording(config?.recording, onOpen)

  const stopAll = useCallback((): void => {
    stop()
    stopJudged()
  }, [stop, stopJudged])

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        run(settings, opened)
      } else if (event.key === 'Escape') stopAll()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [run, settings, opened, stopAll])

  return (
    <>
      <header className="top">
        <h1>
          <span className="brand">structstream</span> playground
        </h1>
        <p className="claim">A model’s text becomes typed, validated data while it is being written.</p>
        <ThemeSwitch />
      </header>
      <main className={isDropping ? 'page dropping' : 'page'}>
        <Controls
          settings={settings}
          config={config}
          isRunning={isRunning || isPlaying || judged.status === 'waiting'}
          recording={{
            ...opened,
            onOpen: open,
            onCall: (call) => {
              const now = { ...opened, call }
              setOpened(now)
              run(settings, now)
            },
          }}
          onChange={change}
          onRun={(wanted) => run(wanted, opened)}
          onStop={stopAll}
        />
        <section className="results" ref={results} aria-label="Result">
          {judged.status === 'judged' ? (
            <PlaybackView key={keyOf(judged.playback)} playback={judged.playback} shape={shown.shape} />
          ) : (
            <>
              {judged.status === 'none' ? (
                <Outcome log={log} status={status} error={error} />
              ) : (
                <Outcome log={log} status={judged.status === 'failed' ? 'failed' : 'starting'}>
                  {judged.status === 'failed' ? <strong>✗ {judged.message}</strong> : <span>Reading the answer …</span>}
                </Outcome>
              )}
              <RawPane log={log} source={store} isRunning={isRunning} />
              <DataPane source={store} shape={shown.shape} isRunning={isRunning} />
              <Timeline log={log} />
              <Activity log={log} />
            </>
          )}
        </section>
      </main>
    </>
  )
}

const keys = new WeakMap<object, number>()
let nextKey = 0

/** A pane that writes text on its own begins anew with each answer. */
function keyOf(object: object): number {
  let key = keys.get(object)
  if (key === undefined) keys.set(object, (key = nextKey++))
  return key
}
