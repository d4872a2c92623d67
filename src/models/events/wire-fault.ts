/**
 * Thrown by a wire reader when what the provider sent contradicts itself or leaves open which value was meant. Its
 * message is a predicate of which the provider is the subject ("sent two …").
 */
export class WireFault extends Error {
  override readonly name = 'WireFault'
}
