import type { ModelSettings } from '../models/model.ts'
import type { ModelChoice, Tool } from '../stream/types.ts'
import type { Mode, Usage } from '../types.ts'

/** Options of `warm()`: what the runs to come are called with, as far as it changes what the provider compiles. */
export interface WarmOptions {
  /** @defaultValue the one of `configure()`, or the environment variable `STRUCTSTREAM_MODEL` */
  model?: ModelChoice | undefined
  /** @defaultValue the strongest that the model has */
  mode?: Mode | 'auto' | undefined
  /** Tools of the runs to come: a provider may compile them along with the schema. None of them is run. */
  tools?: readonly Tool[] | undefined
  providerOptions?: ModelSettings['providerOptions'] | undefined
  signal?: AbortSignal | undefined
}

/** What `warm()` has done. */
export interface WarmResult {
  /** Whether a request was sent. */
  sent: boolean
  /** Why, in words. */
  reason: string
  provider: string
  model: string
  mode: Mode
  /** Milliseconds until the request was answered; 0 when none was sent. */
  duration: number
  /** What the request has cost; `requests` is 0 when none was sent. */
  usage: Usage
}
