import type { Subject } from './peers/subject.ts'

/** Subjects that are measured side by side: their processes live at the same time and take turns. */
export interface Table {
  id: string
  title: string
  subjects: readonly Subject[]
}

const TABLES: Record<string, () => Promise<Table>> = {
  async parse() {
    const [{ OURS, WHOLE }, { PARSERS }] = await Promise.all([import('./peers/ours.ts'), import('./peers/parsers.ts')])
    return { id: 'parse', title: 'From deltas to values', subjects: [...OURS, ...PARSERS, ...WHOLE] }
  },
  async handle() {
    const { HANDLES } = await import('./peers/handles.ts')
    return { id: 'handle', title: 'From a model to a consumer', subjects: HANDLES }
  },
  async 'ai-outputs'() {
    const { AI_OUTPUTS } = await import('./peers/ai-outputs.ts')
    return { id: 'ai-outputs', title: "Inside the AI SDK's streamText", subjects: AI_OUTPUTS }
  },
  async sdk() {
    const { SDKS } = await import('./peers/sdks.ts')
    return { id: 'sdk', title: 'Over the real SDKs on loopback', subjects: SDKS }
  },
}

/** Loads one table's libraries only, so that they cost nothing in the other processes. */
export async function tableOf(id: string): Promise<Table> {
  const make = TABLES[id]
  if (make === undefined) throw new RangeError(`no table ${id}: use one of ${Object.keys(TABLES).join(', ')}`)
  return await make()
}
