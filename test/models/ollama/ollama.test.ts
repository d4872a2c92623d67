import { ollama } from '../../../src/models/ollama/index.ts'
import { describeContract } from '../contract.ts'

describeContract({
  name: 'ollama',
  provider: 'ollama',
  modes: ['json-schema', 'json-object', 'tool', 'prompt'],
  // Its wire has no word for them, no key, and nothing between two lines.
  lacks: ['refusal', 'api-key', 'activity', 'cached-usage', 'cache-write-usage', 'reasoning-usage', 'rate-event'],
  lacksFinish: ['content-filter'],
  model: (url, options) => ollama('test-model', { host: url, headers: options?.headers }),
})
