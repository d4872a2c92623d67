import { setTimeout as sleep } from 'node:timers/promises'
import { runStream } from '../../src/index.ts'
import { deltasOf, workloadOf } from '../workloads.ts'
import type { Figure } from './figure.ts'
import { LiveModel } from './live-model.ts'

const STREAMS = 1_000
/** Milliseconds between two deltas of one stream: 100 a second. */
const PACE = 10
const WARM_UP_SECONDS = 1

/**
 * 1,000 streams at once, each with a consumer of partials and 100 deltas a second: the share of one core that all of
 * this takes, the giving of the deltas included, and what giving them takes without us.
 *
 * @param seconds how long it continues
 */
export async function concurrency(seconds: number): Promise<Figure[]> {
  const length = ((WARM_UP_SECONDS + seconds) * 1_000) / PACE
  const [document] = workloadOf('records').documents(length * 4)
  const deltas = deltasOf(document!.text)
  const models = Array.from({ length: STREAMS }, () => new LiveModel())
  let partials = 0
  const consumers = models.map(async (model) => {
    const stream = runStream('', document!.schema, { model })
    for await (const _ of stream.streamPartial()) partials++
    return await stream.getData()
  })
  let given = 0
  const giveNext = (): void => {
    for (const model of models) model.give(deltas[given]!)
    given++
  }
  await paced(giveNext, (WARM_UP_SECONDS * 1_000) / PACE)
  const before = { cpu: process.cpuUsage(), at: performance.now(), given, partials }
  await paced(giveNext, (seconds * 1_000) / PACE)
  const cpu = process.cpuUsage(before.cpu)
  const wall = performance.now() - before.at
  const shown = (partials - before.partials) / ((given - before.given) * STREAMS)
  for (; given < deltas.length;) giveNext()
  for (const model of models) model.finish()
  await Promise.all(consumers)
  const used = (cpu.user + cpu.system) / 1_000
  return [
    { id: 'share', title: `${STREAMS} streams, 100 deltas/s each`, value: (100 * used) / wall, unit: '% of one core' },
    {
      id: 'pace',
      title: 'deltas per second and stream that were kept up',
      value: ((length - 100 * WARM_UP_SECONDS) * 1_000) / wall,
      unit: '/s',
    },
    { id: 'shown', title: 'partials seen per delta', value: shown, unit: '' },
  ]
}

/** Calls `step` every `PACE` ms on average, `times` times; a late one is made up for at once. */
async function paced(step: () => void, times: number): Promise<void> {
  const started = performance.now()
  for (let index = 0; index < times; index++) {
    const early = started + index * PACE - performance.now()
    await sleep(Math.max(0, early))
    step()
  }
}
