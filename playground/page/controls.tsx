import { useId, useState } from 'react'
import { schemas } from '../../schemas/index.ts'
import { GIVEN, type PlayConfig, type PlayRequest } from '../protocol.ts'
import { codeFor } from './code.ts'
import { CopyButton } from './copy-button.tsx'
import { Check, Choice } from './fields.tsx'
import { ModelControls } from './model-controls.tsx'
import { chosenSchema, presets, prompts, type SchemaName, type PageSettings } from './settings.ts'

interface Props {
  settings: PageSettings
  config: PlayConfig | undefined
  isRunning: boolean
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

/** The form: what to ask, of whom, and what happens when it goes wrong. */
export function Controls({ settings, config, isRunning, onChange, onRun, onStop }: Props) {
  const id = useId()
  // On a phone the results come first.
  const [isWide] = useState(() => matchMedia('(min-width: 60rem)').matches)
  const set = (change: Partial<PageSettings>): void => onChange({ ...settings, ...change })
  const choose = (schema: SchemaName): Partial<PageSettings> => {
    const isUntouched = Object.values(prompts).includes(settings.prompt)
    return { schema, ...(isUntouched && { prompt: prompts[schema] }) }
  }
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
          <ModelControls settings={settings} config={config} set={set} />
        </details>
        <details open={isWide}>
          <summary>When it goes wrong</summary>
          <Choice
            label="Invalid data"
            value={settings.onInvalid}
            options={policies}
            onChange={(onInvalid) => set({ onInvalid })}
          />
          <Check isChecked={settings.recover} onChange={(recover) => set({ recover })}>
            <code>recover</code>: after a cut, ask for the rest
          </Check>
          <Check isChecked={settings.repair} onChange={(repair) => set({ repair })}>
            <code>repair</code> sloppy JSON
          </Check>
        </details>
        <details>
          <summary>The code for this</summary>
          <div className="listing">
            <CopyButton what="the code" text={() => codeFor(settings, config?.schema)} />
            <pre tabIndex={0} role="region" aria-label="Code">
              <code>{codeFor(settings, config?.schema)}</code>
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
