declare const setImmediate: ((callback: () => void) => unknown) | undefined
declare const clearImmediate: (handle: unknown) => void

/**
 * Calls back after the present turn of the event loop, and returns what cancels that. Where it works, `setImmediate`
 * comes right after what has arrived, a timer up to 4 ms later. In some runtimes (Next's edge) it is there and throws.
 */
export function afterTurn(callback: () => void): () => void {
  if (typeof setImmediate === 'function') {
    try {
      const handle = setImmediate(callback)
      return () => clearImmediate(handle)
    } catch {
      // A timer, then.
    }
  }
  const handle = setTimeout(callback, 0)
  return () => clearTimeout(handle)
}
