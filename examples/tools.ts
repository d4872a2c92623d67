// The model calls typed functions before it answers, side by side, while their arguments can be seen growing.
import { runStream, tool, type ToolContext } from 'structstream'
import { simulate } from 'structstream/simulate'
import { z } from 'zod'

interface Traveller {
  name: string
  unit: 'C' | 'F'
}

const tomorrow: Record<string, number> = { Oslo: 3, Rome: 25 }

const weather = tool({
  name: 'weather',
  description: 'The weather in a city, tomorrow',
  input: z.object({ city: z.string(), day: z.enum(['today', 'tomorrow']) }),
  execute({ city }, { context }: ToolContext<Traveller>) {
    const celsius = tomorrow[city]
    // Told to the model, which may try again.
    if (celsius === undefined) throw new Error(`No weather for ${city}.`)
    return { city, degrees: context.unit === 'C' ? celsius : celsius * 1.8 + 32 }
  },
})
const Advice = z.object({ city: z.string(), pack: z.array(z.string()) })

const model =
  process.env['STRUCTSTREAM_MODEL'] ??
  simulate({
    chunkSize: 4,
    responses: [
      {
        toolCalls: ['Oslo', 'Rome', 'Atlantis'].map((city) => ({
          name: 'weather',
          arguments: { city, day: 'tomorrow' },
        })),
      },
      { city: 'Rome', pack: ['sunglasses', 'a light jacket'] },
    ],
  })

await using stream = runStream('Oslo, Rome or Atlantis tomorrow, and what do I pack?', Advice, {
  model,
  tools: [weather],
  maxSteps: 5,
  context: { name: 'Ada', unit: 'C' },
  system: ({ name }) => `You advise ${name} on travels.`,
})
for await (const event of stream.streamEvents()) {
  if (event.type === 'tool-call-delta') console.log(`  … ${JSON.stringify(event.partial)}`)
  if (event.type === 'tool-call-end') console.log(`${event.name}(${JSON.stringify(event.input)})`)
  if (event.type === 'tool-result') console.log(event.error ?? `→ ${JSON.stringify(event.output)}`)
}
const { city, pack } = await stream.getData()
console.log(`${city}, with ${pack.join(' and ')}`)
console.log(`${(await stream.getResult()).attempts.length} model calls`)
