// Each element of a list as soon as it is complete and valid, long before the list is.
import { runStream } from 'structstream'
import { schemas, TaskList } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

const model = process.env['STRUCTSTREAM_MODEL'] ?? simulate({ response: schemas.tasks.sample, delayMs: 2 })

await using stream = runStream(schemas.tasks.prompt, TaskList, { model })
let minutes = 0
for await (const task of stream.streamElements()) {
  minutes += task.estimateMinutes
  console.log(`${task.done ? '[x]' : '[ ]'} ${task.title} (${task.priority})`)
}
console.log(`${(await stream.getData()).length} tasks, ${minutes} minutes`)
