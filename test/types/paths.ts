/* Compiled, never run (`npm run test:types`): which paths a schema has. */
import * as v from 'valibot'
import { z } from 'zod'

import { jsonSchema, runStream } from '../../src/index.ts'
import type { ElementAt, OutputOf, Path, PathOf, Snapshot } from '../../src/index.ts'
import { openPartial } from '../../src/open-partial.ts'
import { connect } from '../../src/web/client/index.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function same<A, B>(_: Same<A, B>): void {}

interface Tree {
  label: string
  children: Tree[]
}
const Tree: z.ZodType<Tree> = z.lazy(() => z.object({ label: z.string(), children: z.array(Tree) }))

const Report = z.object({
  title: z.string(),
  subtitle: z.string().nullable().optional(),
  sections: z.array(z.object({ heading: z.string(), items: z.array(z.object({ text: z.string() })) })),
  pair: z.tuple([z.string(), z.object({ deep: z.string() })]),
  row: z.tuple([z.string()]).rest(z.object({ cell: z.string() })),
  byName: z.record(z.string(), z.object({ tags: z.array(z.string()) })),
  shape: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('circle'), radius: z.number() }),
    z.object({ kind: z.literal('square'), side: z.string() }),
  ]),
  tree: Tree,
  loose: z.looseObject({ known: z.string() }),
  anything: z.any(),
  unknown: z.unknown(),
  id: z.string().brand('Id'),
  created: z.date(),
  starred: z.object({ '*': z.array(z.string()), 1: z.string() }),
  lists: z.array(z.array(z.number())),
})

const stream = runStream('', Report)
const path: Path = ['sections', 0]
const key: string = 'title'
const index: number = 3
const field: 'title' | 'id' = Math.random() > 0.5 ? 'title' : 'id'
declare const snapshot: Snapshot<typeof Report>
declare const issue: { path: (string | number)[] }

/* Paths that are there */
stream.streamField([])
stream.streamField(['title'])
stream.streamField(['subtitle'])
stream.streamField(['sections', 0, 'heading'])
stream.streamField(['sections', index, 'items', 7, 'text'])
stream.streamField(['pair', 1, 'deep'])
stream.streamField(['row', 5, 'cell'])
stream.streamField(['byName', 'anybody', 'tags', 0])
stream.streamField(['shape', 'side'])
stream.streamField(['shape', 'kind'])
stream.streamField(['tree', 'children', 0, 'children', 1, 'children', 2, 'children', 3, 'children', 4, 'label'])
stream.streamField(['loose', 'known'])
stream.streamField(['loose', 'further'])
stream.streamField(['anything', 'at', 0, 'all'])
stream.streamField(['unknown', 'at', 0, 'all'])
stream.streamField(['id'])
stream.streamField(['starred', '1'])
stream.streamField(['starred', 1])
stream.streamField([field])

/* What is known at run time only */
stream.streamField(path)
stream.streamField(issue.path)
stream.streamField([key])
stream.streamField(['sections', ...path])
stream.isComplete(issue.path)
stream.streamElements(path)

/* Paths that are not there */
// @ts-expect-error no such key
stream.streamField(['titel'])
// @ts-expect-error no such key, further down
stream.streamField(['sections', 0, 'items', 0, 'txt'])
// @ts-expect-error a list has no keys
stream.streamField(['sections', 'heading'])
// @ts-expect-error an index is a number
stream.streamField(['sections', '0', 'heading'])
// @ts-expect-error nothing is below a string
stream.streamField(['title', 'length'])
// @ts-expect-error a branded string is a string
stream.streamField(['id', 'length'])
// @ts-expect-error a date is one value
stream.streamField(['created', 'getTime'])
// @ts-expect-error the tuple has two places
stream.streamField(['pair', 2])
// @ts-expect-error no member of the union has the key
stream.streamField(['shape', 'diameter'])
// @ts-expect-error no such key, in a type that occurs in itself
stream.streamField(['tree', 'children', 0, 'children', 1, 'lable'])
// @ts-expect-error an object isn't a list
stream.streamField([0])
// @ts-expect-error a path is a list
stream.streamField('title')
// @ts-expect-error no such key
stream.streamElements(['section'])
// @ts-expect-error no such key
stream.isComplete(['titel'])
// @ts-expect-error no such key
snapshot.isComplete(['titel'])
// @ts-expect-error no such key
void openPartial(Report).then((reader) => reader.isComplete(['titel']))
// @ts-expect-error no such key
connect('/api', Report).streamField(['titel'])
// @ts-expect-error text has no keys
runStream('').streamField(['title'])
snapshot.isComplete(['sections', 0])
runStream('').streamField([])

/* '*' */
stream.streamElements(['sections', '*', 'items'])
stream.streamElements(['byName', '*', 'tags'])
stream.streamElements(['lists', '*'])
stream.streamElements(['starred', '*'])
stream.streamElements(['anything', '*', 'parts'])
// @ts-expect-error an object has no `*`
stream.streamElements(['*'])
// @ts-expect-error no such key below it
stream.streamElements(['sections', '*', 'itmes'])
// @ts-expect-error in streamElements() only
stream.streamField(['sections', '*', 'heading'])
// @ts-expect-error in streamElements() only
stream.isComplete(['sections', '*'])

export async function elements(): Promise<void> {
  for await (const item of stream.streamElements(['sections', '*', 'items'])) same<typeof item, { text: string }>(true)
  for await (const tag of stream.streamElements(['byName', '*', 'tags'])) same<typeof tag, string>(true)
  for await (const number of stream.streamElements(['lists', '*'])) same<typeof number, number>(true)
  for await (const star of stream.streamElements(['starred', '*'])) same<typeof star, string>(true)
  for await (const child of stream.streamElements(['tree', 'children'])) same<typeof child, Tree>(true)
  for await (const part of stream.streamElements(['anything', 'parts'])) same<typeof part, unknown>(true)
  for await (const part of stream.streamElements(path)) same<typeof part, unknown>(true)
}

/* `PathOf`, apart from a method */
const heading: PathOf<OutputOf<typeof Report>> = ['sections', 0, 'heading']
stream.streamField(heading)
// @ts-expect-error no such key
const wrong: PathOf<OutputOf<typeof Report>> = ['sections', 0, 'haeding']
void wrong
same<
  PathOf<{ a: string; b: { c: number }[] }>,
  readonly [] | readonly ['a'] | readonly ['b'] | readonly ['b', number] | readonly ['b', number, 'c']
>(true)
same<PathOf<string>, readonly []>(true)
same<PathOf<any>, Path>(true)
same<PathOf<unknown>, Path>(true)
const below: PathOf<Tree> = ['children', 0, 'anything', 'goes']
void below

/* A type with many ways into itself */
interface Node {
  kind: string
  left: Node
  right: Node
  test: Node | Leaf
  body: Node[]
  owner: Leaf
  next?: Other
}
interface Leaf {
  value: string
  parent: Node
  other: Other
}
interface Other {
  name: string
  nodes: Record<string, Node | Leaf>
  leaf: Leaf
}
const Ast = jsonSchema<Node>({ type: 'object' })
const ast = runStream('', Ast)
ast.streamField(['left', 'right', 'test', 'left', 'body', 0, 'next', 'nodes', 'x', 'value'])
// @ts-expect-error no such key
ast.streamField(['left', 'right', 'test', 'left', 'body', 0, 'next', 'nods'])
const place: PathOf<Node> = ['left', 'kind']
void place
same<ElementAt<Node, ['left', 'body']>, Node>(true)

/* Other libraries */
const film = runStream('', v.object({ title: v.string(), cast: v.array(v.object({ name: v.string() })) }))
film.streamField(['cast', 0, 'name'])
// @ts-expect-error no such key
film.streamField(['cast', 0, 'nmae'])
runStream('', jsonSchema({ type: 'object' })).streamField(['anything'])

/* In a function that takes any schema */
export function title<S extends typeof Report>(schema: S): void {
  runStream('', schema).streamField(['title'] as Path)
}
