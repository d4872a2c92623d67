import { useId, useState } from 'react'
import { schemas } from '../../../schemas/index.ts'
import type { PlayConfig, PlayRequest } from '../protocol.ts'
import { ModelControls } from './model-controls.tsx'
import { codeFor } from './code.ts'
import { CopyButton } from './copy-button.tsx'
import { chosenSchema, presets, prompts, type SchemaName, type Settings } from './settings.ts'

interface Props {
  settings: Settings
  config: PlayConfig | undefined
  isRunning: boolean
  onChange: (settings: Settings) => void
  onRun: (settings: Settings) => void
  onStop: () => void
}

const policies: Record<PlayRequest['onInvalid'], string> = {
  collect: 'collect: go on, then tell all issues',
  abort: 'abort: stop at the first violation',
  restart: 'restart: stop, ask for all again',
  patch: 'patch: ask for the wrong places again',
}

/** The form: what to ask, of whom, and what happens when it goes wrong. */
export function Controls({ settings, config, isRunning, onChange, onRun, onStop }: Props) {
  const id = useId()
  // On a phone the results come first.
  const [isWide] = useState(() => matchMedia('(min-width: 60rem)').matches)
  const set = (change: Partial<Settings>): void => onChange({ ...settings, ...change })
  const choose = (schema: SchemaName): Partial<Settings> => {
    const isUntouched = Object.values(prompts).includes(settings.prompt)
    return { schema, ...(isUntouched && { prompt: prompts[schema] }) }
  }
  return (
    <form
      className="controls"
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
              <button
                key={title}
                type="button"
                title={about}
                onClick={() => {
                  const schema = preset.schema === undefined ? {} : choose(preset.schema)
                  onRun({ ...settings, kind: 'simulated', ...preset, ...schema })
                }}
              >
                {title}
              </button>
            ))}
          </div>
        </div>
        <div className="field">
          <label htmlFor={`${id}-schema`}>Schema</label>
          <select
            id={`${id}-schema`}
            value={settings.schema}
            onChange={(event) => set(choose(event.target.value as SchemaName))}
          >
            {Object.entries(schemas).map(([name, { title }]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
            <option value="own">Your own JSON Schema …</option>
          </select>
        </div>
        {settings.schema === 'own' && <OwnSchema settings={settings} onChange={onChange} />}
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
        <details open={isWide}>
          <summary>Model</summary>
          <ModelControls settings={settings} config={config} onChange={onChange} />
        </details>
        <details open={isWide}>
          <summary>When it goes wrong</summary>
          <div className="field">
            <label htmlFor={`${id}-invalid`}>Invalid data</label>
            <select
              id={`${id}-invalid`}
              value={settings.onInvalid}
              onChange={(event) => set({ onInvalid: event.target.value as Settings['onInvalid'] })}
            >
              {Object.entries(policies).map(([policy, text]) => (
                <option key={policy} value={policy}>
                  {text}
                </option>
              ))}
            </select>
          </div>
          <label className="check">
            <input
              type="checkbox"
              checked={settings.recover}
              onChange={(event) => set({ recover: event.target.checked })}
            />
            <span>
              <code>recover</code>: after a cut, ask for the rest
            </span>
          </label>
          <label className="check">
            <input
              type="checkbox"
              checked={settings.repair}
              onChange={(event) => set({ repair: event.target.checked })}
            />
            <span>
              <code>repair</code> sloppy JSON
            </span>
          </label>
        </details>
        <details>
          <summary>The code for this</summary>
          <div className="listing">
            <CopyButton what="the code" text={() => codeFor(settings)} />
            <pre tabIndex={0} role="region" aria-label="Code">
              <code>{codeFor(settings)}</code>
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
    chosenSchema(settings)
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
