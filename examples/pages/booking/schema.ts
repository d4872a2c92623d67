import { z } from 'zod'

export const Booking = z.object({
  name: z.string(),
  email: z.email(),
  arrival: z.iso.date(),
  nights: z.int().min(1).max(30),
  guests: z.int().min(1).max(6),
  room: z.enum(['single', 'double', 'family']),
  breakfast: z.boolean(),
  wishes: z.string(),
})

export type Booking = z.infer<typeof Booking>
