import { useId } from 'react'
import { faults, type PlayConfig } from '../protocol.ts'
import { Check, Choice, Segments, Slider } from './fields.tsx'
import { PastedAnswer, RecordingControls, type RecordingControlsProps } from './answer-controls.tsx'
import { CHUNKS, SPEEDS, type PageSettings } from './settings.ts'

interface Props {
  settings: PageSettings
  config: PlayConfig | undefined
  recording: RecordingControlsProps
  set: (change: Partial<PageSettings>) => void
}

const kinds = { simulated: 'Simulated', real: 'Real', pasted: 'Pasted', recorded: 'Recorded' } as const

/** Which model, and how the simulated one behaves; or an answer that is there already. */
export function ModelControls({ settings, config, recording, set }: Props) {
  const ready = config?.providers.find(({ isReady, name }) => isReady && name !== 'ollama')
  const suggested = config?.model ?? ready?.example ?? ''
  return (
    <>
      <Segments
        label="Kind of model"
        className="wide"
        value={settings.kind}
        options={kinds}
        onChange={(kind) => set({ kind, ...(kind === 'real' && { model: settings.model || suggested }) })}
      />
      {settings.kind === 'simulated' && <Simulated settings={settings} set={set} />}
      {settings.kind === 'real' && <Real settings={settings} config={config} set={set} />}
      {settings.kind === 'pasted' && <PastedAnswer settings={settings} set={set} />}
      {settings.kind === 'recorded' && <RecordingControls {...recording} />}
    </>
  )
}

function Simulated({ settings, set }: Pick<Props, 'settings' | 'set'>) {
  const { speed, chunk, fault, reasoning } = settings
  return (
    <>
      <Slider label="Speed" unit="deltas/s" stops={SPEEDS} value={speed} onChange={(to) => set({ speed: to })} />
      <Slider label="Chunk" unit="characters" stops={CHUNKS} value={chunk} onChange={(to) => set({ chunk: to })} />
      <Choice label="Fault of the first answer" value={fault} options={faults} onChange={(to) => set({ fault: to })} />
      <Check isChecked={reasoning} onChange={(to) => set({ reasoning: to })}>
        Reasons before it answers
      </Check>
    </>
  )
}

function Real({ settings, config, set }: Omit<Props, 'recording'>) {
  const id = useId()
  const providers = config?.providers ?? []
  const ready = providers.filter(({ isReady }) => isReady)
  const missing = providers.filter(({ isReady }) => !isReady)
  return (
    <div className="field">
      <label htmlFor={`${id}-model`}>Model, as provider:id</label>
      <input
        id={`${id}-model`}
        className="code"
        type="text"
        required
        list={`${id}-models`}
        autoComplete="off"
        spellCheck={false}
        placeholder="openai:gpt-5.4"
        aria-describedby={`${id}-hint`}
        value={settings.model}
        onChange={(event) => set({ model: event.target.value })}
      />
      <datalist id={`${id}-models`}>
        {config?.model !== undefined && <option value={config.model} />}
        {ready.map(({ example }) => (
          <option key={example} value={example} />
        ))}
      </datalist>
      <p className="hint" id={`${id}-hint`}>
        Ready: {namesOf(ready) || 'none'}.
        {missing.length > 0 && ` Without a key in the server’s environment: ${namesOf(missing)}.`}
      </p>
    </div>
  )
}

function namesOf(providers: PlayConfig['providers']): string {
  return providers.map(({ name }) => name).join(', ')
}
