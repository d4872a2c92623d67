import { runUserCode } from '../user-code.ts'
import { NOTHING } from '../../json/growing-container.ts'
import { ABSENT, ANY, CheckFailure, childOfAny, type ObjectCore, type SchemaNode } from '../../schema/node.ts'
import type { OpenContainer } from './open-container.ts'
import type { Reporter } from './reporter.ts'
import { noValueFits, oneKeyTooMany, undeclaredKey } from './violations.ts'

/** A key has come in the innermost container: which node is in force for its value. */
export function enterKey(frame: OpenContainer, name: string, reporter: Reporter): void {
  frame.key = name
  frame.isKeyed = true
  frame.property = null
  frame.attached = NOTHING
  if (frame.isKeyReported) {
    frame.isKeyReported = false
    frame.slot = null
    return
  }
  frame.slot = slotFor(frame, name, reporter)
  // No need to wait for a value.
  if (frame.slot === null || frame.slot.accepts !== 0) return
  reporter.reject([noValueFits(frame.slot)])
  frame.slot = null
}

function slotFor(frame: OpenContainer, name: string, reporter: Reporter): SchemaNode | null {
  const { core } = frame.node
  switch (core.kind) {
    case 'object': {
      if (++frame.keyCount > frame.maximum) reporter.once(frame, oneKeyTooMany)
      const property = core.properties.get(name)
      if (property === undefined) return undeclared(frame, name, core.rest, reporter)
      if (!frame.see(property.index)) return reporter.repeated(frame, name)
      frame.property = property
      return property.node.node
    }
    case 'record': {
      const key = runUserCode(() => core.key(name))
      if (key instanceof CheckFailure) {
        reporter.at(frame, key.issues)
        return null
      }
      if (key.name === ABSENT) return null
      frame.key = key.name
      if (Object.hasOwn(frame.container, key.name)) return reporter.repeated(frame, name)
      return key.isChecked ? core.value.node : ANY
    }
    case 'discriminated':
      if (Object.hasOwn(frame.container, name)) return reporter.repeated(frame, name)
      return name === core.discriminator ? core.tag : ANY
    default:
      return childOfAny(frame.node)
  }
}

function undeclared(
  frame: OpenContainer,
  name: string,
  rest: ObjectCore['rest'],
  reporter: Reporter,
): SchemaNode | null {
  if (rest === 'strict') {
    reporter.at(frame, [undeclaredKey(name)])
    return null
  }
  if (rest === 'strip') return null
  if (typeof rest === 'function') {
    const judged = rest(name)
    if (judged === null) return null
    if (judged instanceof CheckFailure) {
      reporter.at(frame, judged.issues)
      return null
    }
    return Object.hasOwn(frame.container, name) ? reporter.repeated(frame, name) : judged.node
  }
  if (name === '__proto__') return null
  return Object.hasOwn(frame.container, name) ? reporter.repeated(frame, name) : rest.node
}
