// Someone is asked before a tool does what cannot be undone. The model learns of a refusal, and answers all the same.
import { runStream, tool } from 'structstream'
import { simulate } from 'structstream/simulate'
import { z } from 'zod'

const sent: string[] = []
const findAddress = tool({
  name: 'find_address',
  description: 'The address of a person in the address book',
  input: z.object({ name: z.string() }),
  execute: ({ name }) => `${name.toLowerCase()}@example.com`,
})
const sendMail = tool({
  name: 'send_mail',
  description: 'Sends a mail at once',
  input: z.object({ to: z.email(), text: z.string() }),
  execute({ to }) {
    sent.push(to)
    return 'sent'
  },
})

const call = (name: string, args: object) => ({ toolCalls: [{ name, arguments: args }] })
const model =
  process.env['STRUCTSTREAM_MODEL'] ??
  simulate({
    responses: [
      call('find_address', { name: 'Grace' }),
      call('send_mail', { to: 'grace@example.com', text: 'Lunch?' }),
      call('send_mail', { to: 'everyone@example.com', text: 'Lunch?' }),
      'Grace has been asked to lunch; the others have not.',
    ],
  })

await using stream = runStream('Ask Grace, then everybody, to lunch.', undefined, {
  model,
  tools: [findAddress, sendMail],
  // A real program would ask its user here; the run waits.
  approve({ name, input }) {
    if (name !== 'send_mail') return true
    const { to } = input as { to: string }
    return to.startsWith('everyone') ? 'Not to everyone, please.' : true
  },
})
for await (const event of stream.streamEvents()) {
  if (event.type === 'tool-result') console.log(`${event.name}: ${event.error ?? String(event.output)}`)
}
console.log(await stream.getText())
console.log(`sent to ${sent.join(', ')}`)
