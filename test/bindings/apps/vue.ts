import { createApp, createSSRApp, defineComponent, h, reactive } from 'vue'
import { useStructuredStream } from '../../../src/vue/index.ts'
import { titleLine, wholeLine, type Actions, type Mounted, type Options, type Shows } from './app.ts'

const pageOf = (options: Options, shows: Shows, onSetup: (actions: Actions) => void, onRender: () => void) =>
  defineComponent(() => {
    const stream = useStructuredStream(() => options)
    onSetup(stream)
    const title = stream.field(['title'])
    // Refs, read as a template reads them.
    const state = reactive(stream)
    return () => {
      onRender()
      return h('p', shows === 'title' ? titleLine(title.value) : wholeLine(state, title.value))
    }
  })

export function mount(place: HTMLElement, options: Options, shows: Shows, isHydration = false): Promise<Mounted> {
  let renders = 0
  let actions!: Actions
  const page = pageOf(
    options,
    shows,
    (given) => (actions = given),
    () => renders++,
  )
  const app = isHydration ? createSSRApp(page) : createApp(page)
  app.mount(place)
  return Promise.resolve({ ...pick(actions), renders: () => renders, unmount: () => app.unmount() })
}

const pick = ({ submit, attach, stop, retry, clear, store }: Actions): Actions => ({
  submit,
  attach,
  stop,
  retry,
  clear,
  store,
})

export async function render(options: Options): Promise<string> {
  const { renderToString } = await import('vue/server-renderer')
  return await renderToString(
    createSSRApp(
      pageOf(
        options,
        'all',
        () => {},
        () => {},
      ),
    ),
  )
}
