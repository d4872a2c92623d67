// One request, read in many shapes at once; each reader goes at its own pace.
import { runStream } from 'structstream'
import { Invoice, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

const model = process.env['STRUCTSTREAM_MODEL'] ?? simulate({ response: schemas.invoice.sample })

await using stream = runStream(schemas.invoice.prompt, Invoice, { model })

async function countCharacters(): Promise<number> {
  let characters = 0
  for await (const delta of stream.streamText()) characters += delta.length
  return characters
}

async function listLines(): Promise<string[]> {
  const lines: string[] = []
  for await (const line of stream.streamElements(['lines'])) lines.push(`${line.quantity} × ${line.description}`)
  return lines
}

async function seePayment(): Promise<string> {
  for await (const { payment } of stream.streamPartial()) {
    // A discriminated union is hidden until it is certain which branch it is.
    if (payment?.method === 'bank-transfer')
      return `by bank transfer, ${payment.iban === undefined ? 'account unknown yet' : ''}`
  }
  return 'unknown'
}

const [characters, lines, payment, invoice] = await Promise.all([
  countCharacters(),
  listLines(),
  seePayment(),
  stream.getData(),
])
console.log(`${characters} characters`)
console.log(lines.join('\n'))
console.log(`paid ${payment}`)
console.log(`${invoice.total} ${invoice.currency}`)
