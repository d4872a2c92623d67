/** A whole number from `least` to `most`, both included. */
export type Random = (least: number, most: number) => number

/** Numbers that depend on the seed alone (mulberry32). */
export function random(seed: number): Random {
  let state = seed | 0
  return (least, most) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    const unit = ((t ^ (t >>> 14)) >>> 0) / 4294967296
    return least + Math.floor(unit * (most - least + 1))
  }
}
