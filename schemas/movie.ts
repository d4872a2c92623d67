import { z } from 'zod/v4'
import { entry } from './entry.ts'

export const MovieRecommendation = z
  .object({
    title: z.string().describe('The title under which the film was released'),
    year: z.int().min(1888).max(2100).describe('The year of the first release'),
    genre: z.enum(['action', 'comedy', 'drama', 'horror', 'sci-fi', 'thriller']).describe('The main genre'),
    rating: z.number().min(0).max(10).describe('Out of 10, with one decimal'),
    reason: z.string().describe('Why this film, in two or three sentences, without giving the end away'),
    whereToStart: z.string().describe('The scene or the minute that shows best what the film is like'),
  })
  .describe('One film that fits what was asked for')

export type MovieRecommendation = z.infer<typeof MovieRecommendation>

export const movie = entry({
  title: 'Movie recommendation',
  schema: MovieRecommendation,
  prompt: 'Recommend a thoughtful science fiction film from the 1980s.',
  sample: {
    title: 'Blade Runner',
    year: 1982,
    genre: 'sci-fi',
    rating: 8.9,
    reason:
      'A detective story that asks what makes us human, told through rain, neon and one of the finest synthesizer scores on film. It was a failure in its year and has shaped every city of the future drawn since.',
    whereToStart: 'The first two minutes: Los Angeles in 2019, seen from above, reflected in an eye.',
  },
})
