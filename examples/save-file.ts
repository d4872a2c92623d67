// Files: those that the model makes itself (images, mostly), and those that it writes through a tool.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { runStream, tool } from 'structstream'
import { simulate } from 'structstream/simulate'
import { z } from 'zod'

const folder = join(await mkdtemp(join(tmpdir(), 'structstream-')), 'out')
await mkdir(folder)

const saveFile = tool({
  name: 'save_file',
  description: 'Writes a text file into the output folder',
  input: z.object({ name: z.string().regex(/^[\w-]+\.\w+$/, 'a plain file name'), content: z.string() }),
  async execute({ name, content }, { signal }) {
    // Nothing that a model says is a path.
    await writeFile(join(folder, basename(name)), content, { signal })
    return { name, characters: content.length }
  },
})

const model =
  process.env['STRUCTSTREAM_MODEL'] ??
  simulate({
    responses: [
      { toolCalls: [{ name: 'save_file', arguments: { name: '../../etc/hosts', content: '' } }] },
      {
        toolCalls: [
          { name: 'save_file', arguments: { name: 'haiku.txt', content: 'Old pond\nA frog leaps in\nSplash' } },
        ],
      },
      {
        text: 'Both are there.',
        files: [{ mediaType: 'image/png', data: new Uint8Array([137, 80, 78, 71]), filename: 'pond.png' }],
      },
    ],
  })

try {
  await using stream = runStream('A haiku about a pond as a file, and an image of it.', undefined, {
    model,
    tools: [saveFile],
  })
  for await (const event of stream.streamEvents()) {
    if (event.type === 'tool-call-delta') {
      const { content } = (event.partial ?? {}) as { content?: string }
      if (content) console.log(`writing: ${content.length} characters`)
    }
    if (event.type === 'tool-result')
      console.log(event.error === undefined ? 'written' : 'refused: not a plain file name')
  }
  for await (const { isFinal, files = [] } of stream) {
    if (!isFinal) continue
    for (const { filename = 'file.bin', data } of files) await writeFile(join(folder, basename(filename)), data)
  }
  console.log(`in the folder: ${(await readdir(folder)).toSorted().join(', ')}`)
} finally {
  await rm(join(folder, '..'), { recursive: true })
}
