/** Milliseconds between two looks: following costs a layout. */
const PACE = 150

/**
 * Keeps what is growing in sight, in a pane that scrolls, until the reader scrolls it.
 *
 * @returns what stops it
 */
export function followGrowth(pane: HTMLElement): () => void {
  const stop = (): void => {
    clearInterval(timer)
    for (const sign of signs) pane.removeEventListener(sign, stop)
  }
  const signs = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const
  for (const sign of signs) pane.addEventListener(sign, stop, { passive: true })
  pane.scrollTop = 0
  const timer = setInterval(() => {
    // Ancestors come first, so the last open place is the innermost.
    const open = [...pane.querySelectorAll('.place[data-state=open]')].at(-1)
    if (open === undefined) return
    const { top, bottom } = pane.getBoundingClientRect()
    const place = open.getBoundingClientRect()
    if (place.bottom > bottom) pane.scrollTop += place.bottom - bottom + 24
    else if (place.top < top) pane.scrollTop -= top - place.top + 24
  }, PACE)
  return stop
}
