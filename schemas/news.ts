import { z } from 'zod/v4'
import { entry } from './entry.ts'

export const NewsSummary = z
  .object({
    title: z.string().describe('A title in your own words'),
    keyPoints: z.array(z.string().describe('One sentence')).min(1).max(6).describe('What happened, in order of weight'),
    sentiment: z.enum(['negative', 'neutral', 'positive']).describe('The tone of the article'),
    category: z
      .enum(['business', 'culture', 'politics', 'science', 'sport', 'technology', 'world'])
      .describe('The section it belongs to'),
    confidence: z.number().min(0).max(1).describe('How sure you are of sentiment and category'),
  })
  .describe('The gist of a news article')

export type NewsSummary = z.infer<typeof NewsSummary>

export const news = entry({
  title: 'News summary',
  schema: NewsSummary,
  prompt: 'Summarise the article: a night train line between two capitals opens again after twenty years.',
  sample: {
    title: 'The night train is back',
    keyPoints: [
      'After twenty years without a direct connection, a night train runs again three times a week.',
      'All tickets of the first month were sold within two days.',
      'The operator has ordered twelve new sleeping cars and plans a daily service from next summer.',
      'Track work in the mountains will lengthen the journey by forty minutes until autumn.',
    ],
    sentiment: 'positive',
    category: 'world',
    confidence: 0.92,
  },
})
