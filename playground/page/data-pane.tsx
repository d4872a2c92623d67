import { useEffect, useRef } from 'react'
import type { JsonSchemaObject } from '../../src/types.ts'
import { CopyButton } from './copy-button.tsx'
import type { FieldSource } from './field-source.ts'
import { followGrowth } from './follow.ts'
import { Place, StateIcon } from './place.tsx'

const legend = ['absent', 'open', 'complete', 'invalid'] as const
const ROOT = [] as const

interface Props {
  source: FieldSource
  shape: JsonSchemaObject
  isRunning: boolean
}

/** The growing value as a tree, each field with its state. */
export function DataPane({ source, shape, isRunning }: Props) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => (isRunning ? followGrowth(place.current!) : undefined), [isRunning])
  return (
    <section className="card data" aria-labelledby="data-title">
      <header>
        <h2 id="data-title">Data</h2>
        <ul className="legend" aria-label="States">
          {legend.map((state) => (
            <li key={state}>
              <StateIcon state={state} /> {state}
            </li>
          ))}
        </ul>
        <CopyButton
          what="the data"
          text={() => {
            const { data, partial } = source.getState()
            return JSON.stringify(data ?? partial ?? null, null, 2)
          }}
        />
      </header>
      <div ref={place} className="scroll" tabIndex={0} role="region" aria-label="Growing data">
        <ul className="tree">
          <Place source={source} root={shape} parent={ROOT} name={undefined} schema={shape} depth={0} />
        </ul>
      </div>
    </section>
  )
}
