/** What is used of AG-UI's `RunAgentInput`, the body of an AG-UI client's request. */
export interface AgUiInput {
  readonly threadId: string
  readonly runId: string
  readonly parentRunId?: string | undefined
  /** The state that the run starts from. */
  readonly state?: unknown
}

/** Options of the format `ag-ui`. */
export interface AgUiOptions {
  /**
   * The body of the request: its `threadId`, `runId` and `parentRunId` are given back, and its `state` is what the
   * answer is added to. @defaultValue random ids; the session's as `threadId`
   */
  readonly input?: AgUiInput | undefined
  /** The key of the state that holds the answer; other keys are left alone. @defaultValue 'answer' */
  readonly stateKey?: string | undefined
}
