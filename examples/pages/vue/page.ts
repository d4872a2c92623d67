import { createApp, defineComponent } from 'vue'
import { Recipe } from 'structstream/schemas'
import { useStructuredStream } from 'structstream/vue'

const RecipeCard = defineComponent({
  setup() {
    const { submit, stop, status, error, field } = useStructuredStream({ api: '/api/recipe', schema: Recipe })
    const ask = () => submit({ prompt: 'a simple lentil soup for four' })
    return { ask, stop, status, error, name: field(['name']), steps: field(['steps']) }
  },
  template: `
    <h1>A recipe card in Vue</h1>
    <button v-if="status === 'streaming'" class="stop" @click="stop">Stop</button>
    <button v-else class="ask" @click="ask">Cook</button>
    <output :class="status">{{ status }}</output>
    <p v-if="error" role="alert">{{ error.message }}</p>
    <article v-if="status !== 'idle'" class="card recipe">
      <h2 :class="name.state">{{ name.value ?? '…' }}</h2>
      <ol :class="steps.state"><li v-for="(step, index) in steps.value" :key="index">{{ step }}</li></ol>
    </article>
  `,
})

createApp(RecipeCard).mount('main')
