import { z } from 'zod'

export const PeakList = z.object({
  title: z.string(),
  peaks: z.array(
    z.object({
      name: z.string(),
      metres: z.int(),
      range: z.string(),
      countries: z.array(z.string()),
      climbed: z.int().describe('Year of the first ascent'),
    }),
  ),
})

export type PeakList = z.infer<typeof PeakList>
