import { useState, type ReactNode } from 'react'
import { useField, useStructuredStream, type StreamStore } from 'structstream/react'
import { Controls } from '../controls.tsx'
import { mount } from '../mount.tsx'
import { Booking } from './schema.ts'

const mail = `Hello,
we are two adults and two children and would like to come on 14 May 2027 for three nights, with breakfast. Could you put us in the family room, away from the road, and set up a cot? We come by train and arrive after nine in the evening.
Thank you! Maren Holt, maren.holt@example.com`

type Name = keyof Booking
type Value = string | number | boolean

/** A field of the form: it grows as the model writes it, until someone types in it. */
function useBookingField(store: StreamStore<typeof Booking>, name: Name) {
  const { value, state, issues } = useField(store, [name])
  const [typed, setTyped] = useState<Value>()
  return { value: typed ?? value, state: typed === undefined ? state : 'complete', issue: issues[0]?.message, setTyped }
}

interface FieldProps {
  store: StreamStore<typeof Booking>
  name: Name
  label: string
}

function Labelled({
  name,
  label,
  state,
  issue,
  children,
}: Omit<FieldProps, 'store'> & { state: string; issue: string | undefined; children: ReactNode }) {
  return (
    <label className={`field ${state} ${name}`}>
      <span>{label}</span>
      {children}
      {state === 'invalid' && <small>{issue}</small>}
    </label>
  )
}

function TextField({ store, name, label, type = 'text' }: FieldProps & { type?: string }) {
  const { value, state, issue, setTyped } = useBookingField(store, name)
  const given = {
    name,
    value: value === undefined ? '' : String(value),
    'aria-invalid': state === 'invalid',
    onChange: (event: { target: { value: string } }) => setTyped(event.target.value),
  }
  return (
    <Labelled {...{ name, label, state, issue }}>
      {type === 'textarea' ? <textarea rows={3} {...given} /> : <input type={type} {...given} />}
    </Labelled>
  )
}

function RoomField({ store }: { store: StreamStore<typeof Booking> }) {
  const { value, state, issue, setTyped } = useBookingField(store, 'room')
  return (
    <Labelled name="room" label="Room" {...{ state, issue }}>
      <select name="room" value={String(value ?? '')} onChange={(event) => setTyped(event.target.value)}>
        <option value="" disabled hidden />
        {Booking.shape.room.options.map((room) => (
          <option key={room}>{room}</option>
        ))}
      </select>
    </Labelled>
  )
}

function BreakfastField({ store }: { store: StreamStore<typeof Booking> }) {
  const { value, state, issue, setTyped } = useBookingField(store, 'breakfast')
  return (
    <Labelled name="breakfast" label="Breakfast" {...{ state, issue }}>
      <input
        type="checkbox"
        name="breakfast"
        checked={value === true}
        onChange={(event) => setTyped(event.target.checked)}
      />
    </Labelled>
  )
}

function BookingPage() {
  const [text, setText] = useState(mail)
  const [round, setRound] = useState(0)
  const [booked, setBooked] = useState('')
  const stream = useStructuredStream({ api: '/api/booking', schema: Booking })
  const { store, status, submit } = stream
  return (
    <>
      <h1>A form that fills itself</h1>
      <Controls
        stream={stream}
        ask="Fill in the form"
        onAsk={() => {
          // What was typed into the form is forgotten.
          setRound(round + 1)
          setBooked('')
          submit({ prompt: text })
        }}
      >
        <label>
          <span>An e-mail to the hotel</span>
          <textarea rows={6} value={text} onChange={(event) => setText(event.target.value)} />
        </label>
      </Controls>
      <form
        key={round}
        className={`card booking ${status}`}
        aria-label="Booking"
        aria-busy={status === 'streaming'}
        onSubmit={(event) => {
          event.preventDefault()
          const { name, nights } = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
          setBooked(`Booked for ${name}: ${nights} nights.`)
        }}
      >
        <TextField store={store} name="name" label="Name" />
        <TextField store={store} name="email" label="E-mail" type="email" />
        <TextField store={store} name="arrival" label="Arrival" type="date" />
        <TextField store={store} name="nights" label="Nights" type="number" />
        <TextField store={store} name="guests" label="Guests" type="number" />
        <RoomField store={store} />
        <BreakfastField store={store} />
        <TextField store={store} name="wishes" label="Wishes" type="textarea" />
        <button disabled={stream.data === undefined}>Book</button>
        <output>{booked}</output>
      </form>
    </>
  )
}

mount(<BookingPage />)
