import type { Console } from '../console.ts'
import type { Demonstration } from '../demo.ts'
import { resultText } from './result-text.ts'
import { jsonLine, plain } from './sanitize.ts'
import { showPath } from '../../path.ts'

/** The demo for a pipe or a file: a line for each value that is complete, then the validated data. No control codes. */
export async function showLines({ title, prompt, model, stream }: Demonstration, { stdout }: Console): Promise<void> {
  stdout.write(`${title} · ${model}\n> ${plain(prompt)}\n\n`)
  for await (const event of stream.streamEvents()) {
    if (event.type === 'value-complete' && (typeof event.value !== 'object' || event.value === null)) {
      stdout.write(`${plain(showPath(event.path, ''))}: ${jsonLine(event.value)}`)
    } else if (event.type === 'issue') {
      stdout.write(`${plain(showPath(event.issue.path, ''))}: ISSUE ${plain(event.issue.message)}\n`)
    }
  }
  const result = await stream.getResult()
  stdout.write(`\n${jsonLine(result.data, 2)}\n${resultText(result).join('\n')}\n`)
}
