import { test } from 'vitest'

import { property, runSize } from '../support/property.ts'
import { checkText, someText } from './alphabet.ts'

test('random texts over small alphabets: the oracle’s verdict, value and place of error', () =>
  property(runSize('FUZZ', 2_500), (choices) => checkText(choices, someText(choices))))
