import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runProgram } from './run-program.mjs'

const film = { title: 'Alien', year: 1979, genre: 'science fiction', cast: ['Sigourney Weaver', 'Tom Skerritt'] }

/**
 * Runs a recipe's two programs, the host's own quick start and the same with us, against a local provider.
 *
 * @param {string} folder
 * @param {typeof import('structstream/testing').startProviderServer} startProviderServer
 */
export function testRecipe(folder, startProviderServer) {
  /** @param {string} program */
  const lines = (program) => readFileSync(join(folder, program), 'utf8').split('\n')

  /** @param {string} program */
  async function logged(program) {
    const respond = { data: film, chunking: 3, latency: { tokensPerSecond: 50 } }
    return await runProgram(folder, program, await startProviderServer({ respond }))
  }

  test('the quick start runs', async () => {
    assert.ok((await logged('quick-start.mjs')).length > 5)
  })

  test('at most three lines of it change', () => {
    const before = lines('quick-start.mjs')
    const changed = lines('recipe.mjs').filter((line) => !before.includes(line))
    assert.ok(changed.length <= 3, changed.join('\n'))
  })

  test('with us it logs validated partials, and at last the film', async () => {
    const partials = await logged('recipe.mjs')
    assert.deepEqual(partials.at(-1), film)
    assert.ok(partials.length > 8, `${partials.length} partials`)
    for (const { title = '', year, genre, cast = [], ...others } of partials) {
      assert.ok(film.title.startsWith(title))
      assert.ok(year === undefined || year === film.year, `half a number: ${year}`)
      assert.ok(genre === undefined || genre === film.genre, `half a word: ${genre}`)
      assert.ok(
        cast.every((/** @type {string} */ name, /** @type {number} */ index) => film.cast[index]?.startsWith(name)),
      )
      assert.deepEqual(others, {})
    }
  })
}
