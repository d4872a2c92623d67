import type { Booking } from './booking/schema.ts'
import type { PeakList } from './peaks/schema.ts'

/** What the simulated model answers to the form. */
export const booking: Booking = {
  name: 'Maren Holt',
  email: 'maren.holt@example.com',
  arrival: '2027-05-14',
  nights: 3,
  guests: 4,
  room: 'family',
  breakfast: true,
  wishes: 'A room away from the road, and a cot for the little one. They come by train and arrive after nine.',
}

/** What the simulated model answers to the table. */
export const peaks: PeakList = {
  title: 'The fourteen peaks above 8,000 metres',
  peaks: [
    { name: 'Mount Everest', metres: 8849, range: 'Himalaya', countries: ['Nepal', 'China'], climbed: 1953 },
    { name: 'K2', metres: 8611, range: 'Karakoram', countries: ['Pakistan', 'China'], climbed: 1954 },
    { name: 'Kangchenjunga', metres: 8586, range: 'Himalaya', countries: ['Nepal', 'India'], climbed: 1955 },
    { name: 'Lhotse', metres: 8516, range: 'Himalaya', countries: ['Nepal', 'China'], climbed: 1956 },
    { name: 'Makalu', metres: 8485, range: 'Himalaya', countries: ['Nepal', 'China'], climbed: 1955 },
    { name: 'Cho Oyu', metres: 8188, range: 'Himalaya', countries: ['Nepal', 'China'], climbed: 1954 },
    { name: 'Dhaulagiri I', metres: 8167, range: 'Himalaya', countries: ['Nepal'], climbed: 1960 },
    { name: 'Manaslu', metres: 8163, range: 'Himalaya', countries: ['Nepal'], climbed: 1956 },
    { name: 'Nanga Parbat', metres: 8126, range: 'Himalaya', countries: ['Pakistan'], climbed: 1953 },
    { name: 'Annapurna I', metres: 8091, range: 'Himalaya', countries: ['Nepal'], climbed: 1950 },
    { name: 'Gasherbrum I', metres: 8080, range: 'Karakoram', countries: ['Pakistan', 'China'], climbed: 1958 },
    { name: 'Broad Peak', metres: 8051, range: 'Karakoram', countries: ['Pakistan', 'China'], climbed: 1957 },
    { name: 'Gasherbrum II', metres: 8035, range: 'Karakoram', countries: ['Pakistan', 'China'], climbed: 1956 },
    { name: 'Shishapangma', metres: 8027, range: 'Himalaya', countries: ['China'], climbed: 1964 },
  ],
}
