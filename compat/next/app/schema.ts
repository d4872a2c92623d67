import { z } from 'zod'

export const Movie = z.object({ title: z.string(), year: z.number() })
