import { test } from 'vitest'

import { property, runSize } from '../support/property.ts'
import { checkText, someText } from './alphabet.ts'

test('random texts over small alphabets, at length', () =>
  property(runSize('FUZZ', 100_000), (choices) => checkText(choices, someText(choices))))
