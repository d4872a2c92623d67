import { expect, test } from 'vitest'
import { z } from 'zod'

import { readAnswer } from '../../json/repair/read.ts'

test('a list that is its own element is read', () => {
  const tree: z.ZodType = z.array(z.lazy(() => tree))
  const { isDone, issues, value } = readAnswer(tree, ['Here: [[], [', '], [[]]]'])
  expect({ isDone, issues, value }).toEqual({ isDone: true, issues: [], value: [[], [], [[]]] })
})
