/** A request that is not answered; the message is shown in the page. */
export class RefusedRequest extends Error {
  override readonly name = 'Refusal'
  /** HTTP. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
