import { z } from 'zod/v4'
import { entry } from './entry.ts'

export const Summary = z
  .object({
    headline: z.string().max(120).describe('The one thing to remember'),
    summary: z.string().describe('Three to five sentences'),
    keyPoints: z
      .array(z.string().describe('One sentence'))
      .min(2)
      .max(7)
      .describe('What a reader should take away, the most important first'),
    openQuestions: z.array(z.string().describe('One question')).describe('What the text leaves open; may be empty'),
    readingMinutes: z.int().min(1).describe('Minutes that the original takes to read'),
  })
  .describe('A summary with its key points')

export type Summary = z.infer<typeof Summary>

export const summary = entry({
  title: 'Summary with key points',
  schema: Summary,
  prompt: 'Summarise the history of the shipping container.',
  sample: {
    headline: 'A steel box made distance cheap.',
    summary:
      'Until the 1950s, cargo was loaded by hand, piece by piece, and a ship spent more time in port than at sea. Malcom McLean, a trucker, put whole trailer bodies on a tanker in 1956 and cut the cost of loading from $5.86 to 16 cents a ton. Standard sizes followed in the 1960s, after years of quarrel. Ports that could not hold cranes and stacks declined, and others grew out of farmland.',
    keyPoints: [
      'The invention was less the box than the system around it: ship, crane, truck and railway made to one measure.',
      'Standard sizes, agreed on by 1970, let any box travel on any carrier.',
      'Old harbours in city centres lost their work within two decades.',
      'Cheap transport moved factories to wherever labour was cheap.',
    ],
    openQuestions: ['How much of the growth in trade is due to the box, and how much to lower tariffs?'],
    readingMinutes: 12,
  },
})
