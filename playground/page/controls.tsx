import { useId, useState } from 'react'
import { schemas } from '../../schemas/index.ts'
import { GIVEN, type PlayConfig, type PlayRequest } from '../protocol.ts'
import type { RecordingControlsProps } from './answer-controls.tsx'
import { codeFor } from './code.ts'
import { CopyButton } from './copy-button.tsx'
import { Check, Choice } from './fields.tsx'
import { ModelControls } from './model-controls.tsx'
import { chosenSchema, judgedPolicy, presets, prompts, type SchemaName, type PageSettings } from './settings.ts'

interface Props {
  settings: PageSettings
  config: PlayConfig | undefined
  isRunning: boolean
  recording: RecordingControlsProps
  onChange: (settings: PageSettings) => void
  onRun: (settings: PageSettings) => void
  onStop: () => void
}

function schemaTitles(config: PlayConfig | undefined): Record<SchemaName, string> {
  const { name } = config?.schema ?? {}
  const isFile = name !== undefined && !Object.hasOwn(schemas, name)
  return {
    ...(isFile && { [GIVEN]: name }),
    ...Object.fromEntries(Object.entries(schemas).map(([key, { title }]) => [key, title])),
    own: 'Your own JSON Schema …',
  } as Record<SchemaName, string>
}

const policies: Record<PlayRequest['onInvalid'], string> = {
  collect: 'collect: continue, then report all issues',
  abort: 'abort: stop at the first violation',
  restart: 'restart: stop, ask for all again',
  patch: 'patch: ask for the wrong places again',
}

/** Those that need no second answer. */
const judgedPolicies = { collect: policies.collect, abort: policies.abort }

/** The form: what to ask, of whom, and what happens when it goes wrong. */
export function Controls({ settings, config, isRunning, recording, onChange, onRun, onStop }: Props) {
  const id = useId()
  /** Nothing is asked: neither a prompt nor what needs a second answer has a use. */
  const isThere = settings.kind === 'pasted' || settings.kind === 'recorded'
  // On a phone the results come first.
  const [isWide] = useState(() => matchMedia('(min-width: 60rem)').matches)
  const set = (change: Partial<PageSettings>): void => onChange({ ...settings, ...change })
  const choose = (schema: SchemaName): Partial<PageSettings> => {
    const isUntouched = Object.values(prompts).includes(settings.prompt)
    return { schema, ...(isUntouched && { prompt: prompts[schema] }) }
  }
  const code = codeFor(settings, config?.schema, recording.recording?.name)
  const runPreset = (preset: Partial<PageSettings>): void => {
    onRun({ ...settings, kind: 'simulated', ...preset, ...(preset.schema !== undefined && choose(preset.schema)) })
  }
  return (
    <form
      className="card controls"
      aria-label="What to ask"
      onSubmit={(event) => {
        event.preventDefault()
        onRun(settings)
      }}
    >
      <div className="fields">
        <div className="field" role="group" aria-labelledby={`${id}-try`}>
          <span className="label" id={`${id}-try`}>
            Try
          </span>
          <div className="chips">
            {presets.map(({ title, about, settings: preset }) => (
              <button key={title} type="button" title={about} onClick={() => runPreset(preset)}>
                {title}
              </button>
            ))}
          </div>
        </div>
        <Choice
          label="Schema"
          value={settings.schema}
          options={schemaTitles(config)}
          onChange={(to) => set(choose(to))}
        />
        {settings.schema === 'own' && <OwnSchema settings={settings} onChange={onChange} />}
        {!isThere && (
          <div className="field">
            <label htmlFor={`${id}-prompt`}>Prompt</label>
            <textarea
              id={`${id}-prompt`}
              rows={3}
              required
              value={settings.prompt}
              onChange={(event) => set({ prompt: event.target.value })}
            />
          </div>
        )}
        <details open={isWide || isThere}>
          <summary>Model</summary>
          <ModelControls settings={settings} config={config} recording={recording} set={set} />
        </details>
        <details open={isWide}>
          <summary>When it goes wrong</summary>
          <Choice
            label="Invalid data"
            value={isThere ? judgedPolicy(settings) : settings.onInvalid}
            options={isThere ? (judgedPolicies as typeof policies) : policies}
            onChange={(onInvalid) => set({ onInvalid })}
          />
          {!isThere && (
            <Check isChecked={settings.recover} onChange={(recover) => set({ recover })}>
              <code>recover</code>: after a cut, ask for the rest
            </Check>
          )}
          <Check isChecked={settings.repair} onChange={(repair) => set({ repair })}>
            <code>repair</code> sloppy JSON
          </Check>
        </details>
        <details>
          <summary>The code for this</summary>
          <div className="listing">
            <CopyButton what="the code" text={() => code} />
            <pre tabIndex={0} role="region" aria-label="Code">
              <code>{code}</code>
            </pre>
          </div>
        </details>
      </div>
      <div className="actions">
        <button type="submit" className="primary" aria-keyshortcuts="Control+Enter">
          Run <kbd aria-hidden="true">Ctrl ↵</kbd>
        </button>
        <button type="button" disabled={!isRunning} aria-keyshortcuts="Escape" onClick={onStop}>
          Stop <kbd aria-hidden="true">Esc</kbd>
        </button>
      </div>
    </form>
  )
}

function OwnSchema({ settings, onChange }: Pick<Props, 'settings' | 'onChange'>) {
  let problem = ''
  try {
    chosenSchema(settings, undefined)
  } catch (error) {
    problem = (error as Error).message
  }
  return (
    <div className="field">
      <label htmlFor="own-schema">JSON Schema</label>
      <textarea
        id="own-schema"
        className="code"
        rows={10}
        spellCheck={false}
        value={settings.ownSchema}
        aria-invalid={problem !== ''}
        aria-describedby="own-schema-problem"
        onChange={(event) => onChange({ ...settings, ownSchema: event.target.value })}
      />
      <p id="own-schema-problem" className="problem">
        {problem}
      </p>
    </div>
  )
}
