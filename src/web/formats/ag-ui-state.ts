import type { Run } from '../../stream/run.ts'
import type { AgUiInput } from './ag-ui-input.ts'
import type { Tell } from './ag-ui-messages.ts'
import { AnswerValue } from './answer-value.ts'
import { pointerToken } from '../../pointer.ts'
import { diff, type PatchOperation } from './json-patch.ts'
import { jsonTextOf } from './json-text.ts'

/** Together with the result and the text, at most four times the text. */
const COSTS = { share: 1.6, slack: 1_024, frame: 64 }

/** The growing answer as one key of an AG-UI state. After each event, that key holds exactly the partial. */
export class AgUiState {
  readonly #value: AnswerValue
  readonly #key: string
  readonly #path: string
  readonly #tell: Tell
  /** A patch needs a state that can hold the key. */
  #hasPlace: boolean
  #sent: { value: unknown } | undefined

  constructor(run: Run, key: string, input: AgUiInput | undefined, tell: Tell) {
    this.#value = new AnswerValue(run, COSTS)
    this.#key = key
    this.#path = `/${pointerToken(key)}`
    this.#tell = tell
    const { state } = input ?? { state: {} }
    this.#hasPlace = typeof state === 'object' && state !== null && !Array.isArray(state)
  }

  get missing(): number {
    return this.#value.missing
  }

  grew(chars: number): void {
    this.#value.grew(chars)
  }

  hurry(): void {
    this.#value.hurry()
  }

  /** Writes what has changed, if it is due. */
  grown(): void {
    const taken = this.#value.take()
    if (taken !== undefined && jsonTextOf(taken.value) !== undefined) this.become(taken.value)
  }

  /** Makes the state hold `value`, which JSON can say. */
  become(value: unknown): void {
    if (!this.#hasPlace) {
      this.#hasPlace = true
      this.#value.wrote(this.#tell('STATE_SNAPSHOT', { snapshot: { [this.#key]: value } }))
    } else {
      const delta = this.#delta(value)
      if (delta.length > 0) this.#value.wrote(this.#tell('STATE_DELTA', { delta }))
    }
    this.#sent = { value }
  }

  #delta(value: unknown): PatchOperation[] {
    const path = this.#path
    if (this.#sent === undefined) return [{ op: 'add', path, value }]
    const delta = diff(this.#sent.value, value, path)
    const whole: PatchOperation[] = [{ op: 'replace', path, value }]
    return delta.length > 1 && JSON.stringify(delta).length > JSON.stringify(whole).length ? whole : delta
  }
}
