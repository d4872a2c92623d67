import { rememberSecrets, knownSecretsRedactor } from '../models/transport/redact.ts'
import type { Model, ModelEvent, ModelRequest } from '../models/model.ts'
import { appendTo, type LineWriter } from './line-file.ts'
import { encodeLine, FORMAT_VERSION, toRecordedError, type RecordedEnd, type RecordedLine } from './recording.ts'
import { withoutSecrets } from './request.ts'

/** Where lines go: a file that is made or continued, or a function that gets each line without its end. */
export type RecordTarget = string | ((line: string) => void | Promise<void>)

/**
 * Wraps a model so that everything it says is written down while it streams. Each event is written before it's passed
 * on, so a crash loses nothing that the program has seen. API keys, headers and credentials in URLs are left out.
 *
 * @param target a path (a new file, or a further call appended), or a function that gets each line
 * @throws `bad_options` at the first call when the file can't be written
 * @example
 * const model = record(openai('gpt-5.4'), 'runs/today.ndjson')
 */
export function record(model: Model, target: RecordTarget): Model {
  rememberSecrets()
  const { provider, id, modes, dialect } = model
  return {
    provider,
    id,
    modes,
    dialect,
    stream: (request, signal) => recorded(model, request, signal, target),
  }
}

async function* recorded(
  model: Model,
  request: ModelRequest,
  signal: AbortSignal,
  target: RecordTarget,
): AsyncGenerator<ModelEvent, void> {
  const file: LineWriter = typeof target === 'string' ? await appendTo(target) : { write: target, close: () => {} }
  const call = Math.random().toString(36).slice(2, 12)
  const startedAt = new Date().toISOString()
  const started = performance.now()
  const at = (): number => Math.round((performance.now() - started) * 10) / 10
  // The adapter has made its connection by the time the first line is written, so its secrets are known.
  let isBegun = false
  const write = async (line: RecordedLine): Promise<void> => {
    const redact = knownSecretsRedactor()
    if (!isBegun) {
      isBegun = true
      const { provider, id, modes, dialect } = model
      const asked = withoutSecrets(request)
      const about = { provider, id, modes, dialect }
      const header = { type: 'call', version: FORMAT_VERSION, call, model: about, request: asked, startedAt } as const
      await file.write(encodeLine(header, redact))
    }
    await file.write(encodeLine(line, redact))
  }
  let how: RecordedEnd['how'] = 'stopped'
  let thrown: unknown
  try {
    for await (const event of model.stream(request, signal)) {
      await write({ type: 'event', call, at: at(), event })
      yield event
    }
    if (!signal.aborted) how = 'finished'
  } catch (error) {
    if (!signal.aborted) how = 'threw'
    thrown = error
    throw error
  } finally {
    const end: RecordedEnd = {
      type: 'end',
      call,
      at: at(),
      how,
      ...(how === 'threw' && { error: toRecordedError(thrown) }),
    }
    try {
      await write(end)
    } finally {
      await file.close()
    }
  }
}
