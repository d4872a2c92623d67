import { NOTHING } from '../../json/growing-container.ts'
import { ABSENT, ANY, CheckFailure, type ObjectCore, type SchemaNode } from '../../schema/node.ts'
import type { OpenContainer } from './open-container.ts'
import type { Reporter } from './reporter.ts'
import { oneKeyTooMany, undeclaredKey } from './violations.ts'

/** A key has come in the innermost container: which node is in force for its value. */
export function enterKey(frame: OpenContainer, name: string, reporter: Reporter): void {
  frame.key = name
  frame.isKeyed = true
  frame.property = null
  frame.attached = NOTHING
  const { core } = frame.node
  switch (core.kind) {
    case 'object': {
      if (++frame.keyCount > frame.maximum) reporter.once(frame, oneKeyTooMany)
      const property = core.properties.get(name)
      if (property === undefined) frame.slot = undeclared(frame, name, core.rest, reporter)
      else if (frame.see(property.index)) {
        frame.property = property
        frame.slot = property.node.node
      } else frame.slot = reporter.repeated(frame, name)
      return
    }
    case 'record': {
      const key = core.key(name)
      if (key instanceof CheckFailure) {
        frame.slot = null
        reporter.at(frame, key.issues)
      } else if (key.name === ABSENT) frame.slot = null
      else {
        frame.key = key.name
        if (Object.hasOwn(frame.container, key.name)) frame.slot = reporter.repeated(frame, name)
        else frame.slot = key.isChecked ? core.value.node : ANY
      }
      return
    }
    case 'discriminated':
      if (Object.hasOwn(frame.container, name)) frame.slot = reporter.repeated(frame, name)
      else frame.slot = name === core.discriminator ? core.tag : ANY
      return
    default:
      frame.slot = ANY
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
