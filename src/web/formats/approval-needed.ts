import type { StructStreamError } from '../../errors.ts'

/** One call that waits for an approval, as AG-UI describes it; `ui-message` takes its two ids. */
export interface AgUiInterrupt {
  /** Names the tool and its input, so that an approval is for nothing else. */
  readonly id: string
  readonly reason: string
  readonly message: string
  readonly toolCallId: string
  /** JSON Schema of the answer. */
  readonly responseSchema: object
}

/** Thrown by an `approve` that can't answer within the run: the run has to end, and the next one brings the answers. */
export class ApprovalNeeded extends Error {
  readonly interrupts: readonly AgUiInterrupt[]

  constructor(interrupts: readonly AgUiInterrupt[]) {
    super('The call waits for an approval.')
    this.name = 'ApprovalNeeded'
    this.interrupts = interrupts
  }
}

/** The approvals for which a run has ended, if that is why. */
export function interruptsOf({ cause }: StructStreamError): readonly AgUiInterrupt[] | undefined {
  return cause instanceof ApprovalNeeded ? cause.interrupts : undefined
}
