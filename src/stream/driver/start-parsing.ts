import { settleParsing, type ParseOptions } from '../options/parse-options.ts'
import { currentDefaults } from '../options/configured.ts'
import type { Run } from '../run.ts'
import { checkSource, textModel } from '../source/text-model.ts'
import type { TextSource } from '../source/text-source.ts'
import { takeToEnd } from './start-run.ts'

/** Takes a run over text that is there already to its outcome, as `startRun` does. Never throws. */
export async function startParsing(
  run: Run,
  source: TextSource,
  schema: unknown,
  options: ParseOptions,
): Promise<void> {
  const model = textModel(source, (repair) => run.repaired(repair))
  await takeToEnd(run, schema, () => {
    checkSource(source)
    const { text, ...settings } = settleParsing(options, currentDefaults())
    model.repairs = settings.repair
    model.textOf = text
    return { settings: { ...settings, models: [model] }, messages: [] }
  })
  // The run may have ended before the source was opened.
  model.close()
}
