import { StructStreamError } from '../../src/errors.ts'
import type { Model, ModelEvent, ModelRequest } from '../../src/models/model.ts'
import { random, type Random } from '../../src/models/simulate/random.ts'
import { askedFor, truePart } from '../../src/models/simulate/true-answer.ts'

/** What goes wrong with one call. */
export type Mishap =
  | 'wrong-type'
  | 'missing-field'
  | 'extra-field'
  | 'enum-typo'
  | 'broken-quoting'
  | 'fence'
  | 'prose'
  | 'truncation'
  | 'disconnect'
  | 'stall'
  | 'overload'
  | 'refusal'

/** Share of the calls with each mishap; at most one happens in a call. */
export type Rates = Readonly<Record<Mishap, number>>

/** What a model was asked and said, over all calls. */
export interface Meter {
  calls: number
  inputChars: number
  outputChars: number
}

export interface UnreliableOptions {
  /** What a call without a mishap answers, or the parts of it that are asked for. */
  document: unknown
  rates: Rates
  /** The same seed gives the same mishaps in the same calls. */
  seed: number
  /** After each delta has been handled, with the characters said so far. */
  onHandled?: (chars: number) => void
}

/** A model that knows the right answer, and fails in the ways of real ones. */
export function unreliable({ document, rates, seed, onHandled }: UnreliableOptions): Model & { meter: Meter } {
  const meter: Meter = { calls: 0, inputChars: 0, outputChars: 0 }
  return {
    provider: 'unreliable',
    id: 'unreliable',
    modes: ['json-schema'],
    dialect: 'json-schema',
    meter,
    async *stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
      const between = random(seed * 31 + meter.calls++)
      meter.inputChars +=
        JSON.stringify(request.messages).length + JSON.stringify(request.format?.schema ?? null).length
      const mishap = draw(rates, between)
      if (mishap === 'refusal') {
        yield { type: 'refusal-delta', text: 'I cannot help with that.' }
        yield { type: 'finish', reason: 'refusal' }
        return
      }
      const text = spoilt(truePart(document, askedFor(request)), mishap, between)
      const isCut = mishap === 'truncation' || mishap === 'disconnect' || mishap === 'stall' || mishap === 'overload'
      const end = isCut ? between(0, text.length - 1) : text.length
      for (let at = 0; at < end;) {
        const next = Math.min(end, at + between(4, 24))
        meter.outputChars += next - at
        yield { type: 'text-delta', text: text.slice(at, next) }
        at = next
        onHandled?.(meter.outputChars)
      }
      if (mishap === 'disconnect') return
      // What the idle timeout makes of a stall, without the waiting.
      if (mishap === 'stall') throw new StructStreamError('timeout', 'Nothing came any more.')
      if (mishap === 'overload') throw new StructStreamError('rate_limited', 'The provider is overloaded.')
      yield { type: 'finish', reason: mishap === 'truncation' ? 'length' : 'stop' }
    },
  }
}

function draw(rates: Rates, between: Random): Mishap | undefined {
  let left = between(0, 999_999) / 1_000_000
  for (const [mishap, rate] of Object.entries(rates) as [Mishap, number][]) {
    if (left < rate) return mishap
    left -= rate
  }
  return undefined
}

function spoilt(value: unknown, mishap: Mishap | undefined, between: Random): string {
  const copy: unknown = structuredClone(value)
  const slots = [...slotsOf(copy)]
  const pick = (isFit: (slot: Slot) => boolean): Slot | undefined => {
    const fit = slots.filter(isFit)
    return fit[between(0, fit.length - 1)]
  }
  switch (mishap) {
    case 'wrong-type': {
      const slot = pick(({ value: old }) => typeof old !== 'object')
      if (slot !== undefined) put(slot, typeof slot.value === 'string' ? 7 : 'unknown')
      break
    }
    case 'missing-field': {
      const slot = pick(({ container }) => !Array.isArray(container))
      if (slot !== undefined) Reflect.deleteProperty(slot.container, slot.key)
      break
    }
    case 'extra-field': {
      const slot = pick(({ container }) => !Array.isArray(container))
      if (slot !== undefined) Reflect.set(slot.container, 'comment', 'as you wished')
      break
    }
    case 'enum-typo': {
      const slot = pick(({ value: old }) => typeof old === 'string' && /^[a-z-]{2,14}$/.test(old))
      if (slot !== undefined) put(slot, `${String(slot.value)}s`)
      break
    }
    default:
  }
  const json = JSON.stringify(copy)
  switch (mishap) {
    case 'broken-quoting': {
      const quotes = [...json.matchAll(/"/g)].map(({ index }) => index)
      const at = quotes[between(0, quotes.length - 1)] ?? 0
      return `${json.slice(0, at)}${json.slice(at + 1)}`
    }
    case 'fence':
      return `\`\`\`json\n${json}\n\`\`\``
    case 'prose':
      return `Here is the answer you asked for:\n\n${json}\n\nLet me know if anything should change.`
    default:
      return json
  }
}

interface Slot {
  container: object
  key: string
  value: unknown
}

/** Every place inside a value. */
function* slotsOf(value: unknown): Generator<Slot> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, child] of Object.entries(value)) {
    yield { container: value, key, value: child }
    yield* slotsOf(child)
  }
}

function put({ container, key }: Slot, value: unknown): void {
  Reflect.set(container, key, value)
}
