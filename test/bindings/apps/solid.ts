// As a whole: before 1.9, each half lacks some names of the other.
import * as web from 'solid-js/web'
import { createStructuredStream } from '../../../src/solid/index.ts'
import { titleLine, wholeLine, type Actions, type Mounted, type Options, type Shows } from './app.ts'

const {
  escape,
  getNextElement,
  hydrate,
  insert,
  render: renderInto,
  renderToString,
  ssr,
  ssrHydrationKey,
  template,
} = web

function pageOf(options: Options, shows: Shows, onSetup: (actions: Actions) => void, onRender: () => void) {
  const stream = createStructuredStream(() => options)
  onSetup(stream)
  const title = stream.field(['title'])
  const { status, reasoning, toolCalls, files, error } = stream
  return (): string => {
    onRender()
    if (shows === 'title') return titleLine(title())
    const state = { status: status(), reasoning: reasoning(), toolCalls: toolCalls(), files: files(), error: error() }
    return wholeLine(state, title())
  }
}

/** What Solid's compiler makes of `<p>{line()}</p>`, for a page and for a server. */
function inPage(line: () => string): Element {
  const element = getNextElement(template('<p></p>'))
  insert(element, line)
  return element
}
const onServer = (line: () => string) => ssr(['<p', '>', '</p>'], ssrHydrationKey(), escape(line()))

export function mount(place: HTMLElement, options: Options, shows: Shows, isHydration = false): Promise<Mounted> {
  let renders = 0
  let actions!: Actions
  const page = () =>
    inPage(
      pageOf(
        options,
        shows,
        (given) => (actions = given),
        () => renders++,
      ),
    )
  // What `generateHydrationScript()` puts into the head of a page.
  Object.assign(globalThis, { _$HY: { events: [], completed: new WeakSet(), r: {}, fe() {} } })
  const unmount = isHydration ? hydrate(page, place) : renderInto(page, place)
  const { submit, attach, stop, retry, clear, store } = actions
  return Promise.resolve({ submit, attach, stop, retry, clear, store, renders: () => renders, unmount })
}

export function render(options: Options): Promise<string> {
  const page = () =>
    onServer(
      pageOf(
        options,
        'all',
        () => {},
        () => {},
      ),
    )
  return Promise.resolve(renderToString(page as never))
}
