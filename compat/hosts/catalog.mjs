// The answers that `npm run bench:hosts` has every host read: generated, and the same for all of them.

const GENRES = /** @type {const} */ (['horror', 'science fiction', 'science fantasy', 'drama'])
const RATINGS = /** @type {const} */ (['PG', 'PG-13', 'R'])

/** Keys whose values are one of a few words. */
const WORDS = new Set(['genre', 'rating'])

/** @param {typeof import('zod').z} z */
export const catalogOf = (z) =>
  z.object({
    title: z.string(),
    films: z.array(
      z.object({
        title: z.string(),
        year: z.int(),
        genre: z.enum(GENRES),
        rating: z.enum(RATINGS),
        minutes: z.number(),
        cast: z.array(z.string()),
      }),
    ),
  })

/** @param {number} count */
function films(count) {
  return Array.from({ length: count }, (_, index) => ({
    title: `A film of some length, part ${index}`,
    year: 1950 + (index % 70),
    genre: GENRES[index % GENRES.length],
    rating: RATINGS[index % RATINGS.length],
    minutes: 80 + index / 8,
    cast: ['Sigourney Weaver', 'Tom Skerritt'],
  }))
}

/** @param {object[]} list */
const textOf = (list) => JSON.stringify({ title: 'Films', films: list })

const wrong = films(13).map((film, index) => (index === 0 ? { ...film, genre: 'scientific' } : film))

/** By name. In `wrong` the genre of the first film is none of the schema's. */
export const texts = { short: textOf(films(13)), long: textOf(films(128)), wrong: textOf(wrong) }

/** The first character after which no continuation of `wrong` fits the schema: `scient`, where only `science` could follow. */
export const CERTAIN_AT = texts.wrong.indexOf('scientific') + 'scient'.length

/**
 * What of a partial isn't what the model means there, found by comparing it with the final value.
 *
 * @param {unknown} partial
 * @param {unknown} final
 * @param {string} [key]
 * @returns {{ numbers: number, words: number }}
 */
export function wrongPartsOf(partial, final, key = '') {
  if (typeof partial === 'number') return { numbers: partial === final ? 0 : 1, words: 0 }
  if (typeof partial === 'string') return { numbers: 0, words: WORDS.has(key) && partial !== final ? 1 : 0 }
  const sum = { numbers: 0, words: 0 }
  if (typeof partial !== 'object' || partial === null) return sum
  for (const [name, part] of Object.entries(partial)) {
    const { numbers, words } = wrongPartsOf(part, /** @type {any} */ (final)?.[name], name)
    sum.numbers += numbers
    sum.words += words
  }
  return sum
}
