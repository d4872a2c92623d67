import { afterAll, beforeAll, expect, test } from 'vitest'
import { LanguageServer } from './language-server.ts'

/** The program that all members are part of. */
const PROGRAM = `
import { z } from 'zod'
import { createSession, parseStream, runStream, type OutputOf, type PathOf, type Snapshot } from '../../src/index.ts'
import { openPartial } from '../../src/open-partial.ts'
import { connect, StreamStore } from '../../src/web/client/index.ts'
import * as react from '../../src/react/index.ts'
import * as vue from '../../src/vue/index.ts'
import * as svelte from '../../src/svelte/index.ts'
import * as solid from '../../src/solid/index.ts'
import * as angular from '../../src/angular/index.ts'

const Report = z.object({
  title: z.string(),
  sections: z.array(z.object({ heading: z.string(), items: z.array(z.object({ text: z.string() })) })),
  byName: z.record(z.string(), z.object({ tags: z.array(z.string()) })),
})
const options = { api: '/report', schema: Report }
const stream = runStream('', Report)
const store = new StreamStore(options)
declare const snapshot: Snapshot<typeof Report>
const reader = await openPartial(Report)
`

/** Members whose paths name one place; `PATH` is where the path is. Inside a getter a path is checked, not completed. */
const PLACES = [
  'stream.streamField(PATH)',
  'stream.isComplete(PATH)',
  "parseStream('', Report).streamField(PATH)",
  "createSession().runStream('', Report).streamField(PATH)",
  'snapshot.isComplete(PATH)',
  'reader.isComplete(PATH)',
  "connect('/report', Report).streamField(PATH)",
  "connect('/report', Report).isComplete(PATH)",
  'store.field(PATH)',
  'store.reader(PATH)',
  'react.useStructuredStream(options).field(PATH)',
  'react.useField(store, PATH)',
  'vue.useStructuredStream(options).field(PATH)',
  'vue.useField(store, PATH)',
  'svelte.createStructuredStream(() => options).field(PATH)',
  'solid.createStructuredStream(options).field(PATH)',
  'solid.createField(store, PATH)',
  'angular.injectStructuredStream(options).field(PATH)',
]
const PATH_OF = 'const path: PathOf<OutputOf<typeof Report>> = PATH'

/** Members whose paths may name many. */
const PATTERNS = ['stream.streamElements(PATH)', "connect('/report', Report).streamElements(PATH)"]

const TOP = ['byName', 'sections', 'title']
const IN_SECTION = ['heading', 'items']

/** Paths whose last key has just been begun, and the keys that are offered for it. */
const PATHS: [string, string[]][] = [
  ["['", TOP],
  ["['sections', 0, '", IN_SECTION],
  ["['sections', 0, 'items', 3, '", ['text']],
  ["['byName', 'anyone', '", ['tags']],
]
const STARRED: [string, string[]][] = [
  ["['sections', '", ['*']],
  ["['sections', '*', '", IN_SECTION],
  ["['sections', '*', 'items', '*', '", ['text']],
  ["['byName', '*', '", ['tags']],
]
const CASES = [
  ...PLACES.flatMap((member) => PATHS.map(([path, keys]) => ({ member, path, keys }))),
  ...PATTERNS.flatMap((member) => [...PATHS, ...STARRED].map(([path, keys]) => ({ member, path, keys }))),
  ...PLACES.map((member) => ({ member, path: "['sections', '", keys: [] })),
  // Below the root, those of every member of the union.
  { member: PATH_OF, path: "['", keys: TOP },
  { member: PATH_OF, path: "['sections', 0, '", keys: [...IN_SECTION, 'tags'] },
]

/** All cases in one program, each with the place where its last key is. */
function write(): { text: string; places: number[] } {
  let text = PROGRAM
  const places = CASES.map(({ member, path }) => {
    const [before = '', after = ''] = member.split('PATH')
    text += `{ ${before}${path}`
    const place = text.length
    text += `']${after} }\n`
    return place
  })
  return { text, places }
}

let server: LanguageServer
let offered: string[][]
beforeAll(async () => {
  server = await LanguageServer.start(process.cwd())
  const { text, places } = write()
  const complete = server.open('test/completion/program.ts', text)
  offered = []
  for (const place of places) offered.push(await complete(place))
}, 120_000)
afterAll(() => server.stop())

test.each(CASES.map((row, index) => ({ ...row, index })))('$member: at $path', ({ index, keys }) => {
  expect(offered[index]).toEqual(keys)
})
