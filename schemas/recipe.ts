import { z } from 'zod/v4'
import { entry } from './entry.ts'

export const Recipe = z
  .object({
    name: z.string().describe('Of the dish'),
    description: z.string().describe('What it tastes like and when it is eaten, in one or two sentences'),
    servings: z.int().min(1).max(50).describe('How many it feeds'),
    minutes: z
      .object({
        preparation: z.int().min(0).describe('Of work'),
        cooking: z.int().min(0).describe('On the stove or in the oven'),
      })
      .describe('How long it takes, in minutes'),
    ingredients: z
      .array(
        z
          .object({
            name: z.string().describe('In the singular where that is usual'),
            amount: z.number().positive().nullable().describe('In the unit; null for "some"'),
            unit: z.enum(['g', 'ml', 'piece', 'tbsp', 'tsp', 'pinch']).nullable().describe('null when there is none'),
          })
          .describe('One ingredient'),
      )
      .min(1)
      .describe('In the order of use'),
    steps: z.array(z.string().describe('One step, as an instruction')).min(1).describe('In order'),
    nutrition: z
      .record(z.string(), z.number().describe('Per serving, in grams'))
      .describe('Nutrients by name, such as protein'),
    vegetarian: z.boolean().describe('Without meat and fish'),
  })
  .describe('A recipe')

export type Recipe = z.infer<typeof Recipe>

export const recipe = entry({
  title: 'Recipe',
  schema: Recipe,
  prompt: 'Give me a simple lentil soup for four.',
  sample: {
    name: 'Red lentil soup with lemon',
    description: 'Bright, warm and done in half an hour. Good on the first cold evening of autumn.',
    servings: 4,
    minutes: { preparation: 10, cooking: 20 },
    ingredients: [
      { name: 'onion', amount: 1, unit: 'piece' },
      { name: 'olive oil', amount: 2, unit: 'tbsp' },
      { name: 'ground cumin', amount: 1, unit: 'tsp' },
      { name: 'red lentils', amount: 250, unit: 'g' },
      { name: 'vegetable stock', amount: 1000, unit: 'ml' },
      { name: 'lemon', amount: 1, unit: 'piece' },
      { name: 'parsley', amount: null, unit: null },
    ],
    steps: [
      'Chop the onion and let it soften in the oil for five minutes.',
      'Stir in the cumin, then the lentils, then the stock.',
      'Simmer for fifteen minutes, until the lentils fall apart.',
      'Blend half of the soup, put it back, and season with the juice of the lemon.',
      'Serve with parsley.',
    ],
    nutrition: { protein: 16.5, carbohydrates: 38, fat: 8.2, fibre: 7.5 },
    vegetarian: true,
  },
})
