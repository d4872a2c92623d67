import { memo, useState } from 'react'
import { useField, useStructuredStream, type StreamStore } from 'structstream/react'
import { Controls } from '../controls.tsx'
import { mount } from '../mount.tsx'
import { PeakList } from './schema.ts'

/** Renders only when its own row has changed, however many there are. */
const Row = memo(function Row({ store, index }: { store: StreamStore<typeof PeakList>; index: number }) {
  const { value, state } = useField(store, ['peaks', index])
  const { name, metres, range, countries, climbed } = value ?? {}
  return (
    <tr className={state}>
      <th scope="row">
        {name ?? <i className="skeleton" />}
        <small>{countries?.join(' · ')}</small>
      </th>
      <td>{metres?.toLocaleString('en') ?? <i className="skeleton" />}</td>
      <td>{range ?? <i className="skeleton" />}</td>
      <td>{climbed ?? <i className="skeleton" />}</td>
    </tr>
  )
})

function PeaksPage() {
  const [subject, setSubject] = useState('the mountains above 8,000 metres')
  const stream = useStructuredStream({ api: '/api/peaks', schema: PeakList })
  const { store, status, field } = stream
  const count = field(['peaks']).value?.length ?? 0
  return (
    <>
      <h1>A table whose rows arrive</h1>
      <Controls stream={stream} ask="Make the table" onAsk={() => stream.submit({ prompt: subject })}>
        <label>
          <span>A table of</span>
          <input value={subject} onChange={(event) => setSubject(event.target.value)} />
        </label>
      </Controls>
      {status !== 'idle' && (
        <div className={`card ${status}`}>
          <table aria-busy={status === 'streaming'}>
            <caption>{field(['title']).value ?? <i className="skeleton" />}</caption>
            <thead>
              <tr>
                <th scope="col">Peak</th>
                <th scope="col">Metres</th>
                <th scope="col">Range</th>
                <th scope="col">Climbed</th>
              </tr>
            </thead>
            <tbody>
              {Array.from({ length: count }, (_, index) => (
                <Row key={index} store={store} index={index} />
              ))}
            </tbody>
          </table>
          <p className="count">{count === 1 ? '1 row' : `${count} rows`}</p>
        </div>
      )}
    </>
  )
}

mount(<PeaksPage />)
