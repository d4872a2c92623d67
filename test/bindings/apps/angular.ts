import '@angular/compiler'
import {
  ChangeDetectionStrategy,
  Component,
  enableProdMode,
  provideZonelessChangeDetection,
  type Type,
} from '@angular/core'
import { bootstrapApplication, createApplication, provideClientHydration } from '@angular/platform-browser'
import { injectStructuredStream } from '../../../src/angular/index.ts'
import { titleLine, wholeLine, type Actions, type Mounted, type Options, type Shows } from './app.ts'

// In development every template is run twice.
enableProdMode()

/** A component, compiled where it runs: a decorator is a function. */
function pageOf(options: Options, shows: Shows, onSetup: (actions: Actions) => void, onRender: () => void) {
  class Page {
    readonly stream = injectStructuredStream(() => options)
    readonly title = this.stream.field(['title'])

    constructor() {
      onSetup(this.stream)
    }

    line(): string {
      onRender()
      if (shows === 'title') return titleLine(this.title())
      const { status, reasoning, toolCalls, files, error } = this.stream
      const state = { status: status(), reasoning: reasoning(), toolCalls: toolCalls(), files: files(), error: error() }
      return wholeLine(state, this.title())
    }
  }
  const changeDetection = ChangeDetectionStrategy.OnPush
  return Component({ selector: 'app-root', template: '<p>{{ line() }}</p>', changeDetection })(Page) as Type<Page>
}

export async function mount(place: HTMLElement, options: Options, shows: Shows, isHydration = false): Promise<Mounted> {
  let renders = 0
  let actions!: Actions
  const page = pageOf(
    options,
    shows,
    (given) => (actions = given),
    () => renders++,
  )
  const hydration = isHydration ? [provideClientHydration()] : []
  const app = await createApplication({ providers: [provideZonelessChangeDetection(), ...hydration] })
  app.bootstrap(page, place.querySelector('app-root') ?? place.appendChild(document.createElement('app-root')))
  await app.whenStable()
  const { submit, attach, stop, retry, clear, store } = actions
  return { submit, attach, stop, retry, clear, store, renders: () => renders, unmount: () => app.destroy() }
}

export async function render(options: Options): Promise<string> {
  const { provideServerRendering, renderApplication } = await import('@angular/platform-server')
  const page = pageOf(
    options,
    'all',
    () => {},
    () => {},
  )
  const providers = [provideZonelessChangeDetection(), provideServerRendering(), provideClientHydration()]
  const html = await renderApplication((context) => bootstrapApplication(page, { providers }, context), {
    document: '<!doctype html><html><body><app-root></app-root></body></html>',
  })
  return html.slice(html.indexOf('<body') + html.slice(html.indexOf('<body')).indexOf('>') + 1, html.indexOf('</body>'))
}
