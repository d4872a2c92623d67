// An image in, validated data out. A PDF goes the same way, as { type: 'file', file: bytes }.
import { readFile } from 'node:fs/promises'
import { runStream, type Message } from 'structstream'
import { Invoice, schemas } from 'structstream/schemas'
import { simulate } from 'structstream/simulate'

/** Replaces a photo; give the path of a real one as the first argument. */
const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const path = process.argv[2]
const photo = path === undefined ? Uint8Array.from(Buffer.from(onePixel, 'base64')) : await readFile(path)

const model = process.env['STRUCTSTREAM_MODEL'] ?? simulate({ response: schemas.invoice.sample })
const prompt: Message[] = [
  {
    role: 'user',
    content: [
      { type: 'text', text: 'Read this invoice. Give null where a value is not printed.' },
      // The media type is read from the bytes, where they are of PNG, JPEG, GIF, WebP or PDF.
      { type: 'image', image: photo },
    ],
  },
]

await using stream = runStream(prompt, Invoice, { model })
for await (const line of stream.streamElements(['lines'])) {
  console.log(`${line.quantity} × ${line.description} at ${line.unitPrice}`)
}
const { seller, total, currency, lines } = await stream.getData()
const sum = lines.reduce((sum, line) => sum + line.quantity * line.unitPrice * (1 + line.taxRate), 0)
console.log(`${seller.name}: ${total} ${currency}, ${Math.abs(sum - total) < 0.05 ? 'which adds up' : `but ${sum}`}`)
