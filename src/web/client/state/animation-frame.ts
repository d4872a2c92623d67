/** Milliseconds: a page in the background has no frames. */
const LONGEST = 250

/** Calls back once, with the next frame of the page; where there are none, after about as long. Returns what stops it. */
export function onNextFrame(callback: () => void): () => void {
  let frame: number | undefined
  const stop = (): void => {
    clearTimeout(timer)
    if (frame !== undefined) cancelAnimationFrame(frame)
  }
  const run = (): void => {
    stop()
    callback()
  }
  const hasFrames = typeof requestAnimationFrame === 'function'
  const timer = setTimeout(run, hasFrames ? LONGEST : 16)
  if (hasFrames) frame = requestAnimationFrame(run)
  return stop
}
