import { useId } from 'react'
import { faults, type Fault, type PlayConfig } from '../protocol.ts'
import { CHUNKS, SPEEDS, type Settings } from './settings.ts'

interface Props {
  settings: Settings
  config: PlayConfig | undefined
  onChange: (settings: Settings) => void
}

/** Which model, and how the simulated one behaves. */
export function ModelControls({ settings, config, onChange }: Props) {
  const set = (change: Partial<Settings>): void => onChange({ ...settings, ...change })
  const suggested =
    config?.model ?? config?.providers.find(({ isReady, name }) => isReady && name !== 'ollama')?.example
  return (
    <>
      <fieldset className="segmented wide" aria-label="Kind of model">
        <label>
          <input
            type="radio"
            name="kind"
            checked={settings.kind === 'simulated'}
            onChange={() => set({ kind: 'simulated' })}
          />
          <span>Simulated</span>
        </label>
        <label>
          <input
            type="radio"
            name="kind"
            checked={settings.kind === 'real'}
            onChange={() => set({ kind: 'real', model: settings.model || (suggested ?? '') })}
          />
          <span>Real</span>
        </label>
      </fieldset>
      {settings.kind === 'simulated' ? (
        <Simulated settings={settings} set={set} />
      ) : (
        <Real settings={settings} config={config} set={set} />
      )}
    </>
  )
}

interface PartProps {
  settings: Settings
  set: (change: Partial<Settings>) => void
}

function Simulated({ settings, set }: PartProps) {
  const id = useId()
  return (
    <>
      <Slider
        label="Speed"
        unit="deltas/s"
        stops={SPEEDS}
        value={settings.speed}
        onChange={(speed) => set({ speed })}
      />
      <Slider
        label="Chunk"
        unit="characters"
        stops={CHUNKS}
        value={settings.chunk}
        onChange={(chunk) => set({ chunk })}
      />
      <div className="field">
        <label htmlFor={`${id}-fault`}>Fault of the first answer</label>
        <select
          id={`${id}-fault`}
          value={settings.fault}
          onChange={(event) => set({ fault: event.target.value as Fault })}
        >
          {Object.entries(faults).map(([fault, text]) => (
            <option key={fault} value={fault}>
              {text}
            </option>
          ))}
        </select>
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={settings.reasoning}
          onChange={(event) => set({ reasoning: event.target.checked })}
        />
        <span>Reasons before it answers</span>
      </label>
    </>
  )
}

function Real({ settings, config, set }: PartProps & Pick<Props, 'config'>) {
  const id = useId()
  const ready = config?.providers.filter(({ isReady }) => isReady) ?? []
  const missing = config?.providers.filter(({ isReady }) => !isReady) ?? []
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
        Ready: {ready.map(({ name }) => name).join(', ') || 'none'}.
        {missing.length > 0 &&
          ` Without a key in the server’s environment: ${missing.map(({ name }) => name).join(', ')}.`}
      </p>
    </div>
  )
}

interface SliderProps {
  label: string
  unit: string
  stops: readonly number[]
  value: number
  onChange: (value: number) => void
}

function Slider({ label, unit, stops, value, onChange }: SliderProps) {
  const id = useId()
  return (
    <div className="field slider">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={stops.length - 1}
        step={1}
        value={stops.indexOf(value)}
        aria-valuetext={`${value} ${unit}`}
        onChange={(event) => onChange(stops[Number(event.target.value)]!)}
      />
      <span className="amount" aria-hidden="true">
        {value.toLocaleString('en')} {unit}
      </span>
    </div>
  )
}
