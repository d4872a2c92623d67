import { createRoot, hydrateRoot } from 'react-dom/client'
import { useStructuredStream } from '../../../src/react/index.ts'
import { titleLine, wholeLine, type Actions, type Mounted, type Note, type Options, type Shows } from './app.ts'

interface PageProps {
  options: Options
  shows: Shows
  onRender: (actions: Actions) => void
}

function Page({ options, shows, onRender }: PageProps) {
  const stream = useStructuredStream<Note>(options)
  const title = stream.field(['title'])
  onRender(stream)
  return <p>{shows === 'title' ? titleLine(title) : wholeLine(stream, title)}</p>
}

export async function mount(place: HTMLElement, options: Options, shows: Shows, isHydration = false): Promise<Mounted> {
  let renders = 0
  let unmount!: () => void
  const actions = await new Promise<Actions>((resolve) => {
    const onRender = (actions: Actions): void => {
      renders++
      resolve(actions)
    }
    const page = <Page options={options} shows={shows} onRender={onRender} />
    const root = isHydration ? hydrateRoot(place, page) : createRoot(place)
    if (!isHydration) root.render(page)
    unmount = () => root.unmount()
  })
  const { submit, attach, stop, retry, clear, store } = actions
  return { submit, attach, stop, retry, clear, store, renders: () => renders, unmount }
}

export async function render(options: Options): Promise<string> {
  const { renderToString } = await import('react-dom/server')
  return renderToString(<Page options={options} shows="all" onRender={() => {}} />)
}
