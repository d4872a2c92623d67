/**
 * What keeps streams for `resumable()`: a log of events for each stream, one producer that appends to it, any number
 * of readers, on any number of machines. `test/store/contract.ts` holds each rule below as a test; a store that
 * passes it can be used.
 *
 * 1. A stream begins with the first `claim` of its id, is `open`, and ends once: as `ended` by its producer, or as
 *    `lost` by whoever notices that its producer is gone.
 * 2. Events have the offsets 1, 2, 3 …; each is stored at most once, in order, and never changes. Events and state of
 *    one answer belong to the same moment.
 * 3. The producer holds a lease, which each accepted `append` renews. It is reckoned by the store's clock alone.
 * 4. Each claim has a higher epoch than any claim of that id before; only the newest epoch's appends are accepted.
 * 5. An append that is sent again, because its answer was lost, is accepted and stores nothing twice. So every call
 *    may be repeated after a failure, of which nobody knows whether it took effect.
 * 6. A stream is forgotten, as if it had never been, `ttl` ms after the last accepted claim or append.
 * 7. A call that fails rejects within a few seconds; it never hangs.
 */
export interface Store extends AsyncDisposable {
  /**
   * Makes the caller the producer of a stream that is not known, or, with `takeover`, of an open one whose lease has
   * run out. Undefined: it has a producer, or has ended.
   */
  claim(id: string, terms: ClaimTerms): Promise<Claim | undefined>

  /**
   * Stores events, of which those that are stored already are passed over, and renews the lease; without events it
   * does only that. With `end` the last event is the stream's last.
   */
  append(id: string, epoch: number, events: readonly StoredEvent[], end?: boolean): Promise<Appended>

  /**
   * The first events with offsets above `after`, at most `limit`, and how the stream stands. Undefined: there is no
   * such stream. A stream that is open although its lease and the grace after it have run out becomes `lost` by this.
   * @defaultValue limit 256
   */
  read(id: string, after: number, limit?: number): Promise<StoredPage | undefined>

  /** Asks the producer of an open stream to stop; `false`: there is no such stream. Without effect on ended ones. */
  cancel(id: string): Promise<boolean>

  /**
   * Calls `listener` soon after the stream has got events or has ended (`'events'`), or somebody has called `cancel`
   * (`'cancel'`). A notice only says that a look may be worth while: it may come for nothing, but none is missing for
   * longer than 2 s. Returns what ends the watching.
   */
  watch(id: string, what: Notice, listener: () => void): () => void
}

export type Notice = 'events' | 'cancel'

/** One event of a stream: text that the store does not look into. */
export interface StoredEvent {
  /** From 1, without a hole. */
  readonly offset: number
  readonly data: string
}

/** Milliseconds. */
export interface ClaimTerms {
  /** How long the producer may be silent before it counts as gone. */
  readonly lease: number
  /** How much longer the stream stays open then, for another machine to take it over. */
  readonly grace: number
  /** How long the stream is kept after the last write. More than `lease` and `grace` together. */
  readonly ttl: number
  /** Whether a stream whose producer is gone may be claimed. */
  readonly takeover: boolean
  /** A random word of this claim: sent again with the same one, it gives the same answer. */
  readonly token: string
}

export interface Claim {
  /** Tells this producer from those before it. */
  readonly epoch: number
  /** Offset of the last event; 0: there is none. */
  readonly last: number
}

/**
 * Why an append is refused: `taken`, somebody has claimed the stream since; `lost` or `ended`, it is over; `expired`,
 * there is no such stream (any more); `gap`, the events do not follow the last one that is stored.
 */
export type AppendRefusal = 'taken' | 'lost' | 'ended' | 'expired' | 'gap'

/** `isCancelled`: the producer is to stop. */
export type Appended =
  | { readonly isAccepted: true; readonly isCancelled: boolean }
  | { readonly isAccepted: false; readonly refusal: AppendRefusal }

export type StoredState = 'open' | 'ended' | 'lost'

/** A stream at one moment. */
export interface StoredPage {
  readonly state: StoredState
  /** Offset of the last event. */
  readonly last: number
  readonly isCancelled: boolean
  /** Milliseconds until the stream, if nothing is appended, becomes `lost`; 0 when it is not open. */
  readonly left: number
  readonly events: readonly StoredEvent[]
}
