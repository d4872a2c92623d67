import type { SchemaNode } from '../schema/node.ts'
import type { Interpreter, InterpreterOptions } from './interpreter.ts'
import type { ObserverHub } from './observer-hub.ts'

/** A reading that a further one can go on from: with the same listeners, the same schema and the same options. */
export interface Mendable extends Interpreter {
  readonly hub: ObserverHub
  readonly node: SchemaNode
  readonly options: InterpreterOptions
}

export function isMendable(interpreter: Interpreter): interpreter is Mendable {
  return 'hub' in interpreter
}
