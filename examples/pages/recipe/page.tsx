import { useState } from 'react'
import { useStructuredStream } from 'structstream/react'
import { Recipe } from 'structstream/schemas'
import { Controls } from '../controls.tsx'
import { mount } from '../mount.tsx'

/** Grey bars where text will be. */
function Skeleton({ lines = 1 }: { lines?: number }) {
  return Array.from({ length: lines }, (_, line) => <i key={line} className="skeleton" />)
}

function RecipePage() {
  const [dish, setDish] = useState('a simple lentil soup for four')
  const stream = useStructuredStream({ api: '/api/recipe', schema: Recipe })
  const { field, status, submit } = stream
  const name = field(['name'])
  const description = field(['description'])
  const preparation = field(['minutes', 'preparation']).value
  const cooking = field(['minutes', 'cooking']).value
  const servings = field(['servings']).value
  const ingredients = field(['ingredients'])
  const steps = field(['steps'])
  const nutrition = Object.entries(field(['nutrition']).value ?? {})
  return (
    <>
      <h1>A recipe card with skeletons</h1>
      <Controls stream={stream} ask="Cook" onAsk={() => submit({ prompt: dish })}>
        <label>
          <span>A recipe for</span>
          <input value={dish} onChange={(event) => setDish(event.target.value)} />
        </label>
      </Controls>
      {status !== 'idle' && (
        <article className={`card recipe ${status}`} aria-busy={status === 'streaming'}>
          <h2 className={name.state}>{name.value ?? <Skeleton />}</h2>
          <p className={description.state}>{description.value ?? <Skeleton lines={2} />}</p>
          <ul className="facts">
            <li>
              <b>{servings ?? <Skeleton />}</b> servings
            </li>
            <li>
              <b>{preparation ?? <Skeleton />}</b> min of work
            </li>
            <li>
              <b>{cooking ?? <Skeleton />}</b> min on the stove
            </li>
            {field(['vegetarian']).value === true && <li className="badge">vegetarian</li>}
          </ul>
          <section>
            <h3>Ingredients</h3>
            {ingredients.value === undefined && <Skeleton lines={5} />}
            <ul className={ingredients.state}>
              {ingredients.value?.map(({ name, amount, unit }, index) => (
                <li key={index}>
                  <b>
                    {amount === undefined ? <Skeleton /> : amount} {unit === 'piece' ? '' : unit}
                  </b>
                  {name}
                </li>
              ))}
            </ul>
          </section>
          <section>
            <h3>Steps</h3>
            {steps.value === undefined && <Skeleton lines={5} />}
            <ol className={steps.state}>
              {steps.value?.map((step, index) => (
                <li key={index}>{step}</li>
              ))}
            </ol>
          </section>
          <footer>
            {nutrition.length === 0 && <Skeleton />}
            {nutrition.map(([nutrient, grams]) => (
              <span key={nutrient}>
                {nutrient} <b>{grams} g</b>
              </span>
            ))}
          </footer>
        </article>
      )}
    </>
  )
}

mount(<RecipePage />)
