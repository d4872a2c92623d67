const ORIGIN = performance.timeOrigin

/** Returns the time in milliseconds since the epoch, with fractions. */
export function clock(): number {
  return ORIGIN + performance.now()
}
