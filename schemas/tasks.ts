import { z } from 'zod/v4'
import { entry } from './entry.ts'

export const Task = z
  .object({
    title: z.string().describe('What is to be done, beginning with a verb'),
    priority: z.enum(['low', 'medium', 'high']).describe('How much depends on it'),
    estimateMinutes: z.int().min(1).describe('A realistic estimate, in minutes'),
    tags: z.array(z.string().describe('One lower-case word')).max(4).describe('What the task has to do with'),
    done: z.boolean().describe('Whether it is finished already'),
  })
  .describe('One task')

export type Task = z.infer<typeof Task>

/** A root array: each task is there as soon as it is complete. */
export const TaskList = z.array(Task).min(1).describe('Tasks in the order in which they should be done')

export type TaskList = z.infer<typeof TaskList>

export const tasks = entry({
  title: 'Task list',
  schema: TaskList,
  prompt: 'Plan the move of a small office to another floor, as a list of tasks.',
  sample: [
    {
      title: 'Measure the new rooms and draw a seating plan',
      priority: 'high',
      estimateMinutes: 90,
      tags: ['planning', 'space'],
      done: true,
    },
    {
      title: 'Book the internet connection for the new floor',
      priority: 'high',
      estimateMinutes: 30,
      tags: ['network'],
      done: false,
    },
    {
      title: 'Label every box with its desk number',
      priority: 'medium',
      estimateMinutes: 60,
      tags: ['packing'],
      done: false,
    },
    {
      title: 'Back up the file server and test the backup',
      priority: 'high',
      estimateMinutes: 120,
      tags: ['network', 'data'],
      done: false,
    },
    {
      title: 'Water the plants after the move',
      priority: 'low',
      estimateMinutes: 10,
      tags: ['plants'],
      done: false,
    },
  ],
})
