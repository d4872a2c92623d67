/**
 * Keeps streams for `resumable()`: a log of events for each stream, one producer that appends to it, and any number of
 * readers, on any number of machines. `test/store/contract.ts` holds each rule below as a test; a store that passes it
 * can be used.
 *
 * 1. A stream begins with a `claim`, is `open`, and ends once: as `ended` by its producer, or as `lost` when its
 *    producer has been silent for the lease and the grace. Each stream has a birth mark, given by the claim that
 *    began it; a takeover keeps it. A later stream with the same id has another one.
 * 2. Events have the offsets 1, 2, 3 …; each is stored at most once, in order, and never changes. Events, state and
 *    birth mark of one answer belong to the same moment.
 * 3. The producer holds a lease, which each accepted `append` renews. It is reckoned by the store's clock alone. An
 *    append after a reader was given `lost` is refused.
 * 4. Each claim has a higher epoch than any claim of that id before; only the newest epoch's appends are accepted.
 * 5. A call that is repeated because its answer was lost is accepted and stores nothing twice. So every call may be
 *    repeated after a failure that doesn't say whether it took effect.
 * 6. A stream is forgotten, as if it had never been, `ttl` ms after the last accepted claim or append.
 * 7. A call that fails rejects within a few seconds; it never hangs, and a write that was given up takes no effect later.
 * 8. Reading writes nothing, and `read` and `cancel` work when the store has no room for more.
 */
export interface Store extends AsyncDisposable {
  /**
   * Makes the caller the producer of a stream that is not known, of an open one whose lease has run out (with
   * `takeover`), or of a new one in place of an ended or lost one (with `replaces`). Undefined: none of these is so.
   */
  claim(id: string, terms: ClaimTerms): Promise<Claim | undefined>

  /**
   * Stores events, except those that are stored already, and renews the lease; without events it does only that. With
   * `end` the last event is the stream's last.
   */
  append(id: string, epoch: number, events: readonly StoredEvent[], end?: boolean): Promise<Appended>

  /**
   * Returns the first events with offsets above `after`, at most `limit`, and the stream's state. Undefined: there is
   * no such stream.
   * @defaultValue limit 256
   */
  read(id: string, after: number, limit?: number): Promise<StoredPage | undefined>

  /**
   * Asks the producer of an open stream to stop; `false`: there is no such stream. Without effect on ended ones.
   *
   * @param birth only if the stream has this mark
   */
  cancel(id: string, birth?: string): Promise<boolean>

  /**
   * Calls `listener` soon after the stream has got events or has ended (`'events'`), or after a call of `cancel`
   * (`'cancel'`). A notice only says that a look may be worthwhile: there may be nothing new, but no news stays
   * unnoticed for longer than 2 s. Returns what ends the watching.
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
  /** The birth mark of the stream, if this claim begins one. @defaultValue a random one */
  readonly birth?: string | undefined
  /** The birth mark of an ended or lost stream that the new one may replace. */
  readonly replaces?: string | undefined
}

export interface Claim {
  /** Tells this producer from those before it. */
  readonly epoch: number
  /** The stream's birth mark: the one that was given, or that of the stream that is taken over. */
  readonly birth: string
  /** Offset of the last event; 0: there is none. */
  readonly last: number
}

/**
 * Why an append is refused: `taken`, there was a later claim; `lost` or `ended`, the stream is over; `expired`,
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
  /** The stream's birth mark. A reader compares it at every read. */
  readonly birth: string
  readonly state: StoredState
  /** Offset of the last event. */
  readonly last: number
  readonly isCancelled: boolean
  /** Milliseconds until the stream, if nothing is appended, becomes `lost`; 0 when it is not open. */
  readonly left: number
  readonly events: readonly StoredEvent[]
}
