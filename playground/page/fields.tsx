import { useId } from 'react'

interface ChoiceProps<V extends string> {
  label: string
  value: V
  /** By value, what it is called. */
  options: Record<V, string>
  onChange: (value: V) => void
}

/** One of many. */
export function Choice<V extends string>({ label, value, options, onChange }: ChoiceProps<V>) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value as V)}>
        {Object.entries<string>(options).map(([name, title]) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </div>
  )
}

interface SegmentsProps<V extends string> extends ChoiceProps<V> {
  className?: string
}

/** One of a few, side by side. */
export function Segments<V extends string>({ label, value, options, onChange, className = '' }: SegmentsProps<V>) {
  const name = useId()
  return (
    <fieldset className={`segmented ${className}`} aria-label={label}>
      {(Object.keys(options) as V[]).map((option) => (
        <label key={option}>
          <input type="radio" name={name} checked={value === option} onChange={() => onChange(option)} />
          <span>{options[option]}</span>
        </label>
      ))}
    </fieldset>
  )
}

interface CheckProps {
  isChecked: boolean
  onChange: (isChecked: boolean) => void
  children: React.ReactNode
}

/** Yes or no. */
export function Check({ isChecked, onChange, children }: CheckProps) {
  return (
    <label className="check">
      <input type="checkbox" checked={isChecked} onChange={(event) => onChange(event.target.checked)} />
      <span>{children}</span>
    </label>
  )
}

interface SliderProps {
  label: string
  unit: string
  stops: readonly number[]
  /** One of the stops. */
  value: number
  onChange: (value: number) => void
}

/** One of a row of numbers. */
export function Slider({ label, unit, stops, value, onChange }: SliderProps) {
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
