/** Bytes that are alive. */
export function heap(): number {
  if (globalThis.gc === undefined) throw new Error('this process needs --expose-gc')
  // `RegExp.input` keeps the last text that was matched alive.
  'x'.match(/x/)
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}
