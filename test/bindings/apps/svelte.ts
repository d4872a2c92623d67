import { hydrate, mount as mountComponent, unmount, type Component } from 'svelte'
import type { Actions, Mounted, Options, Shows } from './app.ts'
import Page from './Page.svelte'

const Typed = Page as Component<{ options: Options; shows: Shows; onSetup(actions: Actions): void; onRender(): void }>

export function mount(target: HTMLElement, options: Options, shows: Shows, isHydration = false): Promise<Mounted> {
  let renders = 0
  let actions!: Actions
  const props = { options, shows, onSetup: (given: Actions) => void (actions = given), onRender: () => void renders++ }
  const page = isHydration ? hydrate(Typed, { target, props }) : mountComponent(Typed, { target, props })
  const { submit, attach, stop, retry, clear, store } = actions
  const leave = (): void => void unmount(page)
  return Promise.resolve({ submit, attach, stop, retry, clear, store, renders: () => renders, unmount: leave })
}

export async function render(options: Options): Promise<string> {
  const { render: renderToHtml } = await import('svelte/server')
  return renderToHtml(Typed, { props: { options, shows: 'all', onSetup: () => {}, onRender: () => {} } }).body
}
