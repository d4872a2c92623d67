import { runUserCode } from '../user-code.ts'
import { NOTHING } from '../../json/growing-container.ts'
import { ABSENT, CheckFailure, Undetermined } from '../../schema/node.ts'
import { markUserMade } from './opaque-values.ts'
import type { OpenContainer } from './open-container.ts'
import type { Reporter } from './reporter.ts'
import { below, noDiscriminator } from './violations.ts'

/** The innermost container closes: what did not come is filled in, or missed. */
export function fillIn(frame: OpenContainer, reporter: Reporter): void {
  const { core } = frame.node
  switch (core.kind) {
    case 'object':
      if (frame.hasSeenAll(core.properties.size)) return
      for (const [key, property] of core.properties) {
        if (!frame.hasSeen(property.index) || frame.nulled?.has(property.index) === true)
          fillKey(
            frame,
            key,
            runUserCode(() => property.whenAbsent()),
            reporter,
          )
      }
      return
    case 'record':
      for (const [key, value] of runUserCode(() => core.missing((name) => Object.hasOwn(frame.container, name))))
        fillKey(frame, key, value, reporter)
      return
    case 'tuple': {
      const tail = runUserCode(() => core.tail(frame.count))
      if (tail instanceof CheckFailure) reporter.at(frame, tail.issues)
      else if (tail instanceof Undetermined) {
        frame.isPartial = true
        reporter.undetermined()
      } else {
        tail.forEach(markUserMade)
        // After an element that is not shown nothing is.
        if (!frame.isTruncated) for (const value of tail) frame.commit(value)
      }
      return
    }
    case 'discriminated':
      if (frame.isRejected) return
      frame.isRejected = true
      reporter.at(frame, [noDiscriminator(core.discriminator, core.tag)])
      break
    default:
  }
}

function fillKey(frame: OpenContainer, key: string, value: unknown, reporter: Reporter): void {
  if (value === ABSENT) return
  frame.key = key
  frame.attached = NOTHING
  if (value instanceof CheckFailure) reporter.at(frame, below(key, value.issues))
  else if (value instanceof Undetermined) {
    frame.isPartial = true
    reporter.undetermined()
  } else {
    markUserMade(value)
    frame.commit(value)
  }
}
