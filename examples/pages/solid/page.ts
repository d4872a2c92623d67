import html from 'solid-js/html'
import { For, Show, render } from 'solid-js/web'
import { Recipe } from 'structstream/schemas'
import { createStructuredStream } from 'structstream/solid'

/** Without a compiler; with Solid's own, this is JSX. */
function RecipeCard() {
  const { submit, stop, status, error, field } = createStructuredStream({ api: '/api/recipe', schema: Recipe })
  const name = field(['name'])
  const steps = field(['steps'])
  const isRunning = () => status() === 'streaming'
  const press = () => (isRunning() ? stop() : submit({ prompt: 'a simple lentil soup for four' }))
  return html`
    <h1>A recipe card in Solid</h1>
    <button class=${() => (isRunning() ? 'stop' : 'ask')} onClick=${press}>
      ${() => (isRunning() ? 'Stop' : 'Cook')}
    </button>
    <output class=${status}>${status}</output>
    <${Show} when=${error}><p role="alert">${() => error()?.message}</p><//>
    <${Show} when=${() => status() !== 'idle'}>
      <article class="card recipe">
        <h2 class=${() => name().state}>${() => name().value ?? '…'}</h2>
        <ol class=${() => steps().state}>
          <${For} each=${() => steps().value}>${(step: string) => html`<li>${step}</li>`}<//>
        </ol>
      </article>
    <//>
  ` as Node
}

render(RecipeCard, document.querySelector('main')!)
