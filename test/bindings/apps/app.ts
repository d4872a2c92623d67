import type { z } from 'zod'
import type { Field, StoreOptions, StreamStore } from '../../../src/web/client/index.ts'
import type { ShownState } from '../../../src/web/client/state/shown-keys.ts'

export type Note = z.ZodObject<{ title: z.ZodString; note: z.ZodString }>
export type Options = StoreOptions<Note>

/** What a component shows: all that there is, or the field `title` alone. */
export type Shows = 'all' | 'title'

/** What a component has of its binding. */
export type Actions = Pick<StreamStore<Note>, 'submit' | 'attach' | 'stop' | 'retry' | 'clear'> & {
  readonly store: StreamStore<Note>
}

/** A component that is on the page. */
export interface Mounted extends Actions {
  /** How often what it shows was computed. */
  renders(): number
  unmount(): void
}

/** One framework's app: a component with one paragraph, which shows a stream. */
export interface App {
  mount(place: HTMLElement, options: Options, shows: Shows, isHydration?: boolean): Promise<Mounted>
  /** Renders to HTML, on a server. */
  render(options: Options): Promise<string>
}

export const titleLine = ({ value, state }: Field<string | undefined>): string => `${state}|${value ?? ''}`

export function wholeLine(
  {
    status,
    reasoning,
    toolCalls,
    files,
    error,
  }: Pick<ShownState<Note>, 'status' | 'reasoning' | 'toolCalls' | 'files' | 'error'>,
  title: Field<string | undefined>,
): string {
  const calls = toolCalls.map(({ name, state }) => `${name} ${state}`)
  return [status, titleLine(title), reasoning, calls.join(), files.length, error?.code ?? ''].join('|')
}
