import type { OpenContainer } from './open-container.ts'
import type { Reporter } from './reporter.ts'
import { noFurtherKey, oneElementTooMany, oneKeyTooMany, undeclaredBeginning } from './violations.ts'

/** A comma has come in a container where it may be wrong: another element or key must follow, and perhaps none can. */
export function enterComma(frame: OpenContainer, reporter: Reporter): void {
  if (frame.isArray) {
    if (!mayGrow(frame)) {
      // Whatever comes is one too many.
      frame.maximum = Math.min(frame.maximum, frame.count)
      reporter.once(frame, oneElementTooMany)
      frame.isTruncated = true
    }
  } else if (frame.keyCount >= frame.maximum) reporter.once(frame, oneKeyTooMany)
  else if (!frame.isKeyReported && !hasKeyLeft(frame)) {
    frame.isKeyReported = true
    reporter.at(frame, [noFurtherKey()])
  }
}

/** A key begins like this in a container where it may be wrong. */
export function enterKeyBeginning(frame: OpenContainer, beginning: string, reporter: Reporter): void {
  if (frame.isKeyReported || mayBeKey(frame, beginning)) return
  frame.isKeyReported = true
  reporter.at(frame, [undeclaredBeginning(beginning)])
}

function mayGrow(frame: OpenContainer): boolean {
  if (frame.count >= frame.maximum) return false
  const { core } = frame.node
  if (core.kind === 'array') return core.element.node.accepts !== 0
  if (core.kind !== 'tuple') return true
  const next = core.slots[frame.count] ?? core.rest
  return next !== null && next.node.accepts !== 0
}

/** Whether some key may still come. */
function hasKeyLeft(frame: OpenContainer): boolean {
  const { core } = frame.node
  if (core.kind !== 'object') return true
  if (core.mayBeKey?.('') ?? core.rest !== 'strict') return true
  if (frame.hasSeenAll(core.properties.size)) return false
  for (const { index, node } of core.properties.values())
    if (!frame.hasSeen(index) && node.node.accepts !== 0) return true
  return false
}

function mayBeKey(frame: OpenContainer, beginning: string): boolean {
  const { core } = frame.node
  if (core.kind === 'record') return core.mayBeKey?.(beginning) ?? true
  if (core.kind !== 'object') return true
  if (core.mayBeKey?.(beginning) ?? core.rest !== 'strict') return true
  for (const name of core.properties.keys()) if (name.startsWith(beginning)) return true
  return false
}
