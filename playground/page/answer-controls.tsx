import { useId } from 'react'
import { Choice, Slider } from './fields.tsx'
import { titleOf, type OpenRecording } from './recording-file.ts'
import { CHUNKS, SPEEDS, type PageSettings } from './settings.ts'

/** The text of an answer, and how it is cut. */
export function PastedAnswer({
  settings,
  set,
}: {
  settings: PageSettings
  set: (change: Partial<PageSettings>) => void
}) {
  const { pasted, speed, chunk } = settings
  const id = useId()
  return (
    <>
      <div className="field">
        <label htmlFor={`${id}-answer`}>Answer</label>
        <textarea
          id={`${id}-answer`}
          className="code"
          rows={8}
          spellCheck={false}
          placeholder="Paste what a model wrote"
          value={pasted}
          onChange={(event) => set({ pasted: event.target.value })}
        />
      </div>
      <Slider label="Speed" unit="deltas/s" stops={SPEEDS} value={speed} onChange={(to) => set({ speed: to })} />
      <Slider label="Chunk" unit="characters" stops={CHUNKS} value={chunk} onChange={(to) => set({ chunk: to })} />
    </>
  )
}

export interface RecordingControlsProps {
  recording: OpenRecording | undefined
  /** What is wrong with the file that was opened last. */
  problem: string
  /** The call that is chosen. */
  call: number
  onOpen: (file: File) => void
  onCall: (call: number) => void
}

/** A recording's file, and which of its calls. */
export function RecordingControls({ recording, problem, call, onOpen, onCall }: RecordingControlsProps) {
  const calls = Object.fromEntries((recording?.calls ?? []).map((one, index) => [String(index), titleOf(one, index)]))
  return (
    <>
      <div className="field">
        <label htmlFor="recording">Recording</label>
        <input
          id="recording"
          type="file"
          accept=".ndjson,.jsonl,application/x-ndjson"
          aria-describedby="recording-hint recording-problem"
          aria-invalid={problem !== ''}
          onChange={(event) => {
            const file = event.target.files?.[0]
            // The same file may be opened again, after it has changed.
            event.target.value = ''
            if (file !== undefined) onOpen(file)
          }}
        />
        <p className="hint" id="recording-hint">
          {recording === undefined ? 'A file that record() wrote. You can also drop it anywhere.' : recording.name}
        </p>
        <p className="problem" id="recording-problem" role="alert">
          {problem}
        </p>
      </div>
      {recording !== undefined && (
        <Choice label="Call" value={String(call)} options={calls} onChange={(to) => onCall(Number(to))} />
      )}
    </>
  )
}
